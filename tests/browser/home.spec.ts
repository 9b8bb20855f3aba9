/* The home page: what is due, figures that open their lists, news of colleagues, tiles as one likes. */
import assert from 'node:assert/strict'
import { api, axe, colleague, DESK, PHONE, say, type Spec, unique, type Visit } from './kit.ts'

const tile = (v: Visit, zh: string, en: string) => v.page.getByRole('region', { name: say(v, zh, en), exact: true })
/* Other journeys may have moved and hidden tiles. */
async function usual(v: Visit) {
  const { rows } = await api<{ rows: { id: string }[] }>(v, 'GET', '/preference?fields=name')
  for (const { id } of rows) await api(v, 'DELETE', `/preference/${id}`)
}
const inAnHour = () => new Date(Date.now() + 60_000).toISOString()

export const spec: Spec = {
  looks: [DESK, PHONE],
  journeys: {
    'what is due is ticked off, and taken back': async (v) => {
      const { page } = v
      await usual(v)
      const subject = unique(say(v, '打電話給王先生', 'Call Mr Wang'))
      const { id } = await api<{ id: string }>(v, 'POST', '/activity', { subject, kind: 'call', at: inAnHour() })
      const status = async () => (await api<{ status: string }>(v, 'GET', `/activity/${id}`)).status
      await page.goto('/')
      const day = tile(v, '我的今天', 'My day')
      await day.getByText(subject).waitFor()
      await axe(v)
      await day.getByRole('checkbox', { name: subject }).focus()
      await page.keyboard.press('Space')
      await day.getByText(subject).waitFor({ state: 'detached' })
      assert.equal(await status(), 'done')
      await page.getByRole('button', { name: say(v, '復原', 'Undo') }).last().click()
      await day.getByText(subject).waitFor()
      assert.equal(await status(), 'planned')
      await day.getByText(subject).click()
      await page.waitForURL(`**/o/activity/${id}`)
    },
    'figures stand against targets and open their lists': async (v) => {
      const { page } = v
      await usual(v)
      const { user } = await api<{ user: { id: string } }>(v, 'GET', '/session')
      const { rows } = await api<{ rows: { id: string }[] }>(v, 'GET', '/quota?filter=owner = me&fields=id')
      for (const row of rows) await api(v, 'DELETE', `/quota/${row.id}`)
      await api(v, 'POST', '/quota', { owner: user.id, measure: 'activities', period: 'month', number: 40000 })
      await page.goto('/')
      const numbers = tile(v, '我的業績', 'My numbers')
      await numbers.getByText('40,000').waitFor()
      await numbers.getByRole('progressbar', { name: say(v, '本月完成的活動', 'Activities done this month') }).waitFor()
      await numbers.getByRole('link', { name: say(v, '本月完成的活動', 'Activities done this month') }).click()
      await page.waitForURL(/\/o\/activity\?.*status/)
      assert.match(decodeURIComponent(page.url()).replaceAll('+', ' '), /owner = me and kind in .* and status = "done" and at in this_month/)
      await page.goto('/')
      const alerts = tile(v, '需要留意', 'Needs attention')
      await api(v, 'POST', '/opportunity', { name: unique('Late'), expected_close_date: '2024-01-31', amount: '100', owner: user.id })
      /* It appears by itself: the window is told. */
      await alerts.getByRole('link', { name: say(v, '已過預計成交日的商機', 'Deals past their expected close') }).click()
      await page.waitForURL(/\/o\/opportunity\?/)
      assert.match(decodeURIComponent(page.url()).replaceAll('+', ' '), /expected_close_date < today\(\)/)
    },
    'what colleagues change on my customers is told': async (v) => {
      const { page } = v
      await usual(v)
      const { user } = await api<{ user: { id: string } }>(v, 'GET', '/session')
      const name = unique('茶行')
      const { id } = await api<{ id: string }>(v, 'POST', '/account', { name, kind: 'organisation', owner: user.id })
      await page.goto('/')
      const news = tile(v, '我的客戶有什麼變動', 'What changed on my customers')
      await news.waitFor()
      const other = await colleague(v, '林美玲')
      try {
        await api(other, 'PATCH', `/account/${id}`, { website: 'https://tea.example.com/' })
        const entry = news.getByRole('listitem').filter({ hasText: name })
        await entry.getByText('林美玲').waitFor()
        await entry.getByText('tea.example.com').waitFor()
        await entry.getByRole('link', { name }).click()
        await page.waitForURL(`**/o/account/${id}`)
      } finally {
        await other.close()
      }
    },
    'tiles are moved and hidden by keyboard, on every device': async (v) => {
      const { page } = v
      await usual(v)
      await page.goto('/')
      await page.getByRole('button', { name: say(v, '調整版面', 'Arrange') }).click()
      const handle = page.getByRole('button', { name: say(v, '需要留意：用方向鍵移動', 'Needs attention: move with the arrow keys') })
      await handle.focus()
      await page.keyboard.press('ArrowUp')
      await page.getByRole('status').filter({ hasText: say(v, '左欄第 1 個', 'left column, place 1') }).waitFor()
      await page.getByRole('button', { name: say(v, '收起「最近看過」', 'Put Recently seen away') }).click()
      await axe(v)
      await page.getByRole('button', { name: say(v, '完成', 'Done'), exact: true }).click()
      const titles = () => page.locator('main section[data-tile] h2').allInnerTexts()
      await tile(v, '需要留意', 'Needs attention').waitFor()
      const shown = await titles()
      assert.equal(shown[0], say(v, '需要留意', 'Needs attention'))
      assert.ok(!shown.includes(say(v, '最近看過', 'Recently seen')))
      /* Another device: another window that knows nothing but the server. */
      await page.evaluate(() => localStorage.clear())
      await page.reload()
      await tile(v, '需要留意', 'Needs attention').waitFor()
      assert.deepEqual(await titles(), shown)
    },
  },
}

export const desk: Spec = {
  looks: [DESK],
  journeys: {
    'a tile is dragged to the other column': async (v) => {
      const { page } = v
      await usual(v)
      await page.goto('/')
      await page.getByRole('button', { name: '調整版面' }).click()
      const handle = page.getByRole('button', { name: '我的客戶有什麼變動：用方向鍵移動' })
      const target = page.locator('[data-column=right] [data-tile]').first()
      const [a, b] = [await handle.boundingBox(), await target.boundingBox()]
      assert.ok(a && b)
      await page.mouse.move(a.x + 20, a.y + 10)
      await page.mouse.down()
      await page.mouse.move(b.x + 80, b.y + 20, { steps: 10 })
      await page.mouse.up()
      await page.locator('[data-column=right] [data-tile=changes]').waitFor()
    },
  },
}
