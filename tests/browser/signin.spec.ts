/* Signing in with more than a password: codes, recovery codes, passkeys; being asked again; what a role asks for. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { RealProvider } from '../signin/idp.ts'
import { api, axe, colleague, DESK, type Look, type Page, PASSWORD, type Spec, type Visit } from './kit.ts'

const PHONE_EN_DARK: Look = { width: 390, lang: 'en', scheme: 'dark' }
const SLOW_MS = 30_000

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
function totp(secret: string, steps = 0): string {
  const bits = [...secret].map((c) => LETTERS.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g)?.map((b) => parseInt(b, 2)) ?? [])
  const counter = Buffer.alloc(8)
  counter.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const button = (page: Page, name: RegExp) => page.getByRole('button', { name })

async function typeIn(page: Page, name: string) {
  await page.goto('/signin')
  await page.locator('input[name=username]').fill(name)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.keyboard.press('Enter')
}

/* As a browser does whose machine has a finger sensor; passkeys need a host with a name. */
async function withAuthenticator(v: Visit): Promise<Visit> {
  const cdp = await v.page.context().newCDPSession(v.page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
  return v
}

export const spec: Spec = {
  looks: [DESK, PHONE_EN_DARK],
  limitMs: 150_000,
  journeys: {
    'an authenticator application is set up, signed in with, and a recovery code does as well': async (v) => {
      const other = await colleague(v, '陳美玲', true)
      const { page } = other
      const me = (await api<{ user: { name: string } }>(other, 'GET', '/session')).user.name
      await page.goto('/account')
      await button(page, /^(開始設定|Set up)$/).click()
      const secret = (await page.locator('code').first().innerText()).replaceAll(' ', '')
      assert.match(secret, /^[A-Z2-7]{32}$/)
      await page.getByRole('img', { name: /QR/ }).waitFor()
      await axe(other)
      await page.getByLabel(/^(目前顯示的驗證碼|The code it shows now)$/).fill('000000')
      await page.keyboard.press('Enter')
      await page.getByText(/驗證碼不正確|This code is wrong/).waitFor()
      await page.getByLabel(/^(目前顯示的驗證碼|The code it shows now)$/).fill(totp(secret, -1))
      await page.keyboard.press('Enter')
      const codes = page.locator('[data-recovery]')
      await codes.nth(9).waitFor()
      const recovery = await codes.first().innerText()
      await axe(other)
      await button(page, /^(我已保存|I have kept it)$/).click()
      await page.getByText(/還剩 10 組|10 left/).waitFor()
      await axe(other)
      await page.context().clearCookies()
      await typeIn(page, me)
      const code = page.locator('input[autocomplete=one-time-code]')
      await code.waitFor({ timeout: SLOW_MS })
      await axe(other)
      await code.fill('123456')
      await page.keyboard.press('Enter')
      await page.getByText(/驗證碼不正確|This code is wrong/).waitFor()
      await code.fill(totp(secret))
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname === '/')
      await page.context().clearCookies()
      await typeIn(page, me)
      await code.waitFor({ timeout: SLOW_MS })
      await code.fill(recovery)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname === '/')
      await page.goto('/account')
      await page.getByText(/還剩 9 組|9 left/).waitFor()
      /* Cookies were cleared, so this browser was not known. */
      await page.getByText(/新的瀏覽器登入|new browser/).first().waitFor()
      await axe(other)
      await button(page, /^(是我本人|It was me)$/).click()
      await button(page, /^(是我本人|It was me)$/).waitFor({ state: 'detached' })
      assert.deepEqual(other.complaints, [])
      await other.close()
    },
    'a passkey is made, signed in with without a password, and removed': async (v) => {
      const base = v.base.replace('127.0.0.1', 'localhost')
      const other = await withAuthenticator(await colleague({ ...v, base }, '吳怡君', true))
      const { page } = other
      await page.goto('/account')
      await button(page, /^(新增通行密鑰|Add a passkey)$/).click()
      await page.getByLabel(/^(名稱|What is it called\?)/).fill('我的筆電')
      await axe(other)
      await page.keyboard.press('Enter')
      await page.locator('[data-recovery]').nth(9).waitFor()
      await button(page, /^(我已保存|I have kept it)$/).click()
      await page.getByText('我的筆電').waitFor()
      await axe(other)
      await page.context().clearCookies()
      await page.goto('/signin')
      await axe(other)
      await button(page, /^(使用通行密鑰|Use a passkey)$/).click()
      await page.waitForURL((url) => url.pathname === '/')
      /* Behind the password it is the second step. */
      const me = (await api<{ user: { name: string } }>(other, 'GET', '/session')).user.name
      await page.context().clearCookies()
      await typeIn(page, me)
      await page.getByRole('heading', { name: /^(再一步|One more step)$/ }).waitFor({ timeout: SLOW_MS })
      await button(page, /^(使用通行密鑰|Use a passkey)$/).click()
      await page.waitForURL((url) => url.pathname === '/')
      await page.goto('/account')
      await button(page, /^(移除「我的筆電」|Remove 我的筆電)$/).click()
      await page.getByRole('dialog').getByRole('button', { name: /^(移除|Remove)$/ }).click()
      await button(page, /^(移除「我的筆電」|Remove 我的筆電)$/).waitFor({ state: 'detached' })
      assert.deepEqual(other.complaints, [])
      await other.close()
    },
    'what is sensitive asks again, and then goes on': async (v) => {
      const { page } = v
      /* As the server says it when signing in was long ago; it says it once. */
      let asked = 0
      await page.route('**/api/v1/user/*/key', async (route) => {
        if (asked++ > 0) return route.continue()
        await route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ status: 403, code: 'step_up', type: 'urn:guanxi:problem:step_up', detail: 'Confirm that it is you.' }) })
      })
      await page.goto('/account')
      await button(page, /^(新增金鑰|New key)$/).click()
      await page.keyboard.type('報表')
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: /^(再次確認身分|Is it still you\?)$/ })
      await dialog.waitFor()
      await axe(v)
      await dialog.locator('input[type=password]').fill('not this one')
      await page.keyboard.press('Enter')
      await dialog.getByRole('alert').waitFor({ timeout: SLOW_MS })
      await dialog.locator('input[type=password]').fill(PASSWORD)
      await page.keyboard.press('Enter')
      assert.match(await page.locator('[data-secret]').innerText({ timeout: SLOW_MS }), /^gxk_/)
      assert.equal(asked, 2)
      await button(page, /^(我已保存|I have kept it)$/).click()
      await button(page, /^(撤銷「報表」|Revoke 報表)$/).first().click()
    },
    'a provider is set up, signed in through, linked and unlinked': async (v) => {
      const { page } = v
      const real = new RealProvider()
      await real.start()
      const name = `公司帳號 ${Date.now().toString(36)}`
      const who = `u${Date.now().toString(36)}`
      await page.goto('/admin/signin')
      await button(page, /^(新增登入服務|Add a provider)$/).click()
      const dialog = page.getByRole('dialog')
      const field = (label: RegExp) => dialog.getByLabel(label)
      await field(/^(名稱|Name)$/).fill(name)
      await field(/^(簽發者（Issuer）|Issuer)$/).fill('not an address')
      await field(/^(用戶端 ID|Client ID)$/).fill('guanxi')
      await field(/^(用戶端密碼|Client secret)$/).fill('a client secret')
      await field(/^(自動建立使用者|New people get a user at once)$/).check()
      await field(/^(位於內部網路|It is in our own network)$/).check()
      await axe(v)
      await button(page, /^(儲存|Save)$/).last().click()
      await dialog.getByRole('alert').waitFor({ timeout: SLOW_MS })
      await field(/^(簽發者（Issuer）|Issuer)$/).fill(real.issuer)
      await button(page, /^(儲存|Save)$/).last().click()
      const redirect = await dialog.locator('[data-redirect]').innerText({ timeout: SLOW_MS })
      assert.match(redirect, /^http:\/\/127\.0\.0\.1:\d+\/signin\/\d+$/)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await real.serve({ id: 'guanxi', secret: 'a client secret', redirects: [redirect] }, 'k', 'ES256')
      const line = page.getByRole('listitem').filter({ hasText: name })
      await line.getByRole('button', { name: /^(測試|Try)$/ }).click()
      await page.getByText(/回應正常|answers as it should/).waitFor({ timeout: SLOW_MS })
      await axe(v)
      /* Somebody who was never here. */
      const browser = page.context().browser()
      const context = await browser?.newContext({ baseURL: v.base, locale: v.look.lang === 'en' ? 'en-GB' : 'zh-TW', colorScheme: v.look.scheme, viewport: page.viewportSize(), reducedMotion: 'reduce' })
      assert.ok(context)
      const theirs = await context.newPage()
      const other = { ...v, page: theirs, flight: new Set() } as Visit
      await theirs.goto('/signin?next=%2Faccount')
      const go = button(theirs, new RegExp(`^(使用 ${name} 登入|Sign in with ${name})$`))
      await go.waitFor()
      await axe(other)
      await go.click()
      await theirs.locator('input[name=login]').fill(who)
      await theirs.locator('input[name=password]').fill('x')
      await theirs.keyboard.press('Enter')
      await theirs.locator('form button[type=submit]').click()
      await theirs.waitForURL((url) => url.pathname === '/account', { timeout: SLOW_MS })
      const linked = theirs.getByRole('listitem').filter({ hasText: `${who}@example.com` })
      await linked.waitFor()
      await axe(other)
      await button(theirs, /^(解除連結|Unlink)$/).click()
      await theirs.getByRole('dialog').getByRole('button', { name: /^(解除連結|Unlink)$/ }).click()
      await linked.waitFor({ state: 'detached', timeout: SLOW_MS })
      /* Unlinked, the name is somebody's already, and words say so. */
      await context.clearCookies()
      await theirs.goto(`${redirect.replace(/^.*(?=\/signin)/, '')}?state=made-up&code=made-up`)
      await theirs.getByRole('alert').waitFor({ timeout: SLOW_MS })
      assert.equal(new URL(theirs.url()).search, '')
      await axe(other)
      await button(theirs, /^(重新開始|Start again)$/).click()
      await theirs.waitForURL((url) => url.pathname === '/signin')
      await context.close()
      await line.getByRole('button', { name: /^(移除|Remove)$/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: /^(移除|Remove)$/ }).click()
      await line.waitFor({ state: 'detached', timeout: SLOW_MS })
      real.end()
    },
    'a link from the administrator sets a password, once': async (v) => {
      const { page } = v
      const login = `l${Date.now().toString(36)}`
      const { id } = await api<{ id: string }>(v, 'POST', '/user', { login, display_name: '張雅婷' })
      await page.goto(`/admin/users/${id}`)
      await button(page, /^(設定密碼連結|Link for a password)$/).click()
      const link = await page.locator('[data-secret]').innerText()
      assert.match(link, /\/link#[\w-]{32}$/)
      await axe(v)
      const browser = page.context().browser()
      const context = await browser?.newContext({ baseURL: v.base, locale: v.look.lang === 'en' ? 'en-GB' : 'zh-TW', reducedMotion: 'reduce' })
      assert.ok(context)
      const theirs = await context.newPage()
      await theirs.goto(link)
      const fields = theirs.locator('input[type=password]')
      await fields.nth(0).fill('abcdefgh')
      await theirs.getByText(/密碼強度：弱|This password is weak/).waitFor()
      await fields.nth(0).fill('a bicycle of my aunt')
      await theirs.getByText(/密碼強度：強|This password is strong/).waitFor()
      assert.equal(new URL(theirs.url()).hash, '')
      await fields.nth(1).fill('a bicycle of my aunt')
      await theirs.keyboard.press('Enter')
      await theirs.getByText(/密碼已設定|Your password is set/).waitFor({ timeout: SLOW_MS })
      await theirs.goto('about:blank')
      await theirs.goto(link)
      await theirs.getByText(/已經使用過|has been used/).waitFor()
      await context.close()
    },
    'who leaves is out at once, and what they own goes to a successor': async (v) => {
      const { page } = v
      const other = await colleague(v, '許文華', true)
      const { id } = (await api<{ user: { id: string } }>(other, 'GET', '/session')).user
      const name = `移交客戶 ${Date.now().toString(36)}`
      const account = await api<{ id: string }>(other, 'POST', '/account', { name })
      await page.goto(`/admin/users/${id}`)
      await button(page, /^(離職移交|Leaves the company)$/).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('combobox', { name: /^(由誰接手？|Who takes over\?)/ }).or(dialog.getByRole('textbox', { name: /^(由誰接手？|Who takes over\?)/ })).fill('Administrator')
      await page.getByRole('option', { name: /Administrator/ }).first().click()
      await axe(v)
      await dialog.getByRole('button', { name: /^(登出並移交|Sign out and hand over)$/ }).click()
      await dialog.getByRole('status').waitFor({ timeout: SLOW_MS })
      assert.equal((await other.page.request.get('/api/v1/session')).status(), 401)
      const me = (await api<{ user: { id: string } }>(v, 'GET', '/session')).user.id
      await page.waitForFunction(
        async ([at, mine]) => ((await (await fetch(`/api/v1/account/${at}`)).json()) as { owner: { id: string } }).owner.id === mine,
        [account.id, me] as const,
      )
      await other.close()
    },
  },
}

