/* tour.ts - the few pictures of docs/TOUR.md, small enough to be kept; `make tour` takes them anew. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Browser, DESK, launch, type Look, PHONE, PHONE_ZH, settled, signIn, startServer, type Visit, visit } from './kit.ts'

const FOLDER = path.join(import.meta.dirname, '..', '..', 'docs', 'tour')
const QUALITY = 62
const REP = 'cindy.hsu7'
const ADMIN = 'admin'
const ENGLISH: Look = { ...DESK, lang: 'en' }
const DARK: Look = { ...ENGLISH, scheme: 'dark' }

type Stop = [name: string, who: string, look: Look, address: string, then?: (v: Visit) => Promise<unknown>]

const firstRecord = async ({ page }: Visit) => {
  await page.getByRole('row').nth(2).getByRole('link').first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
}

/* The figures come after the day. */
const numbers = ({ page }: Visit) => page.getByText(/NT\$/).first().waitFor()

const STOPS: Stop[] = [
  ['home', REP, ENGLISH, '/', numbers],
  ['list', REP, DESK, '/o/account?filter=owner+%3D+me'],
  ['record', REP, ENGLISH, '/o/opportunity?filter=owner+%3D+me&sort=-amount', firstRecord],
  ['board', REP, DARK, '/o/opportunity/board?filter=owner+%3D+me'],
  ['calendar', REP, DESK, '/calendar?view=month'],
  ['map', ADMIN, ENGLISH, '/o/account/map'],
  ['process', ADMIN, ENGLISH, '/admin/processes/opportunity'],
  ['role', ADMIN, DESK, '/admin/roles/sales'],
  ['phone-home', REP, { ...PHONE_ZH, scheme: 'light' }, '/', numbers],
  ['phone-list', REP, { ...PHONE, scheme: 'dark' }, '/o/account?filter=owner+%3D+me'],
]

async function take(browser: Browser, base: string, [name, who, look, address, then]: Stop) {
  const v = await visit(browser, base, look)
  await signIn(v, who)
  await v.page.goto(address)
  await settled(v)
  await then?.(v)
  await settled(v)
  await v.page.waitForTimeout(600)
  await v.page.screenshot({ path: path.join(FOLDER, `${name}.jpg`), type: 'jpeg', quality: QUALITY })
  for (const complaint of v.complaints) console.log(`${name}: ${complaint}`)
  await v.close()
}

mkdirSync(FOLDER, { recursive: true })
const server = await startServer('maker')
const browser = await launch()
try {
  for (const stop of STOPS) await take(browser, server.url, stop)
} finally {
  await browser.close()
  server.stop()
}
