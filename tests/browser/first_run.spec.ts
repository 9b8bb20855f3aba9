/* The first run: the first administrator, three ways in, and the list that teaches. */
import assert from 'node:assert/strict'
import { api, axe, DESK, type Look, PASSWORD, say, type Spec } from './kit.ts'

const PHONE_EN: Look = { width: 390, lang: 'en', scheme: 'dark' }

export const fresh: Spec = {
  fresh: true,
  looks: [DESK, PHONE_EN],
  journeys: {
    'the first administrator is made with the secret alone': async (v) => {
      const { page } = v
      await page.goto('/')
      await page.getByText(say(v, '建立第一位管理員', 'The first administrator')).first().waitFor()
      await axe(v)
      await page.goto('/setup')
      await page.getByRole('alert').getByText(say(v, '網址不完整', 'This address is not complete')).waitFor()
      assert.match(v.setup, /\/setup#[0-9a-f]{48}$/)
      await page.goto('about:blank')
      await page.goto(v.setup)
      await page.getByLabel(say(v, '姓名', 'Your name')).fill('陳怡君')
      await page.locator('input[name=password]').fill('short')
      await axe(v)
      await page.keyboard.press('Enter')
      await page.locator('.mantine-InputWrapper-error').waitFor()
      await page.locator('input[name=password]').fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: say(v, '歡迎使用 Guanxi', 'Welcome to Guanxi') }).waitFor()
      await axe(v)
      await page.goto('/setup')
      await page.getByText(say(v, '已經有管理員了', 'There is an administrator already')).waitFor()
    },
  },
}

export const spec: Spec = {
  empty: true,
  looks: [DESK, PHONE_EN],
  limitMs: 120_000,
  journeys: {
    'demo data comes, shows my day, and goes again': async (v) => {
      const { page } = v
      await page.goto('/')
      await page.getByLabel(say(v, '您的行業', 'Your trade')).selectOption('agency')
      await page.getByRole('button', { name: say(v, '載入示範資料', 'Load demo data') }).click()
      await page.getByRole('progressbar').waitFor()
      const remove = page.getByRole('button', { name: say(v, '移除示範資料', 'Remove the demo data') })
      await remove.waitFor({ timeout: 60_000 })
      await page.getByRole('region', { name: say(v, '我的業績', 'My numbers') }).getByRole('progressbar').first().waitFor()
      await axe(v)
      await remove.click()
      await page.getByRole('dialog').getByRole('button', { name: say(v, '移除示範資料', 'Remove the demo data') }).click()
      await page.getByRole('heading', { name: say(v, '歡迎使用 Guanxi', 'Welcome to Guanxi') }).waitFor({ timeout: 60_000 })
      for (const object of ['account', 'opportunity', 'activity', 'contact', 'tag', 'quota'])
        assert.equal((await api<{ count: number }>(v, 'GET', `/${object}/count`)).count, 0, object)
    },
    'one begins with nothing, and the list ticks itself off': async (v) => {
      const { page } = v
      await page.goto('/')
      const ways = page.getByRole('link', { name: say(v, '選擇檔案', 'Choose a file') })
      await ways.waitFor()
      await page.getByRole('button', { name: say(v, '開始', 'Begin'), exact: true }).click()
      const list = page.getByRole('region', { name: say(v, '開始使用', 'First steps') })
      await list.waitFor()
      if (v.phone) await list.getByRole('button', { name: 'Show or fold the list' }).click()
      await list.locator('[data-step=account]').getByRole('link').click()
      await page.locator('[data-field=name]').first().fill('第一個客戶')
      await page.locator('main button[type=submit]').first().click()
      await page.waitForURL(/\/o\/account\/\d+/)
      await page.goto('/')
      await page.locator('[data-step=account][data-done]').waitFor({ state: 'attached' })
      assert.equal(await page.locator('[data-step=activity][data-done]').count(), 0)
      await page.getByRole('button', { name: say(v, '隱藏這份清單', 'Hide this list') }).click()
      await list.waitFor({ state: 'detached' })
      await page.getByRole('button', { name: /的選單$|, menu$/ }).click()
      await page.getByRole('menuitem', { name: say(v, '開始使用', 'First steps') }).click()
      await page.waitForURL('**/start')
      await list.waitFor()
      await axe(v)
      await page.getByRole('button', { name: say(v, '在首頁顯示這份清單', 'Show this list on the home page') }).click()
      await page.goto('/')
      await list.waitFor()
    },
  },
}
