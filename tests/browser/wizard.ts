/* wizard.ts - the import wizard as a hand on the mouse goes through it, in either language. */
import type { Locator, Page, Visit } from './kit.ts'

/* Work in the background, under a debugging build and beside other tests. */
const WORK_MS = 60_000

const WORDS = {
  'zh-Hant': {
    field: '欄位', also: '同時對應到另一個欄位', skip: '不匯入', remove: '移除', both: '新增與更新', fixed: '固定值', value: '值', colon: '：',
    add: '加入固定值', check: '檢查', rows: '逐列結果', run: /^匯入 [\d,]+ 筆$/, done: '匯入完成', apply: '套用並重新檢查',
    undo: '復原整批匯入', stop: '停止', cancelled: '匯入已取消', resume: '繼續',
  },
  en: {
    field: 'Field', also: 'Put it into another field too', skip: 'Leave out', remove: 'Remove', both: 'Add and update', fixed: 'Fixed value', value: 'value', colon: ': ',
    add: 'Add a fixed value', check: 'Check', rows: 'Row by row', run: /^Import ([\d,]+|one) rows?$/, done: 'The import is done', apply: 'Apply and check again',
    undo: 'Undo the whole import', stop: 'Stop', cancelled: 'The import was cancelled', resume: 'Resume',
  },
} as const

export const words = ({ look }: Visit) => WORDS[look.lang]

export interface Upload {
  name: string
  mimeType: string
  buffer: Buffer
}

export interface Steps {
  object: string
  file: string | Upload
  /* By column of the file: labels of the fields it goes into; none: left out. */
  columns: Record<string, string[]>
  /* By label of a field: what is chosen or typed, the same for every row. */
  constants?: Record<string, string>
  both?: boolean
}

export async function handIn({ page }: Visit, object: string, file: string | Upload) {
  await page.goto(`/import?object=${object}`)
  await page.locator('input[type=file]').setInputFiles(file)
  await page.waitForURL(/\/import\/\d+/)
  await page.getByRole('heading', { level: 2 }).first().waitFor()
}

async function pick(page: Page, box: Locator, label: string) {
  if ((await box.inputValue()) === label) return
  await box.fill(label)
  await page.getByRole('option', { name: label, exact: true }).click()
}

/* Columns that are guessed wrongly are cleared first, so that their fields are free. */
export async function mapColumns(v: Visit, columns: Record<string, string[]>) {
  const { page } = v
  const w = words(v)
  const box = (column: string, k: number) => page.getByRole('combobox', { name: `${column}: ${w.field}${k ? ` ${k + 1}` : ''}`, exact: true })
  for (const [column, labels] of Object.entries(columns)) {
    for (let k = 3; k > 0; k--) {
      const drop = page.getByRole('button', { name: `${column}: ${w.remove} ${k + 1}`, exact: true })
      if ((await drop.count()) > 0 && (await box(column, k).inputValue()) !== labels[k]) await drop.click()
    }
    const held = await box(column, 0).inputValue()
    if (held !== labels[0]) await pick(page, box(column, 0), w.skip)
  }
  for (const [column, labels] of Object.entries(columns)) {
    for (const [k, label] of labels.entries()) {
      if (k > 0 && (await box(column, k).count()) === 0) await page.getByRole('button', { name: `${column}: ${w.also}` }).click()
      await pick(page, box(column, k), label)
    }
  }
}

export async function setConstants(v: Visit, constants: Record<string, string>) {
  const { page } = v
  const w = words(v)
  for (const [i, [label, value]] of Object.entries(constants).entries()) {
    await page.getByRole('button', { name: w.add }).click()
    await pick(page, page.getByRole('combobox', { name: `${w.fixed} ${i + 1}${w.colon}${w.field}`.replace('：', ': ') }), label)
    const box = page.getByRole('combobox', { name: `${label}${': '}${w.value}` })
    const line = page.getByRole('textbox', { name: `${label}${': '}${w.value}` })
    await box.or(line).waitFor()
    if (await box.count()) {
      await box.click()
      await page.getByRole('option', { name: value, exact: true }).click()
    } else {
      await line.fill(value)
      await line.blur()
    }
  }
}

export async function check(v: Visit) {
  const { page } = v
  await page.getByRole('button', { name: words(v).check, exact: true }).click()
  await page.getByRole('heading', { name: words(v).rows }).waitFor({ timeout: WORK_MS })
}

export async function run(v: Visit) {
  const { page } = v
  await page.getByRole('button', { name: words(v).run }).click()
  await done(v)
}

export const done = (v: Visit) => v.page.getByRole('heading', { name: words(v).done }).waitFor({ timeout: WORK_MS })

export async function prepare(v: Visit, steps: Steps) {
  await handIn(v, steps.object, steps.file)
  await mapColumns(v, steps.columns)
  await setConstants(v, steps.constants ?? {})
  if (steps.both) await v.page.getByText(words(v).both, { exact: true }).click()
}

/* "new updated same problems", as the page shows them. */
export async function counts({ page }: Visit): Promise<string> {
  const texts = await page.locator('dl[class*=counts] dd').allInnerTexts()
  return texts.map((t) => t.replace(/\D/g, '')).join(' ')
}

/* The newest import that can be undone, from the list of all. */
export async function undoNewest(v: Visit) {
  const { page } = v
  const buttons = page.getByRole('button', { name: new RegExp(`${words(v).undo}$`) })
  await buttons.first().waitFor()
  const before = await buttons.count()
  await buttons.first().click()
  await page.getByRole('dialog').getByRole('button', { name: words(v).undo, exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await buttons.nth(before - 1).waitFor({ state: 'detached', timeout: WORK_MS })
  await page.locator('[data-state=undoing]').waitFor({ state: 'detached', timeout: WORK_MS })
}
