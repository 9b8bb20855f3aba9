/* A file comes in, a name is mended, the result is looked at, and all of it is undone. */
import assert from 'node:assert/strict'
import { api, type Spec, type Visit } from './kit.ts'

const total = async (v: Visit, name: string) =>
  (await api<{ total: number }>(v, 'GET', `/opportunity?limit=1&total=true&filter=${encodeURIComponent(`name ^= "${name}"`)}`)).total

export const spec: Spec = {
  journeys: {
    'import with a near-miss, failing rows, and undo': async (v) => {
      const tag = `匯入${Date.now().toString(36)}`
      const product = `GTX ${tag}`
      await api(v, 'POST', '/product', { name: product, code: tag })
      const csv = [
        'Name,Product,Amount,Zzz',
        `${tag} 一號案,${product},1000,x`,
        `${tag} 二號案,${product.replace(' ', '')},2000,x`,
        `${tag} 三號案,${product},many,x`,
      ].join('\r\n')
      const { page } = v
      await page.goto('/import?object=opportunity')
      await page.locator('input[type=file]').setInputFiles({ name: '商機 清單.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
      await page.waitForURL(/\/import\/\d+/)
      await page.getByRole('heading', { name: /商機 清單\.csv/ }).waitFor()
      const into = (column: string) => page.getByRole('combobox', { name: new RegExp(`^${column}:`) })
      const choose = async (column: string, label: string) => {
        if ((await into(column).inputValue()) === label) return
        await into(column).fill(label)
        await page.getByRole('option', { name: label, exact: true }).click()
        await page.waitForLoadState('networkidle')
      }
      await choose('Name', '商機名稱')
      await choose('Product', '主要產品')
      await choose('Amount', '預估金額')
      await page.getByText('已對應 3 / 4 欄').waitFor()
      await page.getByText('只新增').click()
      await page.getByRole('button', { name: '檢查', exact: true }).click()
      await page.getByRole('heading', { name: '找不到的名稱' }).waitFor()
      const means = page.getByRole('combobox', { name: /指的是$/ })
      assert.equal(await means.inputValue(), product)
      await page.getByRole('button', { name: '套用並重新檢查' }).click()
      await page.getByRole('button', { name: '匯入 2 筆' }).click()
      await page.getByText('匯入完成').waitFor()
      assert.equal(await total(v, tag), 2)
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /下載 1 筆/ }).click()])
      assert.match((await (await file.createReadStream()).toArray()).join(''), /many|數字|number/)
      await page.getByRole('button', { name: '復原整批匯入' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '復原整批匯入' }).click()
      await page.getByText('已復原整批匯入').waitFor()
      assert.equal(await total(v, tag), 0)
    },
  },
}
