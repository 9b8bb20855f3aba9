/* What runs out: listed by who looks after it, reminded of once, and dealt with where it stands. */
import assert from 'node:assert/strict'
import { api, axe, DESK, DESK_EN, PHONE, PHONE_ZH, say, type Spec, unique, type Visit } from './kit.ts'

const inDays = (n: number) => new Date(Date.now() + 8 * 3600_000 + n * 86_400_000).toISOString().slice(0, 10)

async function policy(v: Visit, days: number, more: Record<string, unknown> = {}) {
  const number = unique('P')
  const account = await api<{ id: string }>(v, 'POST', '/account', { name: unique('王小明'), kind: 'person', mobile: '0912345678', email: 'ming@mail.example' })
  const { id } = await api<{ id: string }>(v, 'POST', '/policy', {
    number, holder: account.id, line: 'accident', premium: { amount: '4200', currency: 'TWD' }, starts_on: inDays(days - 365), ends_on: inDays(days), ...more,
  })
  return { id, number, account: account.id }
}

export const spec: Spec = {
  empty: true,
  init: ['--packs', 'core,sales,insurer'],
  looks: [DESK, PHONE, DESK_EN, PHONE_ZH],
  journeys: {
    'expiry: a policy is reminded of once, and said to be renewed or gone': async (v) => {
      const { page } = v
      const soon = await policy(v, 6)
      const gone = await policy(v, 20)
      await page.goto('/')
      if (v.phone) await page.goto('/expiry')
      else await page.getByRole('link', { name: say(v, '到期管理', 'What runs out') }).click()
      await page.getByRole('heading', { level: 1, name: say(v, '到期管理', 'What runs out') }).waitFor()
      const row = (p: { id: string }) => page.locator(`[data-record="${p.id}"]`)
      await row(soon).getByText(say(v, '剩 6 天', 'in 6 days')).waitFor()
      await row(soon).getByText(say(v, '尚未提醒', 'Not reminded yet')).waitFor()
      await axe(v)
      /* Once, however often it is run. */
      await api(v, 'POST', '/admin/expiry/run', {})
      assert.equal((await api<{ reminded: number }>(v, 'POST', '/admin/expiry/run', {})).reminded, 0)
      assert.equal((await api<{ count: number }>(v, 'GET', `/activity/count?filter=policy = "${soon.id}"`)).count, 1)
      await page.reload()
      await row(soon).getByText(say(v, '7 天前 · 電話', '7 days before · call')).waitFor()
      await row(gone).getByText(say(v, '30 天前 · 電子郵件', '30 days before · e-mail')).waitFor()
      await axe(v)
      /* Gone elsewhere wants a reason; by keyboard. */
      await row(gone).getByRole('button').focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: say(v, '轉保他公司', 'Gone elsewhere') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText(say(v, '未續保原因', 'Why not renewed')).waitFor()
      /* The choices are open already: the field has the focus. */
      await page.getByRole('option', { name: say(v, '保費較高', 'Price'), exact: true }).click()
      await dialog.locator('button[type=submit]').click()
      await row(gone).waitFor({ state: 'detached' })
      const saved = await api<{ state: string; lost_reason: string }>(v, 'GET', `/policy/${gone.id}`)
      assert.deepEqual([saved.state, saved.lost_reason], ['elsewhere', 'price'])
      /* A renewal that is entered elsewhere takes it off the list, and its call is withdrawn. */
      await api(v, 'POST', '/policy', { number: unique('R'), holder: soon.account, line: 'accident', renews: soon.id, premium: { amount: '4300', currency: 'TWD' }, starts_on: inDays(6), ends_on: inDays(371) })
      await api(v, 'POST', '/admin/expiry/run', {})
      await page.reload()
      await page.getByRole('heading', { level: 1, name: say(v, '到期管理', 'What runs out') }).waitFor()
      await row(soon).waitFor({ state: 'detached' })
      assert.equal((await api<{ state: string }>(v, 'GET', `/policy/${soon.id}`)).state, 'renewed')
      assert.equal((await api<{ count: number }>(v, 'GET', `/activity/count?filter=policy = "${soon.id}" and status = "cancelled"`)).count, 1)
    },
    'expiry: one person at all six subsidiaries': async (v) => {
      const { page } = v
      const { account } = await policy(v, 40)
      for (const [company, kind] of [['bank', 'deposit'], ['telecom', 'mobile']])
        await api(v, 'POST', '/holding', { account, company, kind, opened_on: '2024-01-02', balance: { amount: '120000', currency: 'TWD' } })
      const seen = await api<{ company_count: number; at_bank: number; next_expiry: string }>(v, 'GET', `/account/${account}`)
      assert.deepEqual([seen.company_count, seen.at_bank, seen.next_expiry], [3, 1, inDays(40)])
      await page.goto(`/o/account/${account}`)
      await page.getByText(say(v, '集團往來', 'Across the group')).first().waitFor()
      await axe(v)
    },
  },
}
