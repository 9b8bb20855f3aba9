/* Lists as a place to work: many records at once, cells, views, groups, paste. */
import assert from 'node:assert/strict'
import { api, DESK, type Look, type Page, PHONE, say, type Spec, type Visit } from './kit.ts'

const DESK_EN: Look = { width: 1440, lang: 'en', scheme: 'light' }

/* What the screen says, in its language. */
const button = (v: Visit, zh: string, en: string) => v.page.getByRole('button', { name: say(v, zh, en), exact: true })
let made = 0

/* Accounts of this journey alone: the start of their names. */
async function some(v: Visit, n: number, more: Record<string, unknown> = {}): Promise<string> {
  const mark = `批次${++made}x${v.look.width}`
  const rows = Array.from({ length: n }, (_, i) => ({ name: `${mark} ${String(i + 1).padStart(3, '0')}`, kind: 'organisation', rating: 'b', employees: i + 1, ...more }))
  await api(v, 'POST', '/account/bulk', { rows })
  return mark
}
const of = (mark: string, more = '') => `/o/account?filter=${encodeURIComponent(`name ^= "${mark}"`)}&sort=name${more}`
const count = (v: Visit, n: number) => v.page.getByText(say(v, `共 ${n} 筆`, `${n} records`), { exact: true }).waitFor()
const counted = async (v: Visit, filter: string) => (await api<{ count: number }>(v, 'GET', `/account/count?filter=${encodeURIComponent(filter)}`)).count
const cell = (page: Page, row: number, column: number) => page.getByRole('rowgroup').nth(1).getByRole('row').nth(row).getByRole('gridcell').nth(column)

async function chooseAll(v: Visit) {
  if (v.phone) {
    await button(v, '選取資料', 'Select records').click()
    await v.page.getByRole('checkbox').first().check()
    await v.page.getByRole('button', { name: /^Select all \d+ that match$/ }).click()
  } else await v.page.getByRole('checkbox', { name: say(v, '選取所有符合的資料', 'Select all that match') }).check()
}

export const spec: Spec = {
  looks: [DESK, PHONE],
  journeys: {
    'all that match are changed as one, and taken back as one': async (v) => {
      const { page } = v
      const mark = await some(v, 300)
      await page.goto(of(mark))
      await count(v, 300)
      await chooseAll(v)
      await page.getByText(say(v, '已選取 300 筆', '300 selected')).waitFor()
      await button(v, '修改欄位', 'Edit fields').click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('combobox').fill(say(v, '客戶等級', 'Rating'))
      await page.getByRole('option', { name: say(v, '客戶等級', 'Rating'), exact: true }).click()
      await dialog.getByText(/^300 records will be changed|將修改 300 筆/).waitFor()
      await dialog.locator('[data-field=rating]').click()
      await page.getByRole('option').first().click()
      await dialog.locator('button[type=submit]').click()
      const panel = page.getByRole('region', { name: say(v, '批次變更', 'Changes under way') })
      await panel.getByText(say(v, '已變更 300 筆', '300 changed')).waitFor()
      assert.equal(await counted(v, `name ^= "${mark}" and rating = "a"`), 300)
      await panel.getByRole('button', { name: say(v, '復原', 'Undo') }).click()
      await panel.getByText(say(v, '批次修改已復原', 'Changing: undone')).waitFor()
      assert.equal(await counted(v, `name ^= "${mark}" and rating = "b"`), 300)
    },
    'all but one are deleted, and restored': async (v) => {
      const { page } = v
      const mark = await some(v, 5)
      await page.goto(of(mark))
      await count(v, 5)
      await chooseAll(v)
      await page.getByRole('checkbox', { name: `${mark} 002` }).uncheck()
      await page.getByText(say(v, '已選取 4 筆', '4 selected')).waitFor()
      await button(v, '刪除', 'Delete').click()
      await page.getByRole('dialog').getByText(/^4 records will go|將刪除 4 筆/).waitFor()
      await page.getByRole('dialog').locator('button[type=submit]').click()
      const panel = page.getByRole('region', { name: say(v, '批次變更', 'Changes under way') })
      await panel.getByText(say(v, '已變更 4 筆', '4 changed')).waitFor()
      await page.getByRole('link', { name: `${mark} 001` }).waitFor({ state: 'detached' })
      await panel.getByRole('button', { name: say(v, '復原', 'Undo') }).click()
      await page.getByRole('link', { name: `${mark} 001` }).waitFor()
    },
    'a view is saved, shared, begun with, and deleted': async (v) => {
      const { page } = v
      const mark = await some(v, 3)
      const name = `${mark} 檢視`
      await page.goto(of(mark))
      await count(v, 3)
      await button(v, '全部', 'All').click()
      await page.getByRole('menuitem', { name: say(v, '另存新檢視', 'Save as a new view') }).click()
      await page.getByRole('textbox', { name: say(v, '檢視名稱', 'Name of the view') }).fill(name)
      await page.getByRole('checkbox', { name: say(v, '分享給所有人', 'Share with everybody') }).check()
      await button(v, '儲存', 'Save').click()
      await page.waitForURL(/view=\d+/)
      await button(v, name, name).click()
      await page.getByRole('menuitem', { name: say(v, '設為我的預設檢視', 'Begin with this view') }).click()
      await page.getByText(say(v, `已儲存檢視：${name}`, `View saved: ${name}`)).first().waitFor()
      await page.goto('/o/account')
      await page.waitForURL(/view=\d+/)
      await count(v, 3)
      await button(v, name, name).click()
      await page.getByRole('menuitem', { name: say(v, '刪除此檢視', 'Delete this view') }).click()
      await page.waitForURL(/view=all/)
      await page.goto('/o/account')
      await button(v, '全部', 'All').waitFor()
    },
    'groups have counts and totals, and fold': async (v) => {
      const { page } = v
      const mark = await some(v, 4)
      await api(v, 'POST', '/account/bulk', { rows: [{ name: `${mark} z`, rating: 'a', employees: 100 }] })
      await page.goto(of(mark, '&group=rating'))
      await count(v, 5)
      const heads = v.phone ? page.getByRole('listitem').locator('button[aria-expanded]') : page.locator('[data-group]')
      await heads.nth(1).waitFor()
      const texts = await heads.allTextContents()
      assert.match(texts[0] ?? '', /^A.*1/)
      assert.match(texts[1] ?? '', /^B.*4/)
      await page.getByRole('link', { name: `${mark} z` }).waitFor()
      await heads.first().click()
      await page.getByRole('link', { name: `${mark} z` }).waitFor({ state: 'detached' })
    },
  },
}

