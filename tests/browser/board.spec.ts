/* Boards: cards in the columns of a process; moved by hand, by keyboard, by a menu. */
import assert from 'node:assert/strict'
import { api, DESK, PHONE, say, type Spec, type Visit } from './kit.ts'

let made = 0

interface State {
  code: string
  label: Record<string, string>
}

/* Deals of this journey alone, all in the first state; and the process's states. */
async function some(v: Visit, n: number) {
  const mark = `看板${++made}x${v.look.width}`
  const { rows } = await api<{ rows: { id: string }[] }>(v, 'GET', '/account?limit=1')
  const deals = Array.from({ length: n }, (_, i) => ({ name: `${mark} ${i + 1}`, account: rows[0]?.id, amount: { amount: String(100 * (i + 1)), currency: 'TWD' }, engage_date: '2026-01-05' }))
  await api(v, 'POST', '/opportunity/bulk', { rows: deals })
  const meta = await api<{ processes: { name: string; states: State[] }[] }>(v, 'GET', '/meta')
  const states = (meta.processes.find((p) => p.name === 'opportunity')?.states ?? []).map((s) => ({ code: s.code, name: s.label[v.look.lang] ?? '' }))
  return { mark, states, url: `/o/opportunity/board?filter=${encodeURIComponent(`name ^= "${mark}"`)}` }
}
const column = (v: Visit, name: string) => v.page.getByRole('region', { name, exact: true })
const stage = async (v: Visit, name: string) =>
  (await api<{ rows: { stage: string }[] }>(v, 'GET', `/opportunity?fields=stage&filter=${encodeURIComponent(`name = "${name}"`)}`)).rows[0]?.stage

export const spec: Spec = {
  looks: [DESK, PHONE],
  journeys: {
    'a card is moved by its menu, with totals, and back': async (v) => {
      const { page } = v
      const { mark, states, url } = await some(v, 3)
      await page.goto(url)
      const first = column(v, states[0]?.name ?? '')
      await first.getByText('NT$600').waitFor()
      await first.getByRole('button', { name: say(v, `移動「${mark} 1」`, `Move ${mark} 1`) }).click()
      await page.getByRole('menuitem', { name: states[1]?.name ?? '', exact: true }).click()
      await column(v, states[1]?.name ?? '').getByText('NT$100').first().waitFor()
      await first.getByText('NT$500').waitFor()
      await page.getByRole('button', { name: say(v, '復原', 'Undo') }).last().click()
      await first.getByText('NT$600').waitFor()
      assert.equal(await stage(v, `${mark} 1`), states[0]?.code)
    },
    'a move that needs more asks for it': async (v) => {
      const { page } = v
      const { mark, states, url } = await some(v, 1)
      await page.goto(url)
      const lost = states.at(-1)
      await column(v, states[0]?.name ?? '').getByRole('button', { name: say(v, `移動「${mark} 1」`, `Move ${mark} 1`) }).click()
      await page.getByRole('menuitem', { name: lost?.name ?? '', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.locator('[data-field=close_date]').waitFor()
      assert.equal(await stage(v, `${mark} 1`), states[0]?.code)
      await dialog.locator('[data-field=close_date]').fill('2026-02-01')
      await dialog.locator('[data-field=loss_reason]').click()
      await page.getByRole('option').first().click()
      await dialog.locator('button[type=submit]').click()
      await dialog.waitFor({ state: 'detached' })
      assert.equal(await stage(v, `${mark} 1`), lost?.code)
      await column(v, states[0]?.name ?? '').getByText(`${mark} 1`).waitFor({ state: 'detached' })
    },
  },
}

export const desk: Spec = {
  looks: [DESK],
  journeys: {
    'a card is dragged, and moved by keyboard': async (v) => {
      const { page } = v
      const { mark, states, url } = await some(v, 2)
      await page.goto(url)
      const [from, to] = [column(v, states[0]?.name ?? ''), column(v, states[1]?.name ?? '')]
      const card = from.getByRole('article').filter({ hasText: `${mark} 1` })
      const [a, b] = [await card.boundingBox(), await to.boundingBox()]
      assert.ok(a && b)
      await page.mouse.move(a.x + 40, a.y + a.height - 8)
      await page.mouse.down()
      await page.mouse.move(b.x + b.width / 2, b.y + 200, { steps: 12 })
      await page.mouse.up()
      await to.getByRole('link', { name: `${mark} 1` }).waitFor()
      await from.getByRole('link', { name: `${mark} 2` }).focus()
      await page.keyboard.press('Shift+ArrowRight')
      await to.getByRole('link', { name: `${mark} 2` }).waitFor()
      await to.getByText('NT$300').waitFor()
      assert.equal(await stage(v, `${mark} 1`), states[1]?.code)
    },
    'columns fold and stay folded': async (v) => {
      const { page } = v
      const { states } = await some(v, 1)
      await page.goto('/o/opportunity/board')
      const name = states[0]?.name ?? ''
      await page.getByRole('button', { name: `收合「${name}」` }).click()
      await page.reload()
      await page.getByRole('button', { name: `展開「${name}」` }).click()
      await page.getByRole('button', { name: `收合「${name}」` }).waitFor()
    },
    'two thousand cards, few in the document': async (v) => {
      const { page } = v
      const { states, url } = await some(v, 2000)
      await page.goto(url)
      const first = column(v, states[0]?.name ?? '')
      await first.getByText('2000', { exact: true }).waitFor()
      const stack = first.getByRole('list')
      for (let i = 0; i < 6; i++) {
        await stack.evaluate((e) => e.scrollTo(0, e.scrollHeight))
        await page.waitForTimeout(150)
      }
      assert.ok((await first.getByRole('listitem').count()) < 60)
    },
  },
}
