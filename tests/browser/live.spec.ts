/* What others change appears without reload: two people, two browsers. */
import assert from 'node:assert/strict'
import { api, colleague, say, type Spec, unique } from './kit.ts'

interface Made {
  id: string
  version: number
  [field: string]: unknown
}

export const spec: Spec = {
  journeys: {
    'somebody else changes the open record: it is said by whom, and the field stands out': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('友達'), kind: 'organisation', phone: '02 2345 6789' })
      const other = await colleague(v, '王小明')
      await v.page.goto(`/o/account/${account.id}`)
      await other.page.goto(`/o/account/${account.id}`)
      await v.page.getByText('02 2345 6789').first().waitFor()
      await other.page.getByRole('button', { name: say(v, '修改「電話」', 'Edit Phone') }).click()
      await other.page.getByRole('textbox', { name: say(v, '電話', 'Phone') }).fill('02 8765 4321')
      await other.page.keyboard.press('Enter')
      await v.page.getByText(say(v, '王小明修改了電話', '王小明 changed Phone')).waitFor()
      await v.page.locator('[data-fresh]').getByText('02 8765 4321').waitFor()
      assert.equal(await other.page.getByText(say(v, '王小明修改了電話', '王小明 changed Phone')).count(), 0)
      await v.page.getByRole('status').getByRole('button', { name: say(v, '關閉', 'Close') }).first().click()
      await v.page.getByText(say(v, '王小明修改了電話', '王小明 changed Phone')).waitFor({ state: 'detached' })
      await api(other, 'DELETE', `/account/${account.id}`)
      await v.page.getByText(say(v, '王小明刪除了這筆資料', '王小明 deleted this record')).waitFor()
      await other.close()
    },
    'a list grows by what somebody else has made': async (v) => {
      const name = unique('奇美')
      const other = await colleague(v, '陳美玲')
      await v.page.goto(`/o/account?filter=${encodeURIComponent(`name = "${name}"`)}`)
      await v.page.getByText(say(v, '沒有符合條件的資料', 'Nothing matches')).waitFor()
      await api(other, 'POST', '/account', { name, kind: 'organisation' })
      await v.page.getByRole('link', { name }).waitFor()
      await other.close()
    },
    'without the server the page says so quietly, and catches up': async (v) => {
      const account = await api<Made>(v, 'POST', '/account', { name: unique('緯創'), kind: 'organisation', employees: 11 })
      const other = await colleague(v, '林志強')
      await v.page.goto(`/o/account/${account.id}`)
      await v.page.getByText('11', { exact: true }).first().waitFor()
      await v.page.context().setOffline(true)
      await v.page.getByText(say(v, '離線', 'Offline')).waitFor({ state: 'attached' })
      await api(other, 'PATCH', `/account/${account.id}`, { employees: 12 })
      await v.page.context().setOffline(false)
      await v.page.getByText('12', { exact: true }).first().waitFor()
      await v.page.getByText(say(v, '離線', 'Offline')).waitFor({ state: 'detached' })
      await other.close()
    },
  },
}
