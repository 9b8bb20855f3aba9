/* A deal moves through its stages; a lead becomes a customer. */
import assert from 'node:assert/strict'
import { api, say, type Spec } from './kit.ts'

interface Made {
  id: string
  [field: string]: unknown
}
const unique = (name: string) => `${name} ${Date.now().toString(36)}`

export const spec: Spec = {
  journeys: {
    'a deal is lost only with a reason': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('光寶'), kind: 'organisation' })
      const deal = await api<Made>(v, 'POST', '/opportunity', { name: unique('伺服器汰換'), account: account.id, stage: 'engaging', amount: '120000' })
      const { page } = v
      await page.goto(`/o/opportunity/${deal.id}`)
      const moves = page.getByRole('group', { name: say(v, '下一步', 'Next steps') })
      await moves.getByRole('button', { name: say(v, '失單', 'Lose') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      assert.ok(await dialog.getByRole('button', { name: say(v, '失單', 'Lose'), exact: true }).isDisabled())
      await dialog.locator('[data-field=loss_reason]').click()
      await page.getByRole('option').first().click()
      for (const name of ['close_date']) {
        const input = dialog.locator(`[data-field=${name}]`)
        if (await input.count()) await input.fill('2026-11-20')
      }
      await dialog.getByRole('button', { name: say(v, '失單', 'Lose'), exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      assert.equal((await api<Made>(v, 'GET', `/opportunity/${deal.id}`)).stage, 'lost')
      await page.locator('[aria-current=step]').getByText(say(v, '失單', 'Lost')).waitFor()
    },
    'a step that is not possible now says why': async (v) => {
      const lead = await api<Made>(v, 'POST', '/lead', { name: '林語堂', company: unique('論語') })
      const { page } = v
      await page.goto(`/o/lead/${lead.id}`)
      const qualify = page.getByRole('group', { name: say(v, '下一步', 'Next steps') }).getByRole('button', { name: say(v, '確認需求', 'Qualify'), exact: true })
      await qualify.focus()
      assert.equal(await qualify.getAttribute('aria-disabled'), 'true')
      await page.getByRole('tooltip').getByText(say(v, '還沒有聯絡方式', 'There is no way to reach')).waitFor()
      await qualify.press('Enter')
      assert.equal(await page.getByRole('dialog').count(), 0)
      await api(v, 'PATCH', `/lead/${lead.id}`, { mobile: '+886 912 345 678' })
      await page.reload()
      await qualify.click()
      await page.getByRole('dialog').getByRole('button', { name: say(v, '確認需求', 'Qualify'), exact: true }).click()
      await page.locator('[aria-current=step]').getByText(say(v, '已確認', 'Qualified')).waitFor()
    },
    'a lead is converted into an account with an opportunity': async (v) => {
      const company = unique('新創')
      const lead = await api<Made>(v, 'POST', '/lead', { name: '張三豐', company, mobile: '+886 912 345 678' })
      const { page } = v
      await page.goto(`/o/lead/${lead.id}`)
      await page.getByRole('button', { name: say(v, '轉換', 'Convert'), exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: say(v, '轉換', 'Convert') }).click()
      await page.waitForURL(/\/o\/opportunity\/\d+/)
      await page.getByRole('link', { name: company }).first().waitFor()
    },
  },
}
