/* Access: a record opened to others, what a role keeps of the fields, and the paths to an object. */
import { api, axe, colleague, DESK, type Look, type Spec, unique } from './kit.ts'

const PHONE_EN: Look = { width: 390, lang: 'en', scheme: 'dark' }

export const spec: Spec = {
  looks: [DESK, PHONE_EN],
  limitMs: 120_000,
  journeys: {
    'a record is shared with a role until a day, and taken back': async (v) => {
      const { page } = v
      const { id } = await api<{ id: string }>(v, 'POST', '/account', { name: unique('分享公司') })
      await page.goto(`/o/account/${id}`)
      await page.getByRole('button', { name: /^(動作|Actions)$/ }).click()
      await page.getByRole('menuitem', { name: /^(分享|Share)$/ }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText(/尚未手動分享給任何人|Not shared with anybody by hand/).waitFor()
      await dialog.getByLabel(/^(對象|With)$/).selectOption('role')
      await dialog.getByLabel(/^(角色|A role)$/).selectOption('sales')
      await dialog.getByLabel(/^(可以|May)$/).selectOption('edit')
      await dialog.getByLabel(/結束日|Until/).fill('2999-12-31')
      await dialog.getByLabel(/^(原因|Reason)$/).fill('專案合作')
      await axe(v)
      await dialog.getByRole('button', { name: /^(分享|Share)$/ }).click()
      await dialog.getByText(/專案合作/).waitFor()
      await dialog.getByRole('button', { name: /取消分享給業務|Take back from Sales/ }).click()
      await dialog.getByText(/尚未手動分享給任何人|Not shared with anybody by hand/).waitFor()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    },
    'a role keeps a field, and the pages say by which paths people come': async (v) => {
      const { page } = v
      const role = `w_${Date.now().toString(36)}`
      await api(v, 'PUT', `/admin/roles/${role}`, { label: { 'zh-Hant': '觀察', en: 'Watcher' }, objects: { account: { read: 'unit' } } })
      await page.goto(`/admin/roles/${role}`)
      await page.getByRole('combobox', { name: /^(檢視：客戶|See: Accounts)$/ }).waitFor()
      await page.locator('select[data-field=tax_id]').selectOption('hidden')
      await axe(v)
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).click()
      await page.getByText(/已儲存|Role saved/).first().waitFor()
      await page.goto('/admin/access')
      await page.getByRole('cell', { name: /\((隱藏|Hidden)\)/ }).first().waitFor()
      await axe(v)
      await page.getByText(/^(途徑|Paths)$/).first().click()
      await page.getByRole('cell', { name: /^(角色|Role): everyone$/ }).first().waitFor()
      await axe(v)
      await api(v, 'DELETE', `/admin/roles/${role}`)
    },
    'why says by which way': async (v) => {
      const name = unique('看的人')
      const other = await colleague(v, name)
      const { id } = await api<{ id: string }>(other, 'POST', '/account', { name: unique('途徑公司') })
      await other.page.goto(`/o/account/${id}`)
      await other.page.getByRole('button', { name: /^(動作|Actions)$/ }).click()
      await other.page.getByRole('menuitem', { name: /為什麼我看得到|Why can I see this/ }).click()
      await other.page.getByRole('dialog').locator('[data-allowed]').first().waitFor()
      await axe(other)
      await other.close()
    },
  },
}
