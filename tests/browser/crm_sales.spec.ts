/* A real company's pipeline comes in by the wizard, gives the published figures, and goes again; and is worked with. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { api, DATA, DESK, PASSWORD, say, signIn, type Spec, type Visit, visit } from './kit.ts'
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
  fixed: true,
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

const SCRIPT = path.join(import.meta.dirname, '..', '..', 'examples', 'crm-sales', 'import')

/* An agent or a manager of the file, who now has a password and may do what their work needs. */
async function at(v: Visit, name: string, role: string): Promise<Visit> {
  const browser = v.page.context().browser()
  const { rows } = await api<{ rows: { id: string; login: string }[] }>(v, 'GET', `/user?filter=${encodeURIComponent(`display_name = "${name}"`)}`)
  const [user] = rows
  assert.ok(browser && user, name)
  await api(v, 'POST', `/user/${user.id}/password`, { password: PASSWORD })
  await api(v, 'PUT', `/user/${user.id}/roles`, { roles: [role] })
  const other = await visit(browser, v.base, v.look)
  await signIn(other, user.login)
  return other
}

/* By hand, at two screens: the agent works, the manager sees it. */
async function day(agent: Visit, manager: Visit) {
  const { page } = agent
  const boss = manager.page
  const deal = (await rows(agent, 'opportunity', `limit=1&fields=name&sort=name&filter=${encodeURIComponent('account.name = "Isdom" and stage = "engaging" and owner = me')}`))[0] as { id: string; name: string }
  const column = (p: typeof page, zh: string, en: string) => p.getByRole('region', { name: say(agent, zh, en), exact: true })
  const board = `/o/opportunity/board?filter=${encodeURIComponent(`name = "${deal.name}"`)}`

  /* Found by two characters of its name. */
  await page.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: say(agent, '前往或執行', 'Go to or do anything') }).fill('is')
  await page.getByRole('option').filter({ hasText: 'Isdom' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Isdom' }).waitFor()
  const account = new URL(page.url()).pathname

  /* A visit is logged there, and stands on the other screen. */
  await boss.goto(`${account}?tab=timeline`)
  await boss.getByRole('group', { name: say(agent, '新增到這筆資料', 'Add to this record') }).waitFor()
  await page.getByRole('tab', { name: say(agent, '動態', 'Timeline') }).click()
  await page.getByRole('group', { name: say(agent, '新增到這筆資料', 'Add to this record') }).getByRole('button', { name: say(agent, '拜訪', 'Visit') }).click()
  await page.locator('[data-field=subject]').fill('Showed the GTX Pro')
  await page.getByRole('button', { name: say(agent, '儲存', 'Save') }).click()
  await page.getByRole('link', { name: 'Showed the GTX Pro' }).waitFor()
  await boss.getByRole('link', { name: 'Showed the GTX Pro' }).waitFor()

  /* The deal is dragged, seen over there, and taken back. */
  await boss.goto(board)
  await column(boss, '洽談', 'Engaging').getByRole('link', { name: deal.name }).waitFor()
  await page.goto(board)
  const drag = async (to: [string, string]) => {
    const card = await page.getByRole('article').filter({ hasText: deal.name }).boundingBox()
    const target = await column(page, ...to).boundingBox()
    assert.ok(card && target)
    await page.mouse.move(card.x + 40, card.y + card.height - 8)
    await page.mouse.down()
    await page.mouse.move(target.x + target.width / 2, target.y + 200, { steps: 8 })
    await page.mouse.up()
  }
  await column(page, '洽談', 'Engaging').getByRole('link', { name: deal.name }).waitFor()
  await drag(['開發', 'Prospecting'])
  await column(page, '開發', 'Prospecting').getByRole('link', { name: deal.name }).waitFor()
  await column(boss, '開發', 'Prospecting').getByRole('link', { name: deal.name }).waitFor()
  await page.getByRole('button', { name: say(agent, '復原', 'Undo') }).last().click()
  await column(page, '洽談', 'Engaging').getByRole('link', { name: deal.name }).waitFor()
  await column(boss, '洽談', 'Engaging').getByRole('link', { name: deal.name }).waitFor()

  /* It is won: the board asks for what that needs. */
  await drag(['成交', 'Won'])
  const dialog = page.getByRole('dialog')
  await dialog.locator('[data-field=close_date]').fill('2017-12-31')
  await dialog.locator('[data-field=close_value]').fill('5100')
  await dialog.locator('button[type=submit]').click()
  await dialog.waitFor({ state: 'detached' })
  await column(boss, '洽談', 'Engaging').getByRole('link', { name: deal.name }).waitFor({ state: 'detached' })

  /* The list as a file. */
  const filter = 'account.name = "Isdom" and stage = "won" and owner = me'
  const expected = await count(agent, 'opportunity', filter)
  await page.goto(`/o/opportunity?filter=${encodeURIComponent(filter)}`)
  await page.getByText(say(agent, `共 ${expected} 筆`, `${expected} records`), { exact: true }).waitFor()
  await page.getByRole('button', { name: say(agent, '匯出入', 'Data') }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /CSV/ }).click()])
  const lines = (await (await download.createReadStream()).toArray()).join('').trim().split('\r\n')
  assert.equal(lines.length, expected + 1)
  assert.match(lines.find((l) => l.includes(deal.name)) ?? '', /,Isdom,won,.*,Darcel Schlecht,/)
  const saved = await api<{ close_value: { amount: string } }>(agent, 'GET', `/opportunity/${deal.id}`)
  assert.equal(Number(saved.close_value.amount), 5100)

  /* Deleted by mistake, and had back. */
  await page.goto(`/o/opportunity/${deal.id}`)
  await page.getByRole('button', { name: say(agent, '動作', 'Actions') }).click()
  await page.getByRole('menuitem', { name: say(agent, '刪除', 'Delete') }).click()
  await page.getByRole('button', { name: say(agent, '復原', 'Undo') }).last().click()
  await page.getByText(say(agent, '已還原', 'Restored')).waitFor()
  assert.equal(await count(agent, 'opportunity', filter), expected)
}

export const worked: Spec = {
  ...spec,
  fixed: false,
  fill: (data, program) => {
    const done = spawnSync(SCRIPT, [SOURCE, '--data', data], { encoding: 'utf8', env: { ...process.env, GUANXI: program } })
    if (done.status !== 0) throw new Error(done.stderr || done.stdout)
  },
  journeys: {
    'found by two characters, moved, visited, seen elsewhere, exported, undone': async (v) => {
      const agent = await at(v, 'Darcel Schlecht', 'sales')
      const manager = await at(v, 'Melvin Marxen', 'manager')
      await day(agent, manager)
      assert.deepEqual([...agent.complaints, ...manager.complaints], [])
      await agent.close()
      await manager.close()
    },
  },
}
