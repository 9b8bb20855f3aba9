/* away.ts - what journeys without the network have in common. */
import { api, type Page, settled, unique, type Visit } from './kit.ts'

export interface Made {
  id: string
  version: number
  [field: string]: unknown
}

const WORDS = {
  'zh-Hant': { offline: '離線', asOf: '的資料', waiting: '待送', queue: /等著送出/, note: '備忘', call: '電話', visit: '拜訪', stored: /目前沒有網路/, sent: /已送出/, nothing: '沒有等著送出的內容' },
  en: { offline: 'Offline', asOf: 'as of', waiting: 'to send', queue: /Waiting to be sent/, note: 'Note', call: 'Call', visit: 'Visit', stored: /^No network/, sent: /^Sent/, nothing: 'Nothing is waiting' },
}
export const words = (v: Visit) => WORDS[v.look.lang]
export const account = (v: Visit, more: object = {}) => api<Made>(v, 'POST', '/account', { name: unique('耐斯'), kind: 'organisation', ...more })
export const activities = async (v: Visit, id: string) => (await api<{ rows: Made[] }>(v, 'GET', `/activity?filter=${encodeURIComponent(`account = "${id}"`)}`)).rows

export const mark = ({ page }: Visit) => page.locator('header').getByRole('status').getByRole('link')

/* The worker has all it needs and looks after this page. */
export async function installed(page: Page) {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
}

/* Opened once with the worker in charge, so that it is kept. */
export async function seen(v: Visit, address: string) {
  await v.page.goto(address)
  await installed(v.page)
  await v.page.reload()
  await v.page.getByRole('heading', { level: 1 }).waitFor()
  await settled(v)
}

export async function note({ page, look }: Visit, text: string) {
  const { note: name } = WORDS[look.lang]
  await page.getByRole('button', { name, exact: true }).first().click()
  await page.locator('[data-field=description]').fill(text)
  await page.keyboard.press('Control+Enter')
}
