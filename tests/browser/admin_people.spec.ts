/* People and operation: users, roles, the log, jobs, settings, and why a record may be seen. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { api, axe, colleague, DESK, PASSWORD, PHONE, say, type Spec, visit, type Visit } from './kit.ts'

const unique = (name: string) => `${name}${Date.now().toString(36)}${Math.random().toString(36).slice(2, 5)}`

/* The same browser with somebody else in it. */
async function asPerson(v: Visit, login: string, password: string): Promise<Visit> {
  const browser = v.page.context().browser()
  if (!browser) throw new Error('no browser')
  const other = await visit(browser, v.base, v.look)
  await other.page.goto('/signin')
  await other.page.locator('input[name=username]').fill(login)
  await other.page.locator('input[name=password]').fill(password)
  await other.page.keyboard.press('Enter')
  return other
}

export const spec: Spec = {
  looks: [DESK, PHONE],
  limitMs: 120_000,
  journeys: {
    'people come from a file: looked at, then done, and the same file again changes nothing': async (v) => {
      const { page } = v
      const login = unique('bao')
      const file = (text: string) => ({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
      await page.goto('/admin/users')
      await page.getByRole('link', { name: /^(從檔案匯入|From a file)$/ }).click()
      await page.getByRole('heading', { level: 1, name: /^(從檔案匯入使用者|People from a file)$/ }).waitFor()
      await axe(v)
      await page.locator('input[type=file]').setInputFiles(file(`帳號,姓名,角色,備註\n${login},包青天,業務,x\n${login}2,展昭,皇帝,y\n`))
      await page.getByText(/皇帝/).waitFor()
      await page.getByText(/1 (新增|new)$/).waitFor()
      assert.equal(await page.getByRole('button', { name: /^(執行這些變更|Make these changes)$/ }).isDisabled(), true)
      await axe(v)
      if (process.env.PEOPLE_SHOTS) await page.screenshot({ path: `${process.env.PEOPLE_SHOTS}/file-${page.viewportSize()?.width}.png`, fullPage: true })
      await page.getByRole('button', { name: /^(另一個檔案|Another file)$/ }).click()
      const good = file(`帳號,姓名,角色\n${login},包青天,業務\n`)
      await page.locator('input[type=file]').setInputFiles(good)
      await page.getByRole('button', { name: /^(執行這些變更|Make these changes)$/ }).click()
      await page.getByRole('status').getByText(/^(已新增 1 人|1 new)/).waitFor()
      await page.getByRole('button', { name: /^(另一個檔案|Another file)$/ }).click()
      await page.locator('input[type=file]').setInputFiles(good)
      await page.getByText(/沒有任何變更|Nothing would change/).waitFor()
      await page.goto('/admin/signin')
      await page.getByRole('button', { name: /^(新增金鑰|New key)$/ }).click()
      await page.getByLabel(/^(用於哪個系統|Which system)$/).fill(login)
      await page.getByRole('dialog').getByRole('checkbox', { name: /^(業務|Sales)$/ }).check()
      await axe(v)
      if (process.env.PEOPLE_SHOTS) await page.screenshot({ path: `${process.env.PEOPLE_SHOTS}/scim-${page.viewportSize()?.width}.png` })
      await page.getByRole('button', { name: /^(產生金鑰|Make the key)$/ }).click()
      assert.match(await page.locator('[data-secret]').innerText(), /^gxs_/)
      await page.getByRole('button', { name: /^(我已保存|I have kept it)$/ }).click()
      await page.getByText(login).waitFor()
    },
    'a new user comes in with a password that serves once': async (v) => {
      const { page } = v
      const login = unique('mei')
      await page.goto('/admin/users')
      await page.getByRole('heading', { level: 1, name: /使用者|Users/ }).waitFor()
      await axe(v)
      await page.getByRole('link', { name: /^(新增使用者|New user)$/ }).click()
      await page.locator('input[name=display_name]').fill('林美玲')
      await page.locator('input[name=login]').fill(login)
      await page.getByRole('checkbox', { name: /^(業務|Sales)/ }).check()
      await axe(v)
      await page.getByRole('button', { name: /^(新增使用者|Add user)$/ }).click()
      const secret = await page.locator('[data-secret]').innerText()
      assert.match(secret, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/)
      await axe(v)
      await page.getByRole('button', { name: /^(我已保存|I have kept it)$/ }).click()
      await page.waitForURL(/\/admin\/users\/\d+/)
      await page.getByText(/尚未登入|Not signed in yet/).first().waitFor()

      const mei = await asPerson(v, login, secret)
      await mei.page.waitForURL(/\/password/)
      await mei.page.goto('/o/account')
      await mei.page.waitForURL(/\/password/)
      await axe(mei)
      const own = 'a horse of my own'
      await mei.page.locator('input[type=password]').nth(0).fill(secret)
      await mei.page.locator('input[type=password]').nth(1).fill('short')
      await mei.page.getByText(/至少要 8 個字|^At least 8 characters$/).waitFor()
      await mei.page.locator('input[type=password]').nth(1).fill(own)
      await mei.page.locator('input[type=password]').nth(2).fill(own)
      await mei.page.keyboard.press('Enter')
      await mei.page.waitForURL((url) => url.pathname === '/', { timeout: 30_000 })

      /* Nothing of the administration is for her. */
      await mei.page.goto('/admin/users')
      await mei.page.getByRole('alert').waitFor()

      /* Out at once, wherever she is. */
      await page.getByRole('button', { name: /^(停用|Disable)$/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: /^(停用|Disable)$/ }).click()
      await page.getByRole('button', { name: /^(啟用|Enable)$/ }).waitFor()
      await mei.page.goto('/o/account')
      await mei.page.waitForURL(/\/signin/)
      assert.deepEqual(mei.complaints, [])
      await mei.close()
    },
    'roles of a person are given and taken back; the last administrator stays': async (v) => {
      const { page } = v
      const made = await api<{ id: string }>(v, 'POST', '/admin/users', { user: { login: unique('bo'), display_name: '陳波' }, password: PASSWORD })
      await page.goto(`/admin/users/${made.id}`)
      await page.getByRole('checkbox', { name: /^(主管|Manager)/ }).check()
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).click()
      await page.getByText(/^(角色已儲存|Roles saved)$/).waitFor()
      assert.deepEqual(await api(v, 'GET', `/user/${made.id}/roles`), { roles: ['manager'] })
      await page.getByRole('button', { name: /^(復原|Undo)$/ }).click()
      await page.getByRole('checkbox', { name: /^(主管|Manager)/, checked: false }).waitFor()
      const me = await api<{ user: { id: string } }>(v, 'GET', '/session')
      await page.goto(`/admin/users/${me.user.id}`)
      await page.getByRole('checkbox', { name: /^(系統管理員|Administrator)/ }).uncheck()
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).click()
      await page.getByText(/最後一位管理員|last administrator/).waitFor()
      await axe(v)
    },
    'a role is made, compared and removed': async (v) => {
      const { page } = v
      const name = unique('Clerk ')
      await page.goto('/admin/roles')
      await page.getByRole('link', { name: /^(新增角色|New role)$/ }).click()
      await page.getByRole('textbox', { name: /^(中文名稱|Name in Chinese)$/ }).fill('行政')
      await page.getByRole('textbox', { name: /^(英文名稱|Name in English)$/ }).fill(name)
      await page.getByRole('combobox', { name: /^(檢視：潛在客戶|See: Leads)$/ }).selectOption('own')
      await page.getByRole('combobox', { name: /^(新增：潛在客戶|Create: Leads)$/ }).selectOption('all')
      await page.getByRole('combobox', { name: /^(與其他角色比較…|Compare with…)$/ }).selectOption('sales')
      await page.getByText(/不同之處|differs/).waitFor()
      await axe(v)
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).click()
      await page.waitForURL(/\/admin\/roles\/clerk_/)
      const { rows } = await api<{ rows: { name: string; objects: Record<string, Record<string, string>> }[] }>(v, 'GET', '/admin/roles')
      const role = rows.find((r) => page.url().endsWith(`/${r.name}`))
      assert.deepEqual([role?.objects.lead?.read, role?.objects.lead?.create, role?.objects.account?.read], ['own', 'all', 'none'])
      await page.getByRole('button', { name: /^(刪除角色|Remove role)$/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: /^(刪除角色|Remove role)$/ }).click()
      await page.waitForURL(/\/admin\/roles$/)
      await page.goto('/admin/roles/admin')
      await page.getByText(/可使用所有功能，權限無法變更|may do everything/).waitFor()
      await axe(v)
    },
    'the log says who changed what, of one record and as a file': async (v) => {
      const { page } = v
      const name = unique('吳經理')
      const other = await colleague(v, name)
      const { id } = await api<{ id: string }>(other, 'POST', '/account', { name: '稽核測試公司', phone: '02 2345 6789' })
      await api(other, 'PATCH', `/account/${id}`, { name: '稽核測試有限公司' })
      await other.close()
      await page.goto(`/o/account/${id}`)
      await page.getByRole('button', { name: /^(動作|Actions)$/ }).click()
      await page.getByRole('menuitem', { name: /^(稽核紀錄|Log of changes)$/ }).click()
      await page.waitForURL(/\/admin\/audit\?.*record=/)
      await page.getByText('稽核測試公司').first().waitFor()
      assert.equal(await page.getByRole('listitem').filter({ hasText: name }).count(), 2)
      await axe(v)
      await page.getByRole('button', { name: say(v, '匯出…', 'Export…') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('radio', { name: say(v, '表格（CSV）', 'Table (CSV)') }).check()
      await axe(v)
      const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: say(v, '匯出', 'Export'), exact: true }).click()])
      assert.equal(file.suggestedFilename(), 'audit.csv')
      await dialog.waitFor({ state: 'detached' })
      await page.goto('/admin/audit')
      await page.getByRole('combobox', { name: /^(項目|What)$/ }).selectOption('access')
      await page.getByText(name).first().waitFor()
    },
    'everything is checked from the page, and the sealed log goes out with its keys': async (v) => {
      const { page } = v
      await page.goto('/admin/audit')
      const check = page.getByRole('region', { name: say(v, '查核', 'Check') })
      await check.getByRole('button', { name: say(v, /查核|再查一次/, /^Check (now|again)$/) }).click()
      await check.getByText(say(v, '一切正常', 'All is well')).first().waitFor({ timeout: 40_000 })
      await check.getByText(say(v, /已讀取 [\d,]+ 筆紀錄/, /[\d,]+ entries under [\d,]+ seals/)).first().waitFor()
      await axe(v)
      /* A line that is no head: words, and the reason is kept. */
      await check.getByRole('textbox').fill('guanxi-head 1 nonsense')
      await check.getByRole('button', { name: say(v, '再查一次', 'Check again') }).click()
      await check.getByText(say(v, '未完成', 'Not finished')).first().waitFor()
      await page.getByRole('button', { name: say(v, '匯出…', 'Export…') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('combobox').first().click()
      await page.getByRole('listbox').getByRole('option', { name: say(v, '客戶', 'Accounts'), exact: true }).click()
      await page.keyboard.press('Escape')
      const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: say(v, '匯出', 'Export'), exact: true }).click()])
      assert.equal(file.suggestedFilename(), 'audit.ndjson')
      const lines = readFileSync(await file.path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
      assert.equal(lines[0]?.format, 'guanxi-audit 1')
      assert.equal(lines.at(-1)?.end, true)
      assert.ok(lines.some((l) => l.object === 'account') && lines.some((l) => l.why === 'asked'))
    },
    'a bulk change is seen and taken back; settings hold at once': async (v) => {
      const { page } = v
      const { id } = await api<{ id: string }>(v, 'POST', '/account', { name: '批次測試' })
      await api(v, 'POST', '/account/batch', { action: 'update', ids: [id], values: { name: '批次測試二' } })
      await page.goto('/admin/jobs')
      const line = page.getByRole('listitem').filter({ hasText: /批次修改客戶|Change Accounts/ }).first()
      await line.getByText(/^(完成|Done)$/).waitFor()
      await axe(v)
      await line.getByRole('button', { name: /^(復原|Undo)$/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: /^(復原|Undo)$/ }).click()
      await line.getByText(/^(已復原|Undone)$/).waitFor()
      assert.equal((await api<{ name: string }>(v, 'GET', `/account/${id}`)).name, '批次測試')

      await page.goto('/admin/settings')
      const organisation = page.getByRole('textbox', { name: /^(組織名稱|Name of the organisation)$/ })
      await organisation.fill('王記茶行')
      await axe(v)
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).click()
      await page.getByRole('link', { name: '王記茶行' }).first().waitFor()
      await page.getByRole('button', { name: /^(復原|Undo)$/ }).click()
      await page.getByRole('link', { name: 'Guanxi' }).first().waitFor()
    },
    'why a record may be seen, by oneself and by others': async (v) => {
      const { page } = v
      const name = unique('何主管')
      const other = await colleague(v, name)
      const { id } = await api<{ id: string }>(other, 'POST', '/account', { name: '為什麼公司' })
      await other.page.goto(`/o/account/${id}`)
      await other.page.getByRole('button', { name: /^(動作|Actions)$/ }).click()
      await other.page.getByRole('menuitem', { name: /為什麼我看得到|Why can I see this/ }).click()
      await other.page.getByText(/「主管」角色可檢視所有客戶|The role “Manager” may see all Accounts/).waitFor()
      assert.equal(await other.page.getByRole('button', { name: /誰看得到|Who can see it/ }).count(), 0)
      await axe(other)
      await other.close()
      await page.goto(`/o/account/${id}`)
      await page.getByRole('button', { name: /^(動作|Actions)$/ }).click()
      await page.getByRole('menuitem', { name: /為什麼我看得到|Why can I see this/ }).click()
      await page.getByRole('button', { name: /誰看得到|Who can see it/ }).click()
      await page.getByRole('dialog').getByRole('button', { name }).click()
      await page.getByText(new RegExp(`^${name} (可以檢視這筆資料|may see this)$`)).waitFor()
      await page.getByText(new RegExp(`^(負責人：|Owner: )${name}$`)).waitFor()
      await axe(v)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    },
  },
}
