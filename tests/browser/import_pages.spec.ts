/* Every step of the import wizard: nothing that axe objects to, nothing wider than the screen. */
import { axe as audit, DESK, type Spec } from './kit.ts'
import { check, handIn, run, undoNewest, words } from './wizard.ts'

const CSV = ['客戶名稱,產業,成為客戶日,城市,很長很長的欄位名稱 with a long English name', '%1,零售,03/04/2024,臺北市,一', '%2,零賣,05/06/2024,新北市,二', ',批發,05/06/2024,,三'].join('\n')

export const spec: Spec = {
  looks: [DESK, { width: 390, lang: 'en', scheme: 'dark' }],
  journeys: {
    'each step': async (v) => {
      const { page, look } = v
      const tag = `步驟${Date.now().toString(36)}`
      const csv = CSV.replace('%1', `${tag}甲`).replace('%2', `${tag}乙`)
      const says = (zh: string, en: string) => (look.lang === 'en' ? en : zh)
      await handIn(v, 'account', { name: `${tag}.csv`, mimeType: 'text/csv', buffer: Buffer.from(csv) })
      await page.getByText(says('預覽前幾列', 'Preview the first rows')).click()
      await page.getByRole('button', { name: words(v).add }).click()
      await page.getByText(words(v).both, { exact: true }).click()
      await audit(v)
      await page.getByRole('combobox', { name: `成為客戶日: ${words(v).field}` }).click()
      await page.getByRole('listbox').waitFor()
      await audit(v)
      await page.keyboard.press('Escape')
      await page.getByText(says('日／月／年', 'Day / month / year')).click()
      await check(v)
      await page.getByRole('heading', { name: says('找不到的名稱', 'Names that were not found') }).waitFor()
      await audit(v)
      await run(v)
      await audit(v)
      await page.getByRole('button', { name: words(v).undo }).click()
      await page.getByRole('dialog').waitFor()
      await audit(v)
      await page.goto('/import')
      await page.getByText(`${tag}.csv`).waitFor()
      await audit(v)
      await undoNewest(v)
    },
  },
}
