/* The administration of the model, page by page: nothing that axe objects to, nothing wider than the screen. */
import { axe, DESK, type Journey, type Spec } from './kit.ts'

const at =
  (address: string, then?: Journey): Journey =>
  async (v, server) => {
    await v.page.goto(address)
    await v.page.getByRole('heading', { level: 1 }).waitFor()
    await then?.(v, server)
    await axe(v)
  }

export const spec: Spec = {
  looks: [DESK, { width: 390, lang: 'en', scheme: 'dark' }],
  journeys: {
    'its parts': at('/admin'),
    objects: at('/admin/objects'),
    fields: at('/admin/objects/account'),
    'a field': at('/admin/objects/account/fields/industry', async ({ page }) => {
      await page.getByRole('dialog').getByRole('button', { name: /^(完成|Done)$/ }).waitFor()
    }),
    'a computed field': at('/admin/objects/account/fields/won_value', async ({ page }) => {
      await page.getByRole('dialog').getByRole('button', { name: /^(完成|Done)$/ }).waitFor()
    }),
    'a link': at('/admin/objects/contact/fields/account', async ({ page }) => {
      await page.getByRole('dialog').getByRole('button', { name: /^(完成|Done)$/ }).waitFor()
    }),
    'a new field': at('/admin/objects/account', async ({ page }) => {
      await page.getByRole('button', { name: /^(新增欄位|Add a field)$/ }).click()
      await page.getByRole('button', { name: /^(連結一筆資料|Link )/ }).first().click()
      await page.getByRole('switch').first().waitFor()
    }),
    'the form laid out': at('/admin/objects/account/layout', async ({ page }) => {
      await page.locator('[data-chip=name]').waitFor()
    }),
    'columns of the list': at('/admin/objects/account/layout', async ({ page }) => {
      await page.getByText(/^(列表欄位|List columns)$/).click()
    }),
    'fields on a phone': at('/admin/objects/account/layout', async ({ page }) => {
      await page.getByText(/^(手機|Phone)$/).first().click()
    }),
    'related lists': at('/admin/objects/account/layout', async ({ page }) => {
      await page.getByText(/^(相關清單|Related lists)$/).first().click()
    }),
    rules: at('/admin/objects/account/rules'),
    names: at('/admin/objects/account/names'),
    'a new object': at('/admin/objects/new'),
    processes: at('/admin/processes'),
    'a process': at('/admin/processes/lead', async ({ page }) => {
      await page.getByRole('button', { name: /^(條件與必填欄位|Conditions and fields)/ }).nth(2).click()
    }),
    'a new process': at('/admin/processes/new'),
    packs: at('/admin/packs'),
    words: at('/admin/strings'),
    'a plan with something to mend': at('/admin/objects/account/rules', async ({ page }) => {
      await page.getByRole('button', { name: /^(新增規則|Add a rule)$/ }).click()
      await page.getByLabel(/^(條件|Condition)/).last().fill('nmae is not empty')
      await page.getByText(/nmae/).last().waitFor()
      await page.getByRole('button', { name: /^(檢視並發布|Review and publish)$/ }).click()
      await page.getByRole('dialog').getByRole('alert').waitFor()
    }),
  },
}
