/* Lists: finding, sorting, filtering, columns, and a great many rows. */
import assert from 'node:assert/strict'
import { api, DESK, type Page, say, type Spec, type Visit } from './kit.ts'

const MARK = 'Zyxel測試'

async function three(v: Visit) {
  const found = await api<{ rows: unknown[] }>(v, 'GET', `/account?limit=3&filter=${encodeURIComponent(`name ^= "${MARK}"`)}`)
  for (let i = found.rows.length; i < 3; i++)
    await api(v, 'POST', '/account', { name: `${MARK} ${i + 1} 有限公司`, kind: 'organisation', employees: [30, 200, 1000][i] })
}
const only = `filter=${encodeURIComponent(`name ^= "${MARK}"`)}`
const count = (v: Visit, n: number) => v.page.getByText(say(v, `共 ${n} 筆`, n === 1 ? '1 record' : `${n} records`), { exact: true }).waitFor()
const names = (page: Page) => page.getByRole('rowgroup').nth(1).getByRole('row').locator('a').filter({ hasText: MARK }).allTextContents()

export const spec: Spec = {
  journeys: {
    'an account is found by a part of its name': async (v) => {
      await three(v)
      await v.page.goto('/o/account')
      await v.page.getByRole('searchbox').last().fill(`${MARK} 2`)
      await count(v, 1)
      await v.page.getByRole('link', { name: `${MARK} 2 有限公司` }).click()
      await v.page.getByRole('heading', { name: `${MARK} 2 有限公司`, level: 1 }).waitFor()
    },
    'conditions and expression are two views of one filter': async (v) => {
      await three(v)
      const { page } = v
      await page.goto(`/o/account?${only}`)
      await count(v, 3)
      await page.getByRole('button', { name: say(v, '篩選', 'Filter'), exact: true }).click()
      const text = page.getByRole('textbox', { name: say(v, '運算式', 'Expression') })
      await text.fill(`name ^= "${MARK}" and employees between 100 and 500`)
      assert.equal(await page.getByRole('textbox', { name: say(v, '到', 'To'), exact: true }).inputValue(), '500')
      await page.getByRole('textbox', { name: say(v, '到', 'To'), exact: true }).fill('5000')
      assert.match(await text.inputValue(), /employees between 100 and 5000$/)
      await page.getByRole('button', { name: say(v, '套用', 'Apply') }).click()
      await count(v, 2)
    },
    'a wrong expression says what is wrong, and the list can be had back': async (v) => {
      const { page } = v
      await page.goto(`/o/account?filter=${encodeURIComponent('nome = "x"')}`)
      await page.locator('form').getByText(/nome/).first().waitFor()
      await page.getByRole('button', { name: say(v, '清除篩選', 'Clear the filter') }).click()
      await page.getByText(/共 [\d,]+ 筆|[\d,]+ records?/).waitFor()
    },
    'nothing found is said, with a way out': async (v) => {
      const { page } = v
      await page.goto(`/o/account?filter=${encodeURIComponent('name = "no such account"')}`)
      await page.getByText(say(v, '沒有符合條件的資料', 'Nothing matches')).waitFor()
      await page.getByRole('button', { name: say(v, '顯示全部', 'Show all') }).click()
      await page.getByText(/共 [\d,]+ 筆|[\d,]+ records?/).waitFor()
    },
    'global search finds by two characters': async (v) => {
      await three(v)
      const { page } = v
      await page.goto('/')
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.keyboard.press('/')
      await page.waitForFunction(() => document.activeElement?.matches('input'))
      await page.keyboard.type('測試')
      await page.getByRole('option').filter({ hasText: MARK }).first().waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/o\/\w+\/\d+/)
    },
  },
}

export const desk: Spec = {
  looks: [DESK],
  journeys: {
    'a header sorts, a second one with Shift': async (v) => {
      await three(v)
      const { page } = v
      await page.goto(`/o/account?${only}`)
      await count(v, 3)
      const header = page.getByRole('columnheader').nth(1).getByRole('button')
      await header.click()
      await page.waitForURL(/sort=name/)
      await page.locator('[aria-sort=ascending]').waitFor()
      await header.click()
      await page.waitForURL(/sort=-name/)
      await page.waitForFunction((mark) => document.querySelector('[role=rowgroup]:nth-of-type(2) [role=row] a')?.textContent?.startsWith(`${mark} 3`), MARK)
      assert.deepEqual((await names(page)).map((n) => n.slice(MARK.length + 1, MARK.length + 2)), ['3', '2', '1'])
      await page.getByRole('columnheader').nth(2).getByRole('button').click({ modifiers: ['Shift'] })
      await page.waitForURL(/sort=-name(%2C|,)kind/)
    },
    'rows are reached and opened by keyboard': async (v) => {
      await three(v)
      const { page } = v
      await page.goto(`/o/account?${only}&sort=name`)
      await count(v, 3)
      await page.getByRole('grid').focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: `${MARK} 2 有限公司` }).waitFor()
    },
    'columns are chosen and stay chosen': async (v) => {
      const { page } = v
      await page.goto('/o/account')
      await page.getByRole('button', { name: say(v, '欄位', 'Columns'), exact: true }).click()
      await page.getByRole('checkbox', { name: say(v, '統一編號', 'Tax ID') }).check()
      await page.getByRole('columnheader', { name: say(v, '統一編號', 'Tax ID') }).waitFor()
      await page.reload()
      await page.getByRole('columnheader', { name: say(v, '統一編號', 'Tax ID') }).waitFor()
      await page.getByRole('button', { name: say(v, '欄位', 'Columns'), exact: true }).click()
      await page.getByRole('button', { name: say(v, '恢復預設', 'Back to the default') }).click()
      await page.getByRole('columnheader', { name: say(v, '統一編號', 'Tax ID') }).waitFor({ state: 'detached' })
    },
    'the end of a long list is reached by scrolling, with few rows in the document': async (v) => {
      const { total } = await api<{ total: number }>(v, 'GET', '/opportunity?limit=1&total=true')
      const { page } = v
      await page.goto('/o/opportunity?sort=name')
      await page.getByText(/共 [\d,]+ 筆|[\d,]+ records?/).waitFor()
      const table = page.getByRole('grid')
      for (let i = 0; i < 4; i++) {
        await table.evaluate((e) => e.scrollTo(0, e.scrollHeight))
        await page.waitForTimeout(300)
      }
      const last = await page.getByRole('row').last().getAttribute('aria-rowindex')
      assert.ok(Number(last) > Math.min(total, 200), `row ${last} of ${total}`)
      assert.ok((await page.getByRole('row').count()) < 80)
    },
    'the list is exported as it is filtered': async (v) => {
      await three(v)
      const { page } = v
      await page.goto(`/o/account?${only}`)
      await count(v, 3)
      await page.getByRole('button', { name: say(v, '匯出入', 'Data') }).click()
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /CSV/ }).click()])
      const text = (await (await download.createReadStream()).toArray()).join('')
      assert.equal(text.trim().split('\n').length, 4)
    },
  },
}
