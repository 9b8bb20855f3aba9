/* What a record's reader may do; books; and an account that moves to another market and back. */
import { api, axe, colleague, DESK, type Look, type Spec, unique } from './kit.ts'

const PHONE_EN: Look = { width: 390, lang: 'en', scheme: 'dark' }

export const spec: Spec = {
  looks: [DESK, PHONE_EN],
  limitMs: 120_000,
  journeys: {
    'who was given a record to edit is offered that, and who was not is not': async (v) => {
      const other = await colleague(v, '分享業務', true)
      const { user } = await api<{ user: { id: string } }>(other, 'GET', '/session')
      await api(v, 'PUT', `/user/${user.id}/roles`, { roles: ['sales'] })
      const { page } = other
      const edit = page.getByRole('button', { name: /^(編輯|Edit)$/ })
      const { id } = await api<{ id: string }>(v, 'POST', '/account', { name: unique('權限公司') })
      await page.goto(`/o/account/${id}`)
      await page.getByRole('heading', { name: /權限公司/ }).waitFor()
      if (await edit.count()) throw new Error('editing is offered to who may not')
      await api(v, 'POST', `/account/${id}/shares`, { role: 'sales', level: 'edit' })
      await page.reload()
      await edit.click()
      await page.getByLabel(/^(網站|Website|Web site)$/).fill('https://may.example')
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).first().click()
      await edit.waitFor()
      await other.close()
    },
    'a book has members and records: put in from the record, seen in the administration, taken out': async (v) => {
      const { page } = v
      const name = unique('重點客戶簿')
      const book = await api<{ id: string }>(v, 'POST', '/book', { name })
      const account = await api<{ id: string }>(v, 'POST', '/account', { name: unique('簿冊公司') })
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('button', { name: /^(動作|Actions)$/ }).click()
      await page.getByRole('menuitem', { name: /^(簿冊|Books)$/ }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText(/未放在任何簿冊|stands in no book/).waitFor()
      await dialog.getByLabel(/^(放入簿冊|Put into)$/).fill(name)
      await page.getByRole('option', { name }).click()
      await dialog.getByRole('button', { name: /^(放入|Put)$/ }).click()
      await dialog.getByRole('button', { name: new RegExp(`(移出|Take out).*${name}`) }).waitFor()
      await axe(v)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await page.getByRole('region', { name: /^(簿冊|Books)$/ }).getByText(name).waitFor()
      await page.goto(`/admin/books/${book.id}`)
      await page.getByLabel(/^(使用者|User)$/).fill('admin')
      await page.getByRole('option', { name: /admin/i }).first().click()
      await page.getByLabel(/^(可以|May)$/).selectOption('edit')
      await page.getByLabel(/起始日|^From$/).fill('2026-01-01')
      await page.getByRole('button', { name: /^(加入|Add)$/ }).click()
      await page.getByRole('button', { name: /^(移除「|Remove )/ }).waitFor()
      await page.locator('summary').filter({ hasText: /客戶|Accounts/ }).click()
      await axe(v)
      await page.getByRole('button', { name: /(移出|Take out).*簿冊公司/ }).click()
      await page.getByRole('button', { name: /(移出|Take out).*簿冊公司/ }).waitFor({ state: 'detached' })
    },
    'an account moves to another market: defined with its mistakes named, tried, moved, taken back': async (v) => {
      const { page } = v
      const code = Date.now().toString(36).toUpperCase()
      const login = async (unit: string, who: string) => {
        const made = await api<{ id: string }>(v, 'POST', '/user', { display_name: `${who} ${code}`, login: `${who}.${code.toLowerCase()}`, unit })
        return { id: made.id, login: `${who}.${code.toLowerCase()}` }
      }
      const from = await api<{ id: string }>(v, 'POST', '/unit', { name: `日本${code}`, kind: 'market', code: `J${code}` })
      const to = await api<{ id: string }>(v, 'POST', '/unit', { name: `台灣${code}`, kind: 'market', code: `T${code}` })
      const [ann, dan] = [await login(from.id, 'ann'), await login(to.id, 'dan')]
      const account = await api<{ id: string }>(v, 'POST', '/account', { name: unique('移轉公司'), owner: ann.id, annual_revenue: { amount: '1001', currency: 'JPY' } })
      const relocation = `m_${code.toLowerCase()}`
      await page.goto('/admin/relocations/new')
      await page.getByLabel(/^(名稱|Name)/).fill(relocation)
      const definition = { label: { 'zh-Hant': `日本到台灣 ${code}`, en: `Japan to Taiwan ${code}` }, from: `J${code}`, to: 'NOWHERE', owner: dan.login, currency: { from: 'JPY', to: 'TWD', rate: '0.2155' }, objects: { contact: {} } }
      const json = page.getByLabel(/^(設定內容|Definition)/)
      await json.fill(JSON.stringify(definition, null, 2))
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).click()
      await page.getByRole('alert').getByText('NOWHERE').waitFor()
      await axe(v)
      await json.fill(JSON.stringify({ ...definition, to: `T${code}` }, null, 2))
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).click()
      await page.getByRole('link', { name: new RegExp(code) }).waitFor()
      await page.goto(`/o/account/${account.id}`)
      await page.getByRole('button', { name: /^(動作|Actions)$/ }).click()
      await page.getByRole('menuitem', { name: /^(移轉到其他市場|Move to another market)$/ }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(/^(移轉設定|Which move)$/).selectOption(relocation)
      await dialog.getByLabel(/^(原因|Reason)$/).fill('客戶搬遷')
      await dialog.getByRole('region', { name: /移轉後的內容|What would become/ }).getByText(/216/).waitFor()
      await axe(v)
      await dialog.getByRole('button', { name: /^(移轉|Move)$/ }).click()
      const undo = page.getByRole('button', { name: /^(復原|Undo)$/ })
      await undo.waitFor()
      const moved = await api<{ owner: { id: string } }>(v, 'GET', `/account/${account.id}`)
      if (moved.owner.id !== dan.id) throw new Error('not moved')
      await undo.click()
      await page.getByText(/已復原|undone/i).first().waitFor()
      const back = await api<{ owner: { id: string }; annual_revenue: { amount: string } }>(v, 'GET', `/account/${account.id}`)
      if (back.owner.id !== ann.id || back.annual_revenue.amount !== '1001') throw new Error('not taken back')
    },
  },
}