export const desk: Spec = {
  looks: [DESK, DESK_EN],
  journeys: {
    'cells are typed into: kept, refused, undone, by keyboard alone': async (v) => {
      const { page } = v
      const mark = await some(v, 3)
      await page.goto(of(mark))
      await count(v, 3)
      await page.getByRole('grid').focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('F2')
      const input = page.getByRole('grid').getByRole('textbox')
      await input.fill(`${mark} new`)
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: `${mark} new` }).waitFor()
      await page.getByText(/^(已儲存：|Saved: )/).first().waitFor()
      assert.equal(await counted(v, `name = "${mark} new"`), 1)
      await page.keyboard.press('Control+z')
      await page.getByRole('link', { name: `${mark} 001` }).waitFor()
      await page.getByText(say(v, '已復原', 'Undone')).first().waitFor()
      assert.equal(await counted(v, `name = "${mark} 001"`), 1)
      /* What the server refuses comes back as it was, with the reason. */
      await page.keyboard.press('F2')
      await input.fill('')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').or(page.locator('[data-kind=wrong]')).first().waitFor()
      await page.getByRole('link', { name: `${mark} 001` }).waitFor()
      await page.keyboard.press('F2')
      await input.fill('never kept')
      await page.keyboard.press('Escape')
      await page.getByRole('link', { name: `${mark} 001` }).waitFor()
    },
    'a block of a spreadsheet is pasted, looked at, kept and undone': async (v) => {
      const { page } = v
      const mark = await some(v, 3)
      await page.goto(of(mark))
      await count(v, 3)
      await page.getByRole('grid').focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowRight')
      await page.getByRole('grid').evaluate((grid, text) => {
        const clipboardData = new DataTransfer()
        clipboardData.setData('text/plain', text)
        grid.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
      }, `${mark} one\tperson\n${mark} two\tnonsense\n${mark} three\torganisation\n`)
      const dialog = page.getByRole('dialog')
      await dialog.getByText(say(v, '可變更 2 列。', '2 rows can be changed.')).waitFor()
      await dialog.getByText('nonsense').first().waitFor()
      await dialog.getByRole('button', { name: say(v, '貼上 2 列', 'Paste into 2 rows') }).click()
      const panel = page.getByRole('region', { name: say(v, '批次變更', 'Changes under way') })
      await panel.getByText(say(v, '已變更 2 筆', '2 changed')).waitFor()
      await page.getByRole('link', { name: `${mark} one` }).waitFor()
      await panel.getByRole('button', { name: say(v, '哪些，為什麼', 'Which, and why') }).click()
      await panel.getByText(/nonsense/).waitFor()
      await panel.getByRole('button', { name: say(v, '復原', 'Undo') }).click()
      await page.getByRole('link', { name: `${mark} 001` }).waitFor()
    },
    'a choice given as text is a whole condition, and a wrong address is said once': async (v) => {
      const { page } = v
      await page.goto(`/o/account?filter=${encodeURIComponent('rating = "b"')}`)
      await button(v, '篩選', 'Filter').click()
      await page.getByRole('textbox', { name: say(v, '運算式', 'Expression') }).waitFor()
      assert.equal(await page.getByRole('combobox', { name: say(v, '條件', 'Condition') }).inputValue(), say(v, '是下列之一', 'is one of'))
      await page.locator('form').getByText(/^B/).waitFor()
      await page.goto(`/o/account?filter=${encodeURIComponent('ratin = "b"')}`)
      await page.locator('form').getByText(/ratin/).first().waitFor()
      assert.equal(await page.getByRole('alert').count(), 0)
    },
    'a column is widened and stays so': async (v) => {
      const { page } = v
      await page.goto('/o/account?view=all')
      const head = page.getByRole('columnheader').nth(1)
      const box = await head.boundingBox()
      assert.ok(box)
      await page.mouse.move(box.x + box.width - 3, box.y + box.height / 2)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width + 97, box.y + box.height / 2, { steps: 4 })
      await page.mouse.up()
      await page.reload()
      await head.waitFor()
      assert.ok(Math.abs(((await head.boundingBox())?.width ?? 0) - box.width - 100) < 8)
      await cell(page, 0, 1).waitFor()
    },
  },
}
