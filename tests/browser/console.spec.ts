/* The operator's console, and a stranger's trial: tenants made, limited, suspended, taken along, deleted. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { api, axe, DESK, PASSWORD, PHONE, say, type Spec, type Visit, visit } from './kit.ts'

const operate = (data: string, program: string) => {
  execFileSync(program, ['--data', data, 'operator', 'init'])
}

async function menu({ page }: Visit, tenant: string, item: string) {
  const row = page.locator(`[data-tenant="${tenant}"]`)
  await row.getByRole('button').click()
  await page.getByRole('menuitem', { name: item }).click()
  return page.getByRole('dialog')
}

/* Somebody who has never been here. */
async function stranger(v: Visit): Promise<Visit> {
  const browser = v.page.context().browser()
  if (!browser) throw new Error('no browser')
  return visit(browser, v.base, v.look)
}

export const spec: Spec = {
  looks: [DESK, PHONE],
  empty: true,
  fill: operate,
  serve: ['--console'],
  limitMs: 150_000,
  journeys: {
    'a tenant is made, put on a plan, suspended, taken along and deleted': async (v) => {
      const { page } = v
      await page.goto('/admin/tenants')
      await page.getByRole('button', { name: say(v, '新增租戶…', 'New tenant …') }).click()
      let dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').first().fill('Kestrel Foods')
      await dialog.getByRole('button', { name: say(v, '建立', 'Make it'), exact: true }).click()
      await dialog.getByText(/\/link#/).waitFor()
      await axe(v)
      await dialog.getByRole('button', { name: say(v, '關閉', 'Close'), exact: true }).last().click()
      const row = page.locator('[data-tenant="kestrel-foods"]')
      await row.getByText('Kestrel Foods').waitFor()
      dialog = await menu(v, 'kestrel-foods', say(v, '設定方案…', 'Put on a plan …'))
      await dialog.getByRole('button', { name: say(v, '套用方案', 'Put on this plan') }).click()
      await dialog.waitFor({ state: 'detached' })
      dialog = await menu(v, 'kestrel-foods', say(v, '停權…', 'Suspend …'))
      await dialog.getByRole('textbox').fill('未付款')
      await dialog.getByRole('button', { name: say(v, '停權', 'Suspend'), exact: true }).click()
      await row.getByText('未付款').waitFor()
      await axe(v)
      dialog = await menu(v, 'kestrel-foods', say(v, '恢復…', 'Let it go on …'))
      await dialog.getByRole('button', { name: say(v, '恢復', 'Let it go on'), exact: true }).click()
      await row.getByText('未付款').waitFor({ state: 'detached' })
      /* All of it as a file. */
      dialog = await menu(v, 'kestrel-foods', say(v, '匯出…', 'Export …'))
      await axe(v)
      await dialog.getByRole('textbox').fill('Asked for by Kestrel')
      await dialog.getByRole('button', { name: say(v, '開始匯出', 'Make the file') }).click()
      const made = page.locator('[data-export="kestrel-foods"]')
      await made.getByText(say(v, '已完成', 'Ready')).waitFor({ timeout: 40_000 })
      await axe(v)
      const [file] = await Promise.all([page.waitForEvent('download'), made.getByRole('button').click()])
      assert.equal(file.suggestedFilename(), 'kestrel-foods.zip')
      assert.ok(readFileSync(await file.path()).includes('kestrel-foods/kestrel-foods.db'))
      /* Gone, after its name was typed. */
      dialog = await menu(v, 'kestrel-foods', say(v, '刪除…', 'Delete …'))
      await dialog.getByRole('textbox').last().fill('kestrel-foods')
      await dialog.getByRole('button', { name: say(v, '永久刪除', 'Delete for good') }).click()
      await row.waitFor({ state: 'detached' })
    },
    'a stranger begins a trial, works in it, and the console sees no more than its figures': async (v) => {
      const { page } = v
      await page.goto('/admin/tenants')
      const open = page.getByRole('switch', { name: say(v, '開放自行註冊試用', 'Strangers may sign up for a trial') })
      await open.click()
      await page.getByRole('link', { name: '/signup' }).waitFor()
      const other = await stranger(v)
      await other.page.goto('/signup')
      const field = (name: string) => other.page.locator(`input[name=${name}]`)
      await field('organisation').fill('Harbour Foods')
      assert.equal(await field('tenant').inputValue(), 'harbour-foods')
      await field('person').fill('陳怡君')
      await field('username').fill('chen@example.com')
      await field('password').fill(PASSWORD)
      await other.page.locator('select').selectOption('')
      await axe(other)
      await other.page.locator('button[type=submit]').click()
      await other.page.waitForURL(/\/t\/harbour-foods\//, { timeout: 60_000 })
      await other.page.getByText(/陳怡君/).first().waitFor()
      await other.page.goto('/t/harbour-foods/o/account/new')
      await other.page.locator('[name=name]').first().fill('Secret Customer')
      await other.page.locator('[name=name]').first().press('Control+Enter')
      await other.page.waitForURL(/\/o\/account\/\d+/)
      await other.close()
      /* The operator's own pages and addresses have figures of it and none of its words. */
      await page.goto('/admin/tenants')
      await page.locator('[data-tenant="harbour-foods"]').getByText('Harbour Foods').waitFor()
      await axe(v)
      const found = await api<{ rows: unknown[] }>(v, 'GET', '/search?q=Secret')
      assert.equal(found.rows.length, 0)
      const said = JSON.stringify(await api(v, 'GET', '/operator/tenants'))
      assert.ok(said.includes('harbour-foods') && !said.includes('Secret') && !said.includes('chen@'))
      const there = await page.evaluate(async () => (await fetch('/t/harbour-foods/api/v1/account')).status)
      assert.equal(there, 401)
    },
  },
}
