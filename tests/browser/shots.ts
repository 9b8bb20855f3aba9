/* shots.ts - a picture of every page, for people to look at; nothing is compared. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { api, type Browser, type Look, signIn, type Visit, visit } from './kit.ts'

interface Known {
  account: string
  opportunity: string
  lead: string
}

const CSV = 'name,tax_id,industry,phone,parent\n星光電子股份有限公司,24567890,electronics,02-2712-3456,宏碁 股份有限公司\n,1,x,y,z\n永泰貿易有限公司,12345678,retail,04-2233-4455,\n'

async function know(v: Visit): Promise<Known> {
  const first = async (object: string, query: string) =>
    (await api<{ rows: { id: string }[] }>(v, 'GET', `/${object}?limit=1&${query}`)).rows[0]?.id ?? ''
  const proposal = `filter=${encodeURIComponent('stage = "proposal"')}`
  const deals = await api<{ rows: { account: { id: string } }[] }>(v, 'GET', `/opportunity?limit=1&${proposal}`)
  return {
    account: deals.rows[0]?.account.id ?? '',
    opportunity: await first('opportunity', proposal),
    lead: await first('lead', `filter=${encodeURIComponent('status = "new"')}`),
  }
}

type Page = [name: string, address: (k: Known) => string, then?: (v: Visit) => Promise<unknown>]

const PAGES: Page[] = [
  ['home', () => '/'],
  ['accounts', () => '/o/account'],
  ['opportunities', () => '/o/opportunity?sort=-amount'],
  ['filter', () => `/o/opportunity?filter=${encodeURIComponent('stage in ("proposal", "negotiation") and amount >= 100000')}`, async ({ page }) => page.getByRole('button', { name: /^(篩選|Filter)$/ }).click()],
  ['grouped', () => '/o/opportunity?group=stage'],
  ['board', () => '/o/opportunity/board'],
  ['chosen', () => '/o/account', async ({ page, phone }) => {
    if (phone) await page.getByRole('button', { name: /選取資料|Select records/ }).click()
    await page.getByRole('checkbox').nth(1).check()
  }],
  ['palette', () => '/', async ({ page }) => page.keyboard.press('Control+k')],
  ['account', (k) => `/o/account/${k.account}`],
  ['history', (k) => `/o/account/${k.account}?tab=history`],
  ['opportunity', (k) => `/o/opportunity/${k.opportunity}`],
  ['lead', (k) => `/o/lead/${k.lead}`],
  ['edit', (k) => `/o/account/${k.account}/edit`],
  ['create', () => '/o/opportunity/new'],
  ['search', () => '/', async ({ page, phone }) => {
    if (phone) await page.getByRole('button', { name: /全域搜尋|Search everything/ }).click()
    await page.getByRole('searchbox').or(page.getByRole('combobox')).last().fill('林')
  }],
  ['bin', () => '/o/account?deleted=true'],
  ['import', () => '/import?object=account', async ({ page }) => {
    await page.locator('input[type=file]').setInputFiles({ name: '客戶名單.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) })
    await page.waitForURL(/\/import\/./)
  }],
  ['menu', () => '/', async ({ page }) => page.getByRole('button', { name: /的選單|, menu/ }).click()],
]

export async function shoot(browser: Browser, base: string, folder: string) {
  mkdirSync(folder, { recursive: true })
  const only = process.env.T ?? ''
  const looks: Look[] = []
  for (const width of [1440, 390] as const)
    for (const lang of ['zh-Hant', 'en'] as const) for (const scheme of ['light', 'dark'] as const) looks.push({ width, lang, scheme })
  for (const look of looks) {
    if (process.env.LOOK && !`${look.width} ${look.lang} ${look.scheme}`.includes(process.env.LOOK)) continue
    const v = await visit(browser, base, look)
    const picture = (name: string) => v.page.screenshot({ path: path.join(folder, `${name}-${look.width}-${look.lang}-${look.scheme}.png`) })
    await v.page.goto('/signin')
    await v.page.waitForLoadState('networkidle')
    if ('signin'.includes(only)) await picture('signin')
    await signIn(v)
    const known = await know(v)
    for (const [name, address, then] of PAGES) {
      if (!name.includes(only)) continue
      await v.page.goto(address(known))
      await v.page.waitForLoadState('networkidle')
      await then?.(v)
      await v.page.waitForTimeout(400)
      await picture(name)
    }
    for (const complaint of v.complaints) console.log(`${look.width} ${look.lang} ${look.scheme}: ${complaint}`)
    await v.close()
  }
  console.log(`pictures in ${path.resolve(folder)}`)
}
