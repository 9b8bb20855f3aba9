/* A real company's pipeline comes in by the wizard, gives the published figures, and goes again. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { api, DATA, DESK, type Spec, type Visit } from './kit.ts'
import { check, counts, done, prepare, run, type Steps, undoNewest, words } from './wizard.ts'

const SOURCE = path.join(DATA, 'crm_sales_opportunities')
const file = (name: string) => path.join(SOURCE, `${name}.csv`)

/* The same steps as examples/crm-sales/import, in the words of the screen. */
const PRODUCTS: Steps = {
  object: 'product', file: file('products'), both: true,
  columns: { product: ['產品名稱', '外部編號'], series: ['系列'], sales_price: ['定價'] },
}
const MANAGERS: Steps = {
  object: 'user', file: file('sales_teams'), both: true,
  columns: { sales_agent: [], manager: ['姓名', '帳號', '外部編號'], regional_office: ['團隊'] },
  constants: { 職稱: 'Sales manager', 介面語言: 'English' },
}
const AGENTS: Steps = {
  object: 'user', file: file('sales_teams'), both: true,
  columns: { sales_agent: ['姓名', '帳號', '外部編號'], manager: ['主管'], regional_office: ['團隊'] },
}
const ACCOUNTS: Steps = {
  object: 'account', file: file('accounts'), both: true,
  columns: {
    account: ['客戶名稱', '外部編號'], sector: ['產業'], year_established: ['成立年份'], revenue: [], employees: ['員工人數'],
    office_location: ['地區'], subsidiary_of: ['母公司'],
  },
  constants: { 狀態: '往來中' },
}
const PIPELINE: Steps = {
  object: 'opportunity', file: file('sales_pipeline'),
  columns: {
    opportunity_id: ['商機名稱', '外部編號'], sales_agent: ['負責人'], product: ['主要產品'], account: ['客戶'], deal_stage: ['階段'],
    engage_date: ['開始洽談日'], close_date: ['結案日'], close_value: ['成交金額'],
  },
}

async function count(v: Visit, object: string, filter = '') {
  const query = filter && `?filter=${encodeURIComponent(filter)}`
  return Number((await api<{ count: number | string }>(v, 'GET', `/${object}/count${query}`)).count)
}

async function rows(v: Visit, object: string, query: string): Promise<Record<string, unknown>[]> {
  const reply = await v.page.request.get(`/api/v1/${object}?format=ndjson&${query}`)
  return (await reply.text()).split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>)
}

/* Every record, without what any writing changes. */
async function everything(v: Visit) {
  const out: string[] = []
  for (const object of ['user', 'product', 'account', 'opportunity', 'contact', 'activity'])
    for (const { version: _, updated_at: __, updated_by: ___, ...record } of await rows(v, object, 'sort=id')) out.push(`${object} ${JSON.stringify(record)}`)
  return out
}

async function figures(v: Visit) {
  const won = 'stage = "won"'
  const closed = '(stage = "won" or stage = "lost")'
  assert.equal(await count(v, 'opportunity'), 8800)
  assert.equal(await count(v, 'opportunity', won), 4238)
  assert.equal(await count(v, 'opportunity', 'stage = "lost"'), 2473)
  assert.equal(await count(v, 'opportunity', 'account is empty'), 1425)
  assert.equal(await count(v, 'account', 'parent is not empty'), 15)
  const values = await rows(v, 'opportunity', `fields=close_value&filter=${encodeURIComponent(won)}`)
  assert.equal(values.reduce((sum, r) => sum + Number((r.close_value as { amount: string }).amount), 0), 10_005_534)
  for (const [who, n, all] of [['Hayden Neloms', 107, 152], ['Maureen Marcano', 149, 213], ['Darcel Schlecht', 349, 553]] as const) {
    assert.equal(await count(v, 'opportunity', `${won} and owner.display_name = "${who}"`), n, who)
    assert.equal(await count(v, 'opportunity', `${closed} and owner.display_name = "${who}"`), all, who)
  }
  for (const [who, all, n] of [['Cara Losch', 745, 480], ['Summer Sewald', 1287, 828], ['Melvin Marxen', 1418, 882]] as const) {
    assert.equal(await count(v, 'opportunity', `${won} and owner.manager.display_name = "${who}"`), n, who)
    assert.equal(await count(v, 'opportunity', `${closed} and owner.manager.display_name = "${who}"`), all, who)
  }
}

