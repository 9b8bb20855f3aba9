/* A file comes in, a name is mended, the result is looked at, and all of it is undone. */
import assert from 'node:assert/strict'
import { api, say, settled, type Spec, type Visit } from './kit.ts'
import { check, counts, prepare, run, undoNewest, words } from './wizard.ts'

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
        await settled(v)
      }
      await choose('Name', say(v, '商機名稱', 'Name'))
      await choose('Product', say(v, '主要產品', 'Main product'))
      await choose('Amount', say(v, '預估金額', 'Expected amount'))
      await page.getByText(say(v, '已對應 3 / 4 欄', '3 of 4 columns matched')).waitFor()
      await page.getByText(say(v, '只新增', 'Only add')).click()
      await page.getByRole('button', { name: say(v, '檢查', 'Check'), exact: true }).click()
      await page.getByRole('heading', { name: say(v, '找不到的名稱', 'Names that were not found') }).waitFor()
      const means = page.getByRole('combobox', { name: /指的是$|means$/ })
      assert.equal(await means.inputValue(), product)
      await page.getByRole('button', { name: say(v, '套用並重新檢查', 'Apply and check again') }).click()
      await page.getByRole('button', { name: say(v, '匯入 2 筆', 'Import 2 rows') }).click()
      await page.getByText(say(v, '匯入完成', 'The import is done')).waitFor()
      assert.equal(await total(v, tag), 2)
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /下載 1 筆|Download/ }).click()])
      assert.match((await (await file.createReadStream()).toArray()).join(''), /many|數字|number/)
      await page.getByRole('button', { name: say(v, '復原整批匯入', 'Undo the whole import') }).click()
      await page.getByRole('dialog').getByRole('button', { name: say(v, '復原整批匯入', 'Undo the whole import') }).click()
      await page.getByText(say(v, '已復原整批匯入', 'The whole import was undone')).waitFor()
      assert.equal(await total(v, tag), 0)
    },
  },
}

interface Made {
  id: string
}

export const phone: Spec = {
  looks: [{ width: 390, lang: 'en', scheme: 'light' }],
  journeys: {
    'on a phone: dates, fixed values, updates, names left empty or out': async (v) => {
      const tag = `Wiz${Date.now().toString(36)}`
      const { id } = await api<Made>(v, 'POST', '/account', { name: `${tag} Old`, code: `${tag}-1`, kind: 'organisation', employees: 12 })
      const employees = async () => (await api<{ employees: number }>(v, 'GET', `/account/${id}`)).employees
      const found = (filter: string) => api<{ count: number | string }>(v, 'GET', `/account/count?filter=${encodeURIComponent(`name ^= "${tag}" and ${filter}`)}`)
      const csv = [
        'No,Company,Staff,Sector,Since,City',
        `${tag}-1,${tag} Old,40,Retail,01/02/2024,Taipei`,
        `${tag}-2,${tag} New,7,Retial,03/04/2024,Tainan`,
        `${tag}-3,${tag} Odd,8,Whaling,05/06/2024,Keelung`,
        `${tag}-4,${tag} Out,9,Alchemy,07/08/2024,Hualien`,
      ].join('\n')
      const { page } = v
      await prepare(v, {
        object: 'account', file: { name: `${tag}.csv`, mimeType: 'text/csv', buffer: Buffer.from(csv) }, both: true,
        columns: { No: ['Account code'], Company: ['Name'], Staff: ['Employees'], Sector: ['Industry'], Since: ['Customer since'], City: ['Billing address: City'] },
        constants: { Status: 'Active', Region: 'North' },
      })
      /* Nothing can be checked before somebody says which is the day. */
      assert.ok(await page.getByRole('button', { name: words(v).check, exact: true }).isDisabled())
      await page.getByText('Day / month / year').click()
      await page.getByText('01/02/2024 → 01 Feb 2024').waitFor()
      await check(v)
      assert.equal(await counts(v), '0 1 0 3')
      const means = (text: string) => page.getByRole('combobox', { name: `“${text}” means` })
      assert.equal(await means('Retial').inputValue(), 'Retail')
      await means('Whaling').click()
      await page.getByRole('option', { name: 'Leave the field empty' }).click()
      assert.equal(await means('Alchemy').inputValue(), 'Leave these rows out')
      await page.getByRole('button', { name: words(v).apply }).click()
      await page.getByText('Names already settled (2)').waitFor()
      assert.equal(await counts(v), '2 1 0 1')
      await run(v)
      assert.equal(await counts(v), '2 1 0 1')
      await page.getByText('Alchemy').first().waitFor()
      assert.equal(await employees(), 40)
      assert.equal(Number((await found('customer_since = 2024-04-03 and industry = "retail" and region = "North"')).count), 1)
      assert.equal(Number((await found('industry is empty and status = "active"')).count), 1)
      await page.goto('/import')
      await undoNewest(v)
      assert.equal(await employees(), 12)
      assert.equal(Number((await found('employees > 0')).count), 1)
      await page.getByRole('link', { name: new RegExp(`${tag}.csv`) }).click()
      await page.getByRole('heading', { name: 'The whole import was undone' }).waitFor()
      await page.getByRole('button', { name: 'Change it and import again' }).click()
      await page.getByRole('heading', { name: 'Columns and fields' }).waitFor()
    },
  },
}