/* What is decided for a role holds for everybody who has it, so it is tried apart from the others. */
export const rules: Spec = {
  looks: [DESK, PHONE_EN_DARK],
  limitMs: 150_000,
  empty: true,
  journeys: {
    'a role that asks for a second step: it is set up before anything else': async (v) => {
      const { page } = v
      await page.goto('/admin/signin')
      await page.locator('input[type=checkbox][value=manager]').check()
      await axe(v)
      await button(page, /^(儲存|Save)$/).click()
      await page.getByText(/規則已儲存|Rules saved/).waitFor()
      const other = await colleague(v, '林志明', true)
      await other.page.goto('/')
      await other.page.waitForURL(/\/second-factor$/)
      await axe(other)
      await button(other.page, /^(開始設定|Set up)$/).click()
      const secret = (await other.page.locator('code').first().innerText()).replaceAll(' ', '')
      await other.page.getByLabel(/^(目前顯示的驗證碼|The code it shows now)$/).fill(totp(secret))
      await other.page.keyboard.press('Enter')
      await button(other.page, /^(我已保存|I have kept it)$/).click()
      await other.page.waitForURL((url) => url.pathname === '/')
      await other.page.locator('main').waitFor()
      assert.deepEqual(other.complaints, [])
      await other.close()
    },
  },
}