/* The run is stopped, which leaves what is written, and goes on from there; so does the page when the
 * server was away for a while. */
async function runStopResume(v: Visit) {
  const { page } = v
  await page.getByRole('button', { name: words(v).run }).click()
  await page.getByRole('button', { name: words(v).stop, exact: true }).click()
  await page.getByRole('heading', { name: words(v).cancelled }).waitFor()
  const so_far = await count(v, 'opportunity')
  assert.ok(so_far < 8800, `${so_far} rows were written before it stopped`)
  await page.getByRole('button', { name: words(v).resume, exact: true }).click()
  await page.getByRole('button', { name: words(v).stop, exact: true }).waitFor()
  await page.route('**/api/v1/import/*', (route) => route.abort())
  await page.getByText(/^連不上伺服器/).waitFor()
  await page.unroute('**/api/v1/import/*')
  await done(v)
}

export const spec: Spec = {
  skip: () => (existsSync(SOURCE) ? '' : `no ${SOURCE}`),
  empty: true,
  limitMs: 180_000,
  looks: [DESK],
  journeys: {
    'a pipeline of 8,800 opportunities by the wizard, and back': async (v) => {
      const { page } = v
      /* One account is there already: it is changed, and gets back what it held. */
      const { id } = await api<{ id: string }>(v, 'POST', '/account', { name: 'Acme Corporation', external_id: 'Acme Corporation', kind: 'organisation', employees: 5 })
      const employees = async () => (await api<{ employees: number }>(v, 'GET', `/account/${id}`)).employees
      const before = await everything(v)

      for (const [steps, expected] of [[PRODUCTS, '7 0 0 0'], [MANAGERS, '6 0 29 0'], [AGENTS, '35 0 0 0']] as const) {
        await prepare(v, steps)
        await check(v)
        assert.equal(await counts(v), expected, `the dry run of ${String(steps.file)}`)
        await run(v)
        assert.equal(await counts(v), expected, String(steps.file))
      }

      await prepare(v, ACCOUNTS)
      await check(v)
      const sector = page.getByRole('combobox', { name: '「technolgy」指的是' })
      assert.equal(await sector.inputValue(), '資訊科技')
      await page.getByRole('button', { name: words(v).apply }).click()
      await sector.waitFor({ state: 'detached' })
      await page.getByRole('heading', { name: words(v).rows }).waitFor()
      assert.equal(await counts(v), '84 1 0 0')
      /* What a new record would hold, and what a changed one held before. */
      const row = (name: string) => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) }).first()
      assert.match(await row('Betasoloin').innerText(), /成立年份\s+1999/)
      const changed = page.getByRole('listitem').filter({ has: page.getByLabel('→') }).filter({ hasText: '員工人數' }).last()
      assert.match((await changed.innerText()).replace(/\s+/g, ' '), /員工人數 5 2,?822/)
      await run(v)
      assert.equal(await employees(), 2822)

      await prepare(v, PIPELINE)
      await check(v)
      assert.equal(await page.getByRole('combobox', { name: '「GTXPro」指的是' }).inputValue(), 'GTX Pro')
      await page.getByText(/^1,?480 列$/).waitFor()
      await page.getByRole('button', { name: words(v).apply }).click()
      await page.getByRole('button', { name: /^匯入 8,?800 筆$/ }).waitFor({ timeout: 60_000 })
      await runStopResume(v)
      assert.equal(await counts(v), '8800 0 0 0')

      await page.goto(`/o/opportunity?filter=${encodeURIComponent('stage = "won"')}`)
      await page.getByText(/共 4,?238 筆/).waitFor()
      await figures(v)

      await page.goto('/import')
      for (let left = 5; left > 0; left--) await undoNewest(v)
      assert.equal(await employees(), 5)
      assert.deepEqual(await everything(v), before)
    },
  },
}
