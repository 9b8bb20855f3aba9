/* Signing in and out, and the two things people set for themselves: language and look. */
import assert from 'node:assert/strict'
import { colleague, NAME, PASSWORD, say, type Spec } from './kit.ts'

export const spec: Spec = {
  journeys: {
    'a wrong password is refused, the right one leads to where one wanted to go': async (v) => {
      const { page } = v
      await page.context().clearCookies()
      await page.goto('/o/account?sort=name')
      await page.waitForURL(/\/signin/)
      await page.locator('input[name=username]').fill(NAME)
      await page.locator('input[name=password]').fill('certainly not this')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await page.locator('input[name=password]').fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/o\/account\?sort=name/)
      await page.getByRole('heading', { level: 1 }).waitFor()
    },
    'signing out ends the session': async (v) => {
      const { page } = v
      await page.goto('/')
      await page.getByRole('button', { name: /的選單|, menu/ }).click()
      await page.getByRole('menuitem', { name: say(v, '登出', 'Sign out') }).click()
      await page.waitForURL(/\/signin/)
      await page.goto('/o/account')
      await page.waitForURL(/\/signin/)
    },
    'language and look change at once and stay': async (admin) => {
      const v = await colleague(admin, '何佩珊', true)
      const { page } = v
      await page.goto('/')
      await page.getByRole('button', { name: /的選單|, menu/ }).click()
      await page.getByRole('menuitem', { name: say(v, 'English', '繁體中文') }).click()
      await page.getByRole('heading', { name: say(v, /^Hello/, /您好/) }).waitFor()
      assert.equal(await page.locator('html').getAttribute('lang'), say(v, 'en', 'zh-Hant'))
      await page.getByRole('button', { name: /的選單|, menu/ }).click()
      await page.getByRole('menuitem', { name: say(v, 'Dark', '淺色') }).click()
      await page.reload()
      await page.getByRole('heading', { name: say(v, /^Hello/, /您好/) }).waitFor()
      assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), say(v, 'dark', 'light'))
      await v.close()
    },
  },
}
