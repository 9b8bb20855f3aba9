/* Signing in and out, and the two things people set for themselves: language and look. */
import assert from 'node:assert/strict'
import { NAME, PASSWORD, type Spec } from './kit.ts'

export const spec: Spec = {
  journeys: {
    'a wrong password is refused, the right one leads to where one wanted to go': async ({ page }) => {
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
    'signing out ends the session': async ({ page }) => {
      await page.goto('/')
      await page.getByRole('button', { name: /的選單/ }).click()
      await page.getByRole('menuitem', { name: '登出' }).click()
      await page.waitForURL(/\/signin/)
      await page.goto('/o/account')
      await page.waitForURL(/\/signin/)
    },
    'language and look change at once and stay': async ({ page }) => {
      await page.goto('/')
      await page.getByRole('button', { name: /的選單/ }).click()
      await page.getByRole('menuitem', { name: 'English' }).click()
      await page.getByRole('heading', { name: /^Hello/ }).waitFor()
      assert.equal(await page.locator('html').getAttribute('lang'), 'en')
      await page.getByRole('button', { name: /, menu/ }).click()
      await page.getByRole('menuitem', { name: 'Dark' }).click()
      await page.reload()
      await page.getByRole('heading', { name: /^Hello/ }).waitFor()
      assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark')
    },
  },
}
