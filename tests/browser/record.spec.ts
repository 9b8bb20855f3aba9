/* One record from its making to its deletion, and back. */
import assert from 'node:assert/strict'
import { api, axe, colleague, say, type Spec, unique } from './kit.ts'

interface Made {
  id: string
  version: number
  [field: string]: unknown
}

export const spec: Spec = {
  journeys: {
    'a new account: what is missing is said, what does not apply is not asked': async (v) => {
      const { page } = v
      const name = unique('永續能源')
      await page.goto('/o/account/new')
      const field = (n: string) => page.locator(`[data-field="${n}"]`)
      await field('tax_id').waitFor()
      await page.getByRole('button', { name: say(v, '儲存', 'Save') }).click()
      await page.getByRole('alert').waitFor()
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-field')), 'name')
      await field('name').fill(name)
      await field('kind').click()
      await page.getByRole('option', { name: say(v, '個人', 'Person') }).click()
      await field('tax_id').waitFor({ state: 'detached' })
      await field('kind').click()
      await page.getByRole('option', { name: /公司|Organisation/ }).click()
      await field('tax_id').fill('24567890')
      await page.getByRole('status').getByText(say(v, '檢查碼不符', 'check digit is wrong')).waitFor()
      await field('employees').fill('１,２00')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('heading', { name, level: 1 }).waitFor()
      await page.getByText('1200', { exact: true }).waitFor()
    },
    'a field is changed where it stands; Escape leaves it': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('正隆'), kind: 'organisation', employees: 7 })
      const { page } = v
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('button', { name: say(v, '修改「員工人數」', 'Edit Employees') }).click()
      await page.getByRole('textbox', { name: say(v, '員工人數', 'Employees') }).fill('8')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: say(v, '修改「員工人數」', 'Edit Employees') }).click()
      await page.getByRole('textbox', { name: say(v, '員工人數', 'Employees') }).fill('9')
      await page.keyboard.press('Enter')
      await page.getByText(say(v, '已儲存', 'Saved')).waitFor()
      assert.equal((await api<Made>(v, 'GET', `/account/${account.id}`)).employees, 9)
      await page.getByRole('tab', { name: say(v, '變更紀錄', 'History') }).click()
      await page.getByText(say(v, '員工人數', 'Employees')).waitFor()
    },
    'what two people changed is merged; where both changed the same, one chooses by keyboard': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('東元'), kind: 'organisation', employees: 1, website: 'https://a.example', description: 'eins' })
      const other = await colleague(v, '王小明')
      const { page } = v
      await page.goto(`/o/account/${account.id}/edit`)
      await page.locator('[data-field=employees]').fill('2')
      await page.locator('[data-field=description]').fill('mine')
      await api(other, 'PATCH', `/account/${account.id}`, { employees: 3, description: 'theirs', phone: '02 2345 6789' })
      await page.getByText(say(v, '王小明修改了', '王小明 changed')).first().waitFor()
      await page.locator('[data-field=description]').press('Control+Enter')
      const dialog = page.getByRole('dialog', { name: say(v, '有人同時修改了這筆資料', 'Somebody else changed this in the meantime') })
      await dialog.waitFor()
      await dialog.getByText(say(v, '王小明另外修改的電話會一併保留', 'What 王小明 also changed is kept: Phone')).waitFor()
      await axe(v)
      assert.ok(await dialog.getByRole('button', { name: say(v, '還有 2 項未選', '2 left to choose') }).isDisabled())
      /* Escape keeps what was typed. */
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      assert.equal(await page.locator('[data-field=employees]').inputValue(), '2')
      await page.getByRole('button', { name: say(v, '儲存', 'Save') }).click()
      await dialog.waitFor()
      const of = (name: string) => dialog.getByRole('group', { name })
      await of(say(v, '員工人數', 'Employees')).getByRole('radio').first().focus()
      await page.keyboard.press('Space')
      assert.ok(await of(say(v, '員工人數', 'Employees')).getByRole('radio').first().isChecked())
      await of(say(v, '備註', 'Description')).getByRole('radio').first().focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.getByText(/已儲存，王小明修改的電話|Saved; Phone, changed by 王小明/).waitFor()
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
      await page.getByRole('button', { name: say(v, '修改「員工人數」', 'Edit Employees') }).click()
      await page.getByRole('textbox', { name: say(v, '員工人數', 'Employees') }).fill('8')
      await api(v, 'PATCH', `/account/${account.id}`, { phone: '02 2345 6789' })
      await page.keyboard.press('Enter')
      await page.getByText(/已儲存，.*電話|Saved; Phone/).waitFor()
      const saved = await api<Made>(v, 'GET', `/account/${account.id}`)
      assert.equal(saved.employees, 8)
    },
    'a deleted record comes back by undo, and from the recycle bin': async (v) => {
      const name = unique('遠東')
      const account = await api<Made>(v, 'POST', '/account', { name, kind: 'organisation' })
      const { page } = v
      const remove = async () => {
        await page.goto(`/o/account/${account.id}`)
        await page.getByRole('button', { name: say(v, '動作', 'Actions') }).click()
        await page.getByRole('menuitem', { name: say(v, '刪除', 'Delete') }).click()
        await page.getByText(say(v, `已刪除「${name}」`, `“${name}” deleted`)).waitFor()
      }
      await remove()
      await page.getByRole('button', { name: say(v, '復原', 'Undo') }).click()
      await page.getByText(say(v, '已還原', 'Restored')).waitFor()
      await remove()
      await page.goto(`/o/account?deleted=true&filter=${encodeURIComponent(`name = "${name}"`)}`)
      await page.getByRole('button', { name: say(v, '還原', 'Restore') }).click()
      await page.getByText(say(v, '已還原', 'Restored')).waitFor()
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('heading', { name, level: 1 }).waitFor()
    },
    'from an account to its new contact, which knows where it belongs': async (v) => {
      const name = unique('台達')
      const account = await api<Made>(v, 'POST', '/account', { name, kind: 'organisation' })
      const { page } = v
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('link', { name: say(v, '新增聯絡人', 'New Contact') }).click()
      await page.locator('[data-field=account]').waitFor()
      assert.equal(await page.locator('[data-field=account]').inputValue(), name)
      await page.locator('[data-field=name]').fill('王小明')
      await page.getByRole('button', { name: say(v, '儲存', 'Save') }).click()
      await page.getByRole('heading', { name: '王小明', level: 1 }).waitFor()
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('link', { name: '王小明' }).waitFor()
    },
  },
}
