/* Calendars: days, weeks and months; moved by hand and by keyboard; created by a click. */
import assert from 'node:assert/strict'
import { api, axe, colleague, DESK, PHONE, say, type Spec, unique, type Visit } from './kit.ts'

/* A Wednesday long after the demo's days; local times are those of Taipei. */
const DAY = '2031-04-16'
const at = (time: string) => `${DAY}T${time}:00+08:00`
const local = (iso: string) => new Date(Date.parse(iso) + 8 * 3600_000).toISOString().slice(0, 16)

async function some(v: Visit, time = '10:00') {
  for (const row of (await api<{ rows: { id: string }[] }>(v, 'GET', '/activity?fields=id&filter=at > 2031-01-01')).rows) await api(v, 'DELETE', `/activity/${row.id}`)
  const subject = unique(say(v, '拜訪王記茶行', 'Visit the tea house'))
  const { id } = await api<{ id: string }>(v, 'POST', '/activity', { subject, kind: 'visit', at: at(time), duration: 'PT1H' })
  const now = async () => {
    const r = await api<{ at: string; duration: string }>(v, 'GET', `/activity/${id}`)
    return { at: local(r.at), duration: r.duration }
  }
  return { id, subject, now }
}
const eventually = async (what: () => Promise<unknown>, is: unknown) => {
  for (let i = 0; i < 50; i++) {
    if ((await what()) === is) return
    await new Promise((r) => setTimeout(r, 100))
  }
  assert.equal(await what(), is)
}

export const spec: Spec = {
  looks: [DESK, PHONE],
  journeys: {
    'months, days and the agenda show the same, and open it': async (v) => {
      const { page } = v
      const { id, subject } = await some(v)
      await page.goto(`/calendar?view=agenda&day=${DAY}`)
      await page.getByRole('link', { name: subject }).waitFor()
      await axe(v)
      await page.goto(`/calendar?view=month&day=${DAY}`)
      await page.getByRole('grid').waitFor()
      await axe(v)
      await page.getByRole('button', { name: say(v, '2031年4月16日', '16 April 2031') }).click()
      await page.waitForURL(/view=day/)
      const event = page.getByRole('link', { name: subject })
      await event.waitFor()
      await axe(v)
      await event.focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(`**/o/activity/${id}`)
    },
    'a time is typed in the move dialog, and taken back': async (v) => {
      const { page } = v
      const { subject, now } = await some(v)
      await page.goto(`/calendar?view=agenda&day=${DAY}`)
      const link = page.getByRole('link', { name: subject })
      await link.focus()
      if (v.phone) await page.getByRole('button', { name: `Move ${subject}` }).click()
      else await page.keyboard.press('m')
      const dialog = page.getByRole('dialog')
      await dialog.locator('[data-field=at]').fill(`${DAY}T15:30`)
      await axe(v)
      await dialog.locator('button[type=submit]').click()
      await page.getByText(/^(已移動|Moved)/).waitFor()
      await eventually(async () => (await now()).at, `${DAY}T15:30`)
      await page.getByRole('button', { name: say(v, '復原', 'Undo') }).last().click()
      await eventually(async () => (await now()).at, `${DAY}T10:00`)
    },
    'every object with dates has a calendar': async (v) => {
      const { page } = v
      const name = unique('Spring deal')
      await api(v, 'POST', '/opportunity', { name, expected_close_date: DAY, amount: '100' })
      await page.goto(`/o/opportunity/calendar?view=agenda&day=${DAY}`)
      await page.getByRole('link', { name }).waitFor()
      await page.locator('main').getByRole('link', { name: say(v, '看板', 'Board'), exact: true }).click()
      await page.waitForURL('**/o/opportunity/board**')
      await page.locator('main').getByRole('link', { name: say(v, '行事曆', 'Calendar'), exact: true }).click()
      await page.waitForURL('**/o/opportunity/calendar**')
    },
  },
}

export const desk: Spec = {
  looks: [DESK, { width: 1440, lang: 'en', scheme: 'dark' }],
  journeys: {
    'an event is dragged, stretched, and moved by keys': async (v) => {
      const { page } = v
      const { subject, now } = await some(v)
      await page.goto(`/calendar?view=week&day=${DAY}`)
      const event = page.locator('[data-event]').filter({ hasText: subject })
      await event.waitFor()
      await axe(v)
      const [a, day] = [await event.boundingBox(), await page.locator('[data-hours="2031-04-17"]').boundingBox()]
      assert.ok(a && day)
      const hour = day.height / 24
      await page.mouse.move(a.x + 30, a.y + 10)
      await page.mouse.down()
      await page.mouse.move(day.x + 40, a.y + 10 + hour * 2, { steps: 12 })
      await page.mouse.up()
      await eventually(async () => (await now()).at, '2031-04-17T12:00')
      await page.locator('[data-hours="2031-04-17"] [data-event]').filter({ hasText: subject }).waitFor()
      const edge = await event.locator('[data-edge]').boundingBox()
      assert.ok(edge)
      await page.mouse.move(edge.x + 20, edge.y + 4)
      await page.mouse.down()
      await page.mouse.move(edge.x + 20, edge.y + 4 + hour / 2, { steps: 6 })
      await page.mouse.up()
      await eventually(async () => (await now()).duration, 'PT1H30M')
      await event.getByRole('link').focus()
      await page.keyboard.press('Shift+ArrowLeft')
      await eventually(async () => (await now()).at, `${DAY}T12:00`)
      await page.locator(`[data-hours="${DAY}"] [data-event] a:focus`).waitFor()
      await page.keyboard.press('Shift+ArrowUp')
      await eventually(async () => (await now()).at, `${DAY}T11:45`)
      await page.locator(`[data-hours="${DAY}"] [data-event] a:focus`).waitFor()
      await page.keyboard.press('ArrowRight')
      await page.locator('[data-head="2031-04-17"]:focus').waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(/view=day.*2031-04-17|2031-04-17.*view=day/)
    },
    'an empty place makes one there': async (v) => {
      const { page } = v
      await page.goto(`/calendar?view=week&day=${DAY}`)
      const box = await page.locator(`[data-hours="${DAY}"]`).boundingBox()
      assert.ok(box)
      await page.mouse.click(box.x + 60, box.y + (box.height / 24) * 14.2)
      await page.waitForURL('**/o/activity/new**')
      assert.equal(await page.locator('[data-field=at]').inputValue(), `${DAY}T14:00`)
    },
    'what somebody else moved meanwhile is not overwritten, and shows by itself': async (v) => {
      const { page } = v
      const { id, subject, now } = await some(v)
      await page.goto(`/calendar?view=week&day=${DAY}`)
      const event = page.locator('[data-event]').filter({ hasText: subject })
      await event.waitFor()
      const other = await colleague(v, '林美玲')
      try {
        await api(other, 'PATCH', `/activity/${id}`, { at: '2031-04-18T10:00:00+08:00' })
        await page.locator('[data-hours="2031-04-18"] [data-event]').filter({ hasText: subject }).waitFor()
        /* As if the news had not come yet. */
        await page.route(`**/api/v1/activity/${id}`, (route) => route.request().method() === 'PATCH' ? route.continue({ headers: { ...route.request().headers(), 'if-match': '"1"' } }) : route.continue())
        await event.getByRole('link').focus()
        await page.keyboard.press('Shift+ArrowLeft')
        await page.locator('[data-hours="2031-04-18"] [data-event]').filter({ hasText: subject }).waitFor()
        assert.equal((await now()).at, '2031-04-18T10:00')
      } finally {
        await other.close()
      }
    },
  },
}
