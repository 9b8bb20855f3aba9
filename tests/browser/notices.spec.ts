/* What one should know before working on a customer: who else is at it, and who may be the same. */
import { api, axe, colleague, type Look, say, settled, type Spec, unique } from './kit.ts'

interface Made {
  id: string
  version: number
  [field: string]: unknown
}

const looks: Look[] = [
  { width: 1440, lang: 'zh-Hant', scheme: 'light' },
  { width: 390, lang: 'en', scheme: 'dark' },
]

export const spec: Spec = {
  looks,
  journeys: {
    'possible duplicates are named, with what is alike, and can be opened by keyboard': async (v) => {
      const { page } = v
      const name = unique('大同')
      const twin = await api<Made>(v, 'POST', '/account', { name: `${name} twin`, kind: 'organisation', email: `${name.replace(/\W/g, '')}@example.com` })
      const { id } = await api<Made>(v, 'POST', '/account', { name, kind: 'organisation', other_email: String(twin.email) })
      await page.goto(`/o/account/${id}`)
      await page.getByText(say(v, '可能重複的資料（1）', 'Possible duplicates (1)')).waitFor()
      await page.getByText(say(v, '其他電子郵件相同', 'same Other e-mail')).waitFor()
      await axe(v)
      await page.getByRole('link', { name: `${name} twin` }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(`**/o/account/${twin.id}`)
    },
    'while a new record is typed it is said that it is there already': async (v) => {
      const { page } = v
      const name = unique('裕隆')
      const { id } = await api<Made>(v, 'POST', '/account', { name, kind: 'organisation' })
      await page.goto('/o/account/new')
      await page.locator('[data-field=name]').fill(name)
      await page.getByText(say(v, '可能已經有這筆資料：', 'This may be there already:')).waitFor()
      await axe(v)
      await page.locator('[data-field=name]').fill(`${name} and more`)
      await page.getByRole('link', { name }).waitFor({ state: 'detached' })
      await page.locator('[data-field=name]').fill(name)
      page.on('dialog', (dialog) => void dialog.accept())
      await page.getByRole('link', { name }).click()
      await page.waitForURL(`**/o/account/${id}`)
    },
    'somebody else opens, edits and leaves the record: it is said at once': async (v) => {
      const { page } = v
      const { id } = await api<Made>(v, 'POST', '/account', { name: unique('台達'), kind: 'organisation' })
      await page.goto(`/o/account/${id}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await settled(v)
      const other = await colleague(v, '王小明')
      await other.page.goto(`/o/account/${id}`)
      await page.getByText(say(v, '王小明也在看這筆資料。', '王小明 has this record open too.')).waitFor()
      await other.page.goto(`/o/account/${id}/edit`)
      await page.getByText(say(v, '王小明正在編輯這筆資料。', '王小明 is editing this record.')).waitFor()
      await axe(v)
      await other.page.getByRole('button', { name: say(v, '取消', 'Cancel') }).click()
      await page.getByText(say(v, '王小明也在看這筆資料。', '王小明 has this record open too.')).waitFor()
      await other.page.getByRole('link', { name: say(v, '首頁', 'Home') }).first().click()
      await page.getByText('王小明').waitFor({ state: 'detached' })
      await other.close()
    },
    'what others have under way with the customer is listed': async (v) => {
      const { page } = v
      const { id } = await api<Made>(v, 'POST', '/account', { name: unique('和碩'), kind: 'organisation' })
      const other = await colleague(v, '陳美玲')
      await api(other, 'POST', '/activity', { kind: 'task', subject: 'Send the offer', account: id })
      await api(other, 'POST', '/opportunity', { name: 'Line two', account: id })
      await page.goto(`/o/account/${id}`)
      await page.getByText(say(v, '陳美玲也在經營這個客戶，有 2 項進行中。', 'Others are at work on this customer (陳美玲): 2 under way.')).waitFor()
      await page.getByRole('button', { name: say(v, '顯示', 'Show'), exact: true }).click()
      await page.getByRole('link', { name: 'Send the offer' }).first().waitFor()
      await axe(v)
      await other.close()
    },
  },
}
