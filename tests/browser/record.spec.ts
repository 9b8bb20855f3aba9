/* One record from its making to its deletion, and back. */
import assert from 'node:assert/strict'
import { api, axe, colleague, type Spec, unique } from './kit.ts'

interface Made {
  id: string
  version: number
  [field: string]: unknown
}

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
    'what two people changed is merged; where both changed the same, one chooses by keyboard': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('東元'), kind: 'organisation', employees: 1, website: 'https://a.example', description: 'eins' })
      const other = await colleague(v, '王小明')
      const { page } = v
      await page.goto(`/o/account/${account.id}/edit`)
      await page.locator('[data-field=employees]').fill('2')
      await page.locator('[data-field=description]').fill('mine')
      await api(other, 'PATCH', `/account/${account.id}`, { employees: 3, description: 'theirs', phone: '02 2345 6789' })
      await page.getByText('王小明修改了').waitFor()
      await page.locator('[data-field=description]').press('Control+Enter')
      const dialog = page.getByRole('dialog', { name: '有人同時修改了這筆資料' })
      await dialog.waitFor()
      await dialog.getByText('王小明另外修改的電話會一併保留').waitFor()
      await axe(v)
      assert.ok(await dialog.getByRole('button', { name: '還有 2 項未選' }).isDisabled())
      /* Escape keeps what was typed. */
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      assert.equal(await page.locator('[data-field=employees]').inputValue(), '2')
      await page.getByRole('button', { name: '儲存' }).click()
      await dialog.waitFor()
      const of = (name: string) => dialog.getByRole('group', { name })
      await of('員工人數').getByRole('radio').first().focus()
      await page.keyboard.press('Space')
      assert.ok(await of('員工人數').getByRole('radio').first().isChecked())
      await of('備註').getByRole('radio').first().focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.getByText(/已儲存，王小明修改的電話/).waitFor()
      const saved = await api<Made>(v, 'GET', `/account/${account.id}`)
      assert.equal(saved.employees, 2)
      assert.equal(saved.description, 'theirs\n\nmine')
      assert.ok(saved.phone)
      await other.close()
    },
    'fields that nobody else changed are saved without a question': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('大同'), kind: 'organisation', employees: 1 })
      const { page } = v
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('button', { name: '修改「員工人數」' }).click()
      await page.getByRole('textbox', { name: '員工人數' }).fill('8')
      await api(v, 'PATCH', `/account/${account.id}`, { phone: '02 2345 6789' })
      await page.keyboard.press('Enter')
      await page.getByText(/已儲存，.*電話/).waitFor()
      const saved = await api<Made>(v, 'GET', `/account/${account.id}`)
      assert.equal(saved.employees, 8)
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
