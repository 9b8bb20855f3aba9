/*
 * measure.ts - how long a person waits: loads and interactions, by the browser's own clocks.
 *
 * `make bench P=web` runs it.  The release program, ROWS accounts (100,000) and CARDS opportunities
 * (2,000), a processor slowed down four times.  Per page: first and largest paint, time blocked,
 * shift of the layout and bytes that came, as Lighthouse defines them.  Per interaction: to the
 * next paint, as the Event Timing API gives it, the slowest of several.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { api, DESK, launch, signIn, startEmptyServer, type Visit, visit } from './kit.ts'

const ROWS = Number(process.env.ROWS ?? 100_000)
const CARDS = Number(process.env.CARDS ?? 2_000)
const SLOWER = 4
const SLOW_TASK_MS = 50 /* what is longer blocks, says Total Blocking Time */
const BULK = 1_000
const GEN = process.env.GEN ?? path.join(import.meta.dirname, '..', '..', 'build', 'bench', 'gen')

interface Watched {
  events: { name: string; ms: number; id: number }[]
  tasks: number[]
  shift: number
  largest: number
}
declare global {
  interface Window {
    watched: Watched
  }
}

/* Before anything of the page runs. */
function watch() {
  const watched: Watched = { events: [], tasks: [], shift: 0, largest: 0 }
  window.watched = watched
  const on = (type: string, fn: (e: PerformanceEntry) => void, more: object = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(fn)).observe({ type, buffered: true, ...more } as PerformanceObserverInit)
  on('event', (e) => {
    const { name, duration, interactionId = 0 } = e as PerformanceEventTiming & { interactionId?: number }
    if (interactionId) watched.events.push({ name, ms: duration, id: interactionId })
  }, { durationThreshold: 16 })
  on('longtask', (e) => watched.tasks.push(e.duration))
  on('layout-shift', (e) => {
    const { value, hadRecentInput } = e as PerformanceEntry & { value: number; hadRecentInput: boolean }
    if (!hadRecentInput) watched.shift += value
  })
  on('largest-contentful-paint', (e) => (watched.largest = e.startTime))
}

async function fill(v: Visit) {
  const rows = spawnSync(GEN, ['account', String(ROWS)], { encoding: 'utf8', maxBuffer: 1 << 30 }).stdout
  const { csrf } = (await (await v.page.request.get('/api/v1/session')).json()) as { csrf: string }
  const handed = await v.page.request.post('/api/v1/import?object=account', {
    headers: { 'X-CSRF-Token': csrf, 'X-File-Name': 'account.csv', 'Content-Type': 'application/octet-stream' }, data: Buffer.from(rows),
  })
  const { id } = (await handed.json()) as { id: string }
  await api(v, 'POST', `/import/${id}/run`)
  while ((await api<{ state: string }>(v, 'GET', `/import/${id}`)).state !== 'done') await v.page.waitForTimeout(200)
  const account = (await api<{ rows: { id: string }[] }>(v, 'GET', '/account?limit=1')).rows[0]?.id
  for (let at = 0; at < CARDS; at += BULK) {
    const deals = Array.from({ length: Math.min(BULK, CARDS - at) }, (_, i) => ({
      name: `商機 ${at + i + 1}`, account, amount: { amount: String(1000 + i), currency: 'TWD' }, engage_date: '2026-01-05',
    }))
    await api(v, 'POST', '/opportunity/bulk', { rows: deals })
  }
  return account ?? ''
}

/* A page as somebody sees it who comes for the first time. */
async function load(v: Visit, what: string, address: string, ready: (v: Visit) => Promise<unknown>) {
  const { page } = v
  const wire = await page.context().newCDPSession(page)
  let bytes = 0
  await wire.send('Network.enable')
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true })
  wire.on('Network.loadingFinished', (e: { encodedDataLength: number }) => (bytes += e.encodedDataLength))
  await page.goto(address)
  await ready(v)
  await page.waitForLoadState('networkidle')
  const first = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)
  const { tasks, shift, largest } = await page.evaluate(() => window.watched)
  const blocked = tasks.reduce((sum, ms) => sum + Math.max(0, ms - SLOW_TASK_MS), 0)
  console.log(`| ${what} | ${first.toFixed(0)} ms | ${largest.toFixed(0)} ms | ${blocked.toFixed(0)} ms | ${shift.toFixed(3)} | ${(bytes / 1000).toFixed(0)} kB |`)
  await wire.detach()
}

