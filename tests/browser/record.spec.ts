/* One record from its making to its deletion, and back. */
import assert from 'node:assert/strict'
import { api, type Spec } from './kit.ts'

interface Made {
  id: string
  version: number
  [field: string]: unknown
}
const unique = (name: string) => `${name} ${Date.now().toString(36)}`

export const spec: Spec = {
  journeys: {
    'a new account: what is missing is said, what does not apply is not asked': async ({ page }) => {
      const name = unique('永續能源')
      await page.goto('/o/account/new')
      const field = (n: string) => page.locator(`[data-field="${n}"]`)
      await field('tax_id').waitFor()
      await page.getByRole('button', { name: '儲存' }).click()
      await page.getByRole('alert').waitFor()
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-field')), 'name')
      await field('name').fill(name)
      await field('kind').click()
      await page.getByRole('option', { name: '個人' }).click()
      await field('tax_id').waitFor({ state: 'detached' })
      await field('kind').click()
      await page.getByRole('option', { name: /公司/ }).click()
      await field('tax_id').fill('24567890')
      await page.getByRole('status').getByText('檢查碼不符').waitFor()
      await field('employees').fill('１,２00')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('heading', { name, level: 1 }).waitFor()
      await page.getByText('1200', { exact: true }).waitFor()
    },
    'a field is changed where it stands; Escape leaves it': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('正隆'), kind: 'organisation', employees: 7 })
      const { page } = v
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('button', { name: '修改「員工人數」' }).click()
      await page.getByRole('textbox', { name: '員工人數' }).fill('8')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: '修改「員工人數」' }).click()
      await page.getByRole('textbox', { name: '員工人數' }).fill('9')
      await page.keyboard.press('Enter')
      await page.getByText('已儲存').waitFor()
      assert.equal((await api<Made>(v, 'GET', `/account/${account.id}`)).employees, 9)
      await page.getByRole('tab', { name: '變更紀錄' }).click()
      await page.getByText('員工人數').waitFor()
    },
    'a change by somebody else in between is shown, and nothing is lost': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('東元'), kind: 'organisation', employees: 1 })
      const { page } = v
      await page.goto(`/o/account/${account.id}/edit`)
      await page.locator('[data-field=employees]').fill('2')
      await api(v, 'PATCH', `/account/${account.id}`, { employees: 3 })
      await page.getByRole('button', { name: '儲存' }).click()
      await page.getByText('有人同時修改了這筆資料').first().waitFor()
      await page.getByRole('button', { name: '儲存我的修改' }).click()
      await page.getByText('已儲存').waitFor()
      assert.equal((await api<Made>(v, 'GET', `/account/${account.id}`)).employees, 2)
    },
    'a deleted record comes back by undo, and from the recycle bin': async (v) => {
      const name = unique('遠東')
      const account = await api<Made>(v, 'POST', '/account', { name, kind: 'organisation' })
      const { page } = v
      const remove = async () => {
        await page.goto(`/o/account/${account.id}`)
        await page.getByRole('button', { name: '動作' }).click()
        await page.getByRole('menuitem', { name: '刪除' }).click()
        await page.getByText(`已刪除「${name}」`).waitFor()
      }
      await remove()
      await page.getByRole('button', { name: '復原' }).click()
      await page.getByText('已還原').waitFor()
      await remove()
      await page.goto(`/o/account?deleted=true&filter=${encodeURIComponent(`name = "${name}"`)}`)
      await page.getByRole('button', { name: '還原' }).click()
      await page.getByText('已還原').waitFor()
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('heading', { name, level: 1 }).waitFor()
    },
    'from an account to its new contact, which knows where it belongs': async (v) => {
      const name = unique('台達')
      const account = await api<Made>(v, 'POST', '/account', { name, kind: 'organisation' })
      const { page } = v
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('link', { name: '新增聯絡人' }).click()
      await page.locator('[data-field=account]').waitFor()
      assert.equal(await page.locator('[data-field=account]').inputValue(), name)
      await page.locator('[data-field=name]').fill('王小明')
      await page.getByRole('button', { name: '儲存' }).click()
      await page.getByRole('heading', { name: '王小明', level: 1 }).waitFor()
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('link', { name: '王小明' }).waitFor()
    },
  },
}
