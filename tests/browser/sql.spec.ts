/* A person who asks for figures: a lesson, a question of one's own, a mistake, a name for it. */
import { axe, type Look, say, settled, type Spec, unique } from './kit.ts'

const looks: Look[] = [
  { width: 1440, lang: 'zh-Hant', scheme: 'light' },
  { width: 390, lang: 'en', scheme: 'dark' },
]

export const spec: Spec = {
  looks,
  journeys: {
    'sql: a lesson is tried, the answer comes, a mistake is shown where it stands': async (v) => {
      const { page } = v
      await page.goto('/sql')
      const run = page.getByRole('button', { name: say(v, '執行', 'Run'), exact: true })
      await page.getByRole('button', { name: say(v, '試試看: 各有多少', 'Try it: How many of each') }).click()
      await page.getByText(say(v, '白話說明', 'In plain words')).waitFor()
      await run.click()
      await page.getByRole('columnheader', { name: 'how_many' }).waitFor()
      await page.getByRole('cell', { name: 'won', exact: true }).waitFor()
      await settled(v)
      await axe(v)
      const editor = page.getByRole('textbox', { name: say(v, 'SQL 查詢', 'Question in SQL') })
      await editor.focus()
      await page.keyboard.press('Control+a')
      await page.keyboard.press('Delete')
      await page.keyboard.type('SELECT nme FROM account')
      await page.keyboard.press('Control+Enter')
      await page.getByText(say(v, '是否是指「name」？', 'Did you mean "name"?')).waitFor()
      await axe(v)
    },
    'sql: a question is saved, opened again and deleted; what was asked is remembered': async (v) => {
      const { page } = v
      const name = unique('客戶數')
      await page.goto('/sql')
      const editor = page.getByRole('textbox', { name: say(v, 'SQL 查詢', 'Question in SQL') })
      await editor.focus()
      await page.keyboard.press('Control+a')
      await page.keyboard.press('Delete')
      await page.keyboard.type('SELECT count(*) AS customers FROM account')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('columnheader', { name: 'customers' }).waitFor()
      await page.getByRole('button', { name: say(v, '儲存', 'Save'), exact: true }).click()
      await page.getByRole('textbox', { name: say(v, '名稱', 'Name') }).fill(name)
      await axe(v)
      await page.keyboard.press('Enter')
      await page.getByRole('tab', { name: say(v, '已儲存', 'Saved') }).click()
      await page.getByRole('button', { name: say(v, `開啟「${name}」`, `Open ${name}`) }).click()
      await axe(v)
      await page.getByRole('button', { name: say(v, `刪除「${name}」`, `Delete ${name}`) }).click()
      await page.getByRole('button', { name: say(v, `開啟「${name}」`, `Open ${name}`) }).waitFor({ state: 'detached' })
      await page.getByRole('tab', { name: say(v, '紀錄', 'History') }).click()
      await page.getByText('SELECT count(*) AS customers FROM account').last().waitFor()
    },
  },
}