/* Something done several times: the slowest from the key or the click to the paint after it. */
async function interact(v: Visit, what: string, act: (v: Visit, i: number) => Promise<unknown>, times = 5) {
  const { page } = v
  await page.evaluate(() => (window.watched.events = []))
  for (let i = 0; i < times; i++) {
    await act(v, i)
    await page.waitForTimeout(400)
  }
  const events = await page.evaluate(() => window.watched.events)
  const slowest = new Map<number, number>()
  for (const e of events) slowest.set(e.id, Math.max(slowest.get(e.id) ?? 0, e.ms))
  const each = [...slowest.values()].sort((a, b) => a - b)
  /* What the browser does not report took less than it can tell. */
  const tell = (ms: number | undefined) => (ms === undefined ? 'under 16 ms' : `${ms.toFixed(0)} ms`)
  console.log(`| ${what} | ${tell(each[Math.floor(each.length / 2)])} | ${tell(each.at(-1))} |`)
}

async function loads(v: Visit, account: string) {
  console.log(`\n| Page, processor ${SLOWER}× slower, nothing cached | First paint | Largest paint | Blocked | Shift | Bytes |\n|---|---|---|---|---|---|`)
  await load(v, 'Home', '/', ({ page }) => page.getByRole('heading', { level: 1 }).waitFor())
  await load(v, `List of ${ROWS} accounts`, '/o/account', ({ page }) => page.getByRole('grid').waitFor())
  await load(v, 'One account', `/o/account/${account}`, ({ page }) => page.getByRole('heading', { level: 1 }).waitFor())
  await load(v, `Board of ${CARDS} opportunities`, '/o/opportunity/board', ({ page }) => page.getByRole('article').first().waitFor())
}

async function list(v: Visit) {
  const { page } = v
  await page.goto('/o/account')
  await page.getByRole('row').nth(5).waitFor()
  await page.waitForLoadState('networkidle')
  const grid = page.getByRole('grid')
  await grid.focus()
  await interact(v, 'List: to the next row', () => page.keyboard.press('ArrowDown'))
  await interact(v, 'List: a page down', () => page.keyboard.press('PageDown'))
  await grid.evaluate((e) => e.scrollTo(0, 0))
  await interact(v, 'List: choose a row', (_, i) => page.getByRole('row').nth(3 + i).getByRole('checkbox').click())
  await interact(v, 'List: sort by a header', () => page.getByRole('columnheader').nth(1).getByRole('button').click())
  await interact(v, 'List: type in its search', (_, i) => page.getByRole('searchbox').last().press(['A', 'c', 'c', 'Backspace', 'Backspace'][i] ?? 'A'))
  await interact(v, 'List: open and close the filter', () => page.getByRole('button', { name: '篩選', exact: true }).click(), 4)
  await page.keyboard.press('Escape')
  await interact(v, 'Palette: open', () => page.keyboard.press('Control+k'), 1)
  await interact(v, 'Palette: type', (_, i) => page.keyboard.press(['a', 'c', 'c', 'o', 'u'][i] ?? 'a'))
}

async function board(v: Visit) {
  const { page } = v
  await page.goto('/o/opportunity/board')
  const card = page.getByRole('article').first()
  await card.waitFor()
  await page.waitForLoadState('networkidle')
  await interact(v, 'Board: open the menu of a card', async () => {
    await card.getByRole('button').first().click()
    await page.waitForTimeout(300)
    await page.keyboard.press('Escape')
  }, 3)
  await interact(v, 'Board: move a card by keyboard', async () => {
    await page.getByRole('article').first().getByRole('link').first().focus()
    await page.keyboard.press('Shift+ArrowRight')
  })
  const to = await page.getByRole('region').nth(2).boundingBox()
  await interact(v, 'Board: drag a card', async () => {
    const from = await page.getByRole('article').first().boundingBox()
    if (!from || !to) throw new Error('no card')
    await page.mouse.move(from.x + 40, from.y + from.height - 8)
    await page.mouse.down()
    await page.mouse.move(to.x + to.width / 2, to.y + 200, { steps: 8 })
    await page.mouse.up()
  }, 3)
}

async function main() {
  const server = await startEmptyServer()
  if (!server) throw new Error('the program is not built')
  const browser = await launch()
  try {
    const v = await visit(browser, server.url, DESK)
    await signIn(v)
    const account = await fill(v)
    await v.page.addInitScript(watch)
    const wire = await v.page.context().newCDPSession(v.page)
    await wire.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    await loads(v, account)
    console.log(`\n| To the next paint, ${ROWS} rows, ${CARDS} cards, processor ${SLOWER}× slower | Median | Slowest |\n|---|---|---|`)
    await list(v)
    await board(v)
    for (const complaint of v.complaints) console.log(complaint)
  } finally {
    await browser.close()
    server.stop()
  }
}

await main()
