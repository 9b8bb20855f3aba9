/* One's own account: how things look, the password, devices and keys. */
import assert from 'node:assert/strict'
import { api, axe, colleague, DESK, PASSWORD, PHONE, say, type Spec, unique } from './kit.ts'

/* Passwords are slow on purpose, and a build with sanitizers is slow besides. */
const SLOW_MS = 30_000

export const spec: Spec = {
  looks: [DESK, PHONE],
  limitMs: 120_000,
  journeys: {
    'years are counted as one likes, shown and typed': async (admin) => {
      const v = await colleague(admin, '邱文彬', true)
      const { page } = v
      const { id } = await api<{ id: string }>(v, 'POST', '/opportunity', { name: '民國商機', close_date: '2026-12-05' })
      await page.goto('/account')
      await page.getByRole('combobox', { name: /^(紀年|Years)$/ }).selectOption('roc')
      await page.getByText(/今天是 民國115年|Today is .* 115 Minguo/).waitFor()
      await axe(v)
      await page.goto(`/o/opportunity/${id}/edit`)
      const date = page.locator('[data-field=close_date]')
      await date.waitFor()
      assert.equal(await date.inputValue(), '115/12/05')
      await date.fill('民國116年1月2日')
      await date.press('Tab')
      assert.equal(await date.inputValue(), '116/01/02')
      await date.fill('2027-03-04')
      await date.press('Tab')
      assert.equal(await date.inputValue(), '116/03/04')
      await axe(v)
      await page.keyboard.press('Control+Enter')
      await page.waitForURL(/\/o\/opportunity\/\d+$/)
      await page.getByText(/民國116年3月4日|04 Mar 116 Minguo/).first().waitFor()
      const record = await api<{ close_date: string }>(v, 'GET', `/opportunity/${id}`)
      assert.equal(record.close_date, '2027-03-04')
      assert.deepEqual(v.complaints, [])
      await v.close()
    },
    'lines stand closer when one likes, here and on the next device': async (admin) => {
      const v = await colleague(admin, '簡志豪', true)
      const { page, phone } = v
      await page.goto('/account')
      await page.getByRole('combobox', { name: /^(顯示密度|Density)$/ }).selectOption('compact')
      assert.equal(await page.locator('html').getAttribute('data-density'), 'compact')
      await page.goto('/o/account')
      if (!phone) {
        const rows = page.locator('[role=row][data-index], [class*=body] [class*=row]')
        await rows.first().waitFor()
        const box = await rows.first().boundingBox()
        assert.equal(Math.round(box?.height ?? 0), 33)
        await axe(v)
      }
      const { id } = await api<{ id: string }>(v, 'POST', '/account', { name: unique('遠傳'), kind: 'organisation' })
      await page.goto(`/o/account/${id}`)
      const name = await page.getByRole('heading', { level: 1 }).innerText()
      const kept = (what: string) => api<{ rows: unknown[] }>(v, 'GET', `/preference?filter=${encodeURIComponent(`name = "${what}" and owner = me`)}`)
      for (const what of ['look', 'recent']) while ((await kept(what)).rows.length === 0) await page.waitForTimeout(100)
      /* Another device: nothing but the session is the same. */
      const next = await page.context().browser()?.newContext({ baseURL: v.base, locale: v.look.lang === 'en' ? 'en-GB' : 'zh-TW' })
      assert.ok(next)
      await next.addCookies(await page.context().cookies())
      const there = await next.newPage()
      await there.goto('/')
      await there.locator('html[data-density=compact]').waitFor()
      await there.getByRole('region', { name: say(v, '最近看過', 'Recently seen') }).getByRole('link', { name }).waitFor()
      await next.close()
      assert.deepEqual(v.complaints, [])
      await v.close()
    },
    'a new password keeps one here and ends the rest': async (v) => {
      const other = await colleague(v, '李自強', true)
      const { page } = other
      const login = (await api<{ user: { name: string } }>(other, 'GET', '/session')).user.name
      const browser = page.context().browser()
      const elsewhere = await browser?.newContext({ baseURL: v.base })
      assert.ok(elsewhere)
      await elsewhere.request.post('/api/v1/session', { data: { name: login, password: PASSWORD } })
      await page.goto('/account')
      await page.getByText(/^(登出其他裝置|Sign out everywhere else)$/).waitFor()
      await axe(other)
      const fields = page.locator('input[type=password]')
      await fields.nth(0).fill('not this one')
      await fields.nth(1).fill('a longer horse 7')
      await fields.nth(2).fill('a longer horse 7')
      await page.keyboard.press('Enter')
      await page.getByText(/目前的密碼不正確|present password is wrong/).waitFor({ timeout: SLOW_MS })
      await fields.nth(0).fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.getByText(/密碼已變更|Your password is changed/).waitFor({ timeout: SLOW_MS })
      assert.equal((await elsewhere.request.get('/api/v1/session')).status(), 401)
      await elsewhere.close()
      assert.deepEqual(other.complaints, [])
      await other.close()
    },
    'a key is made, shown once and revoked; other devices are signed out': async (v) => {
      const other = await colleague(v, '周小芬', true)
      const { page } = other
      const login = (await api<{ user: { name: string } }>(other, 'GET', '/session')).user.name
      const elsewhere = await page.context().browser()?.newContext({ baseURL: v.base })
      assert.ok(elsewhere)
      await elsewhere.request.post('/api/v1/session', { data: { name: login, password: PASSWORD } })
      await page.goto('/account')
      await page.getByRole('button', { name: /^(新增金鑰|New key)$/ }).click()
      await page.keyboard.type('試算表')
      await page.keyboard.press('Enter')
      const key = await page.locator('[data-secret]').innerText()
      assert.match(key, /^gxk_/)
      await axe(other)
      const use = () => elsewhere.request.get('/api/v1/account/count', { headers: { Authorization: `Bearer ${key}` } })
      assert.equal((await use()).status(), 200)
      await page.getByRole('button', { name: /^(我已保存|I have kept it)$/ }).click()
      assert.equal(await page.getByText(key).count(), 0)
      await page.getByRole('button', { name: /^(登出其他裝置|Sign out everywhere else)$/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: /^(登出|Sign out)$/ }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      assert.equal((await elsewhere.request.get('/api/v1/session')).status(), 401)
      assert.equal((await use()).status(), 200)
      await page.getByRole('button', { name: /^(撤銷「試算表」|Revoke 試算表)$/ }).click()
      await page.getByRole('button', { name: /^(撤銷「試算表」|Revoke 試算表)$/ }).waitFor({ state: 'detached' })
      assert.equal((await use()).status(), 401)
      await elsewhere.close()
      assert.deepEqual(other.complaints, [])
      await other.close()
    },
    'it is reached from the menu by keyboard': async (v) => {
      const { page } = v
      await page.goto('/')
      await page.getByRole('button', { name: /的選單|, menu/ }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: /^(我的帳號|My account)$/ }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/account$/)
      await page.getByRole('heading', { level: 1, name: /^(我的帳號|My account)$/ }).waitFor()
    },
  },
}
