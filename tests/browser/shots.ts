/* shots.ts - a picture of every page, for people to look at; nothing is compared. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { api, type Browser, type Look, settled, signIn, type Visit, visit } from './kit.ts'

interface Known {
  account: string
  opportunity: string
  lead: string
  contact: string
  name: string
  user: string
}

const csv = (known: Known) =>
  [
    '客戶名稱,統一編號,產業,電話,城市,成為客戶日,負責人',
    '星光電子股份有限公司,24567890,電子與半導体,02-2712-3456,新北市,03/04/2024,王大明',
    '永泰貿易有限公司,12345678,批發,04-2233-4455,台中市,05/06/2024,',
    ',1,x,y,,,',
    `${known.name},22099131,製造,02-2345-6789,臺北市,01/02/2023,`,
    '青田食品行,55667788,批發,07-333-4455,高雄市,,陳小姐',
  ].join('\n')

async function know(v: Visit): Promise<Known> {
  const first = async (object: string, query: string) =>
    (await api<{ rows: { id: string }[] }>(v, 'GET', `/${object}?limit=1&${query}`)).rows[0]?.id ?? ''
  const proposal = `filter=${encodeURIComponent('stage = "proposal"')}`
  const deals = await api<{ rows: { account: { id: string; title: string } }[] }>(v, 'GET', `/opportunity?limit=1&${proposal}`)
  return {
    account: deals.rows[0]?.account.id ?? '',
    opportunity: await first('opportunity', proposal),
    lead: await first('lead', `filter=${encodeURIComponent('status = "new"')}`),
    contact: await first('contact', `filter=${encodeURIComponent('email is not empty')}`),
    name: deals.rows[0]?.account.title ?? '',
    user: await first('user', `filter=${encodeURIComponent('login is not empty')}`),
  }
}

type Page = [name: string, address: (k: Known) => string, then?: (v: Visit, k: Known) => Promise<unknown>]

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
  ['map', () => '/o/account/map'],
  ['calendar-week', () => '/calendar?view=week'],
  ['calendar-month', () => '/calendar?view=month'],
  ['calendar-deals', () => '/o/opportunity/calendar'],
  ['home-arrange', () => '/', async ({ page }) => page.getByRole('button', { name: /^(排列|調整|Arrange)/ }).first().click()],
  ['first-steps', () => '/start'],
  ['offline', () => '/offline'],
  ['bin', () => '/o/account?deleted=true'],
  ['imports', () => '/import'],
  ['import', () => '/import?object=account', handIn],
  ['import-check', () => '/import?object=account', check],
  ['import-result', () => '/import?object=account', async (v, k) => {
    await check(v, k)
    await v.page.getByRole('button', { name: /^(匯入|Import) .+(筆|rows?)$/ }).click()
    await v.page.getByText(/^(匯入完成|The import is done)$/).waitFor()
  }],
  ['import-undo', () => '/import', async ({ page }) => page.getByRole('button', { name: /(復原整批匯入|Undo the whole import)$/ }).first().click()],
  ['segments', () => '/o/segment'],
  ['segment-new', () => `/o/segment/new?object=account&filter=${encodeURIComponent('rating = "a"')}`],
  ['sql', () => '/sql'],
  ['expiry', () => '/expiry'],
  ['my-account', () => '/account'],
  ['admin', () => '/admin'],
  ['objects', () => '/admin/objects'],
  ['object', () => '/admin/objects/account'],
  ['layout', () => '/admin/objects/account?tab=layout'],
  ['field', () => '/admin/objects/account/fields/industry'],
  ['processes', () => '/admin/processes'],
  ['process', () => '/admin/processes/opportunity'],
  ['packs', () => '/admin/packs'],
  ['strings', () => '/admin/strings'],
  ['users', () => '/admin/users'],
  ['user', (k) => `/admin/users/${k.user}`],
  ['user-new', () => '/admin/users/new'],
  ['roles', () => '/admin/roles'],
  ['role', () => '/admin/roles/sales', async ({ page }) => page.getByRole('combobox', { name: /比較|Compare/ }).selectOption('manager')],
  ['audit', () => '/admin/audit'],
  ['jobs', () => '/admin/jobs'],
  ['warehouse', () => '/admin/warehouse'],
  ['settings', () => '/admin/settings'],
  ['access', () => '/admin/access'],
  ['books', () => '/admin/books'],
  ['relocations', () => '/admin/relocations'],
  ['signin-rules', () => '/admin/signin'],
  ['privacy', () => '/admin/privacy'],
  ['person', (k) => `/o/contact/${k.contact}`],
  ['why', (k) => `/o/opportunity/${k.opportunity}`, async ({ page }) => {
    await page.getByRole('button', { name: /^(動作|操作|Actions)$/ }).click()
    await page.getByRole('menuitem', { name: /為什麼我看得到|Why can I see this/ }).click()
    await page.getByRole('button', { name: /誰看得到|Who can see it/ }).click()
  }],
  ['menu', () => '/', async ({ page }) => page.getByRole('button', { name: /的選單|, menu/ }).click()],
]

/* What earlier pictures brought in would leave nothing to do. */
async function takeBack(v: Visit) {
  interface Past { id: string; state: string; written: boolean }
  const past = async () => (await api<{ rows: Past[] }>(v, 'GET', '/import')).rows
  for (const job of await past()) if (job.written) await api(v, 'POST', `/import/${job.id}/undo`)
  while ((await past()).some((job) => job.written)) await v.page.waitForTimeout(50)
}

