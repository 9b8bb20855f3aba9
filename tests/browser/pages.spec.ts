/* Every page: nothing that axe objects to, nothing wider than the screen, no first load too large. */
import assert from 'node:assert/strict'
import { api, axe, DESK, type Journey, type Look, type Spec, type Visit } from './kit.ts'

const first = async (v: Visit, object: string) => (await api<{ rows: { id: string }[] }>(v, 'GET', `/${object}?limit=1`)).rows[0]?.id ?? ''

const at =
  (address: string | ((v: Visit) => Promise<string>), then?: Journey): Journey =>
  async (v, server) => {
    await v.page.goto(typeof address === 'string' ? address : await address(v))
    await v.page.getByRole('heading', { level: 1 }).waitFor()
    await then?.(v, server)
    await axe(v)
  }

/* What must come over the network before a list can be worked in, compressed. */
const FIRST_LOAD_BYTES_MAX = 250_000

const looks: Look[] = [DESK, { width: 390, lang: 'en', scheme: 'dark' }]

export const spec: Spec = {
  looks,
  journeys: {
    'sign in': at('/signin', async ({ page }) => void (await page.context().clearCookies())),
    home: at('/'),
    search: at('/', async ({ page }) => {
      await page.keyboard.press('/')
      await page.waitForFunction(() => document.activeElement?.matches('input'))
      await page.keyboard.type('林')
      await page.getByRole('option').first().waitFor()
    }),
    list: at('/o/opportunity'),
    filter: at('/o/opportunity', async ({ page }) => {
      await page.getByRole('button', { name: /^(篩選|Filter)$/ }).click()
      await page.getByRole('button', { name: /^(新增條件|Add a condition)$/ }).click()
    }),
    'a list with chosen records': at('/o/opportunity', async ({ page, phone }) => {
      if (phone) await page.getByRole('button', { name: /^(選取資料|Select records)$/ }).click()
      await page.getByRole('checkbox').first().check()
      await page.getByRole('toolbar').waitFor()
    }),
    'changing many': at('/o/opportunity', async ({ page, phone }) => {
      if (phone) await page.getByRole('button', { name: /^(選取資料|Select records)$/ }).click()
      await page.getByRole('checkbox').first().check()
      await page.getByRole('button', { name: /^(修改欄位|Edit fields)$/ }).click()
      await page.getByRole('dialog').getByRole('combobox').waitFor()
    }),
    'a grouped list': at('/o/opportunity?group=stage', async ({ page }) => {
      await page.locator('[data-group], [role=listitem] button[aria-expanded]').first().waitFor()
    }),
    'views of a list': at('/o/account', async ({ page }) => {
      await page.getByRole('button', { name: /^(全部|All)$/ }).click()
      await page.getByRole('menuitem').first().waitFor()
    }),
    board: at('/o/opportunity/board', async ({ page }) => {
      await page.getByRole('article').first().waitFor()
    }),
    palette: at('/', async ({ page }) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('option').first().waitFor()
    }),
    'keyboard help': at('/', async ({ page }) => {
      await page.keyboard.press('Shift+?')
      await page.getByRole('dialog').getByText('Ctrl K').waitFor()
    }),
    record: at(async (v) => `/o/opportunity/${await first(v, 'opportunity')}`),
    history: at(async (v) => `/o/account/${await first(v, 'account')}?tab=history`),
    edit: at(async (v) => `/o/account/${await first(v, 'account')}/edit`),
    create: at('/o/activity/new'),
    'choosing a link': at('/o/contact/new', async ({ page }) => {
      await page.locator('[data-field=account]').click()
      await page.getByRole('option').first().waitFor()
    }),
    'converting a lead': at(async (v) => {
      const filter = encodeURIComponent('status = "new"')
      const { rows } = await api<{ rows: { id: string }[] }>(v, 'GET', `/lead?limit=1&filter=${filter}`)
      return `/o/lead/${rows[0]?.id ?? ''}`
    }, async ({ page }) => {
      await page.getByRole('button', { name: /^(轉換|Convert)$/ }).click()
      await page.getByRole('dialog').getByRole('radio').first().waitFor()
    }),
    bin: at('/o/account?deleted=true'),
    import: at('/import'),
    'nothing there': async (v) => {
      await v.page.goto('/o/account/1')
      await v.page.getByText(/找不到|nothing here/).first().waitFor()
      await axe(v)
    },
  },
}

export const size: Spec = {
  looks: [DESK],
  journeys: {
    'the first load is small': async ({ page }) => {
      await page.goto('/o/account')
      await page.getByText(/共 [\d,]+ 筆/).waitFor()
      const bytes = await page.evaluate(() => {
        const loaded = [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
        return (loaded as PerformanceResourceTiming[])
          .filter((e) => !e.name.includes('/api/'))
          .reduce((sum, e) => sum + e.encodedBodySize, 0)
      })
      assert.ok(bytes > 50_000 && bytes <= FIRST_LOAD_BYTES_MAX, `${bytes} bytes`)
      if (process.env.VERBOSE) console.log(`first load: ${bytes} bytes`)
    },
  },
}