async function handIn(v: Visit, known: Known) {
  const { page } = v
  await takeBack(v)
  await page.locator('input[type=file]').setInputFiles({ name: '客戶名單.csv', mimeType: 'text/csv', buffer: Buffer.from(csv(known)) })
  await page.waitForURL(/\/import\/./)
  await page.getByRole('button', { name: /^(加入固定值|Add a fixed value)$/ }).click()
  await page.getByRole('button', { name: /(客戶名稱).*(同時對應|Put it)/ }).click()
  await page.getByText(/^(新增與更新|Add and update)$/).click()
}

async function check(v: Visit, known: Known) {
  const { page } = v
  await handIn(v, known)
  await page.getByText(/^(日／月／年|Day . month . year)$/).click()
  await page.getByRole('button', { name: /^(檢查|Check)$/ }).click()
  await page.getByRole('heading', { name: /^(逐列結果|Row by row)$/ }).waitFor()
  await page.waitForLoadState('networkidle')
}

export async function shoot(browser: Browser, base: string, folder: string) {
  mkdirSync(folder, { recursive: true })
  const words = (process.env.T ?? '').split(',')
  const wanted = (name: string) => words.some((word) => name.includes(word))
  const looks: Look[] = []
  for (const width of [1440, 390] as const)
    for (const lang of ['zh-Hant', 'en'] as const) for (const scheme of ['light', 'dark'] as const) looks.push({ width, lang, scheme })
  for (const look of looks) {
    if (process.env.LOOK && !`${look.width} ${look.lang} ${look.scheme}`.includes(process.env.LOOK)) continue
    const v = await visit(browser, base, look)
    const picture = (name: string) => v.page.screenshot({ path: path.join(folder, `${name}-${look.width}-${look.lang}-${look.scheme}.png`) })
    await v.page.goto('/signin')
    await settled(v)
    if (wanted('signin')) await picture('signin')
    await signIn(v)
    const known = await know(v)
    for (const [name, address, then] of PAGES) {
      if (!wanted(name)) continue
      await v.page.goto(address(known))
      await settled(v)
      await then?.(v, known)
      await v.page.waitForTimeout(400)
      await picture(name)
    }
    for (const complaint of v.complaints) console.log(`${look.width} ${look.lang} ${look.scheme}: ${complaint}`)
    await v.close()
  }
  console.log(`pictures in ${path.resolve(folder)}`)
}
