/* Everything on a record as one stream: added at once, filtered, and files dropped on the page. */
import assert from 'node:assert/strict'
import { api, axe, say, type Spec, unique, type Visit } from './kit.ts'

interface Made {
  id: string
  version: number
  [field: string]: unknown
}

const account = (v: Visit) => api<Made>(v, 'POST', '/account', { name: unique('宏碁'), kind: 'organisation' })

/* As a hand would: what is dragged in from the desktop. */
async function drop(v: Visit, name: string, content: string) {
  const { page } = v
  const transfer = await page.evaluateHandle(
    ([n, c]) => {
      const t = new DataTransfer()
      t.items.add(new File([c ?? ''], n ?? ''))
      return t
    },
    [name, content],
  )
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: transfer })
  await page.getByText(say(v, '放開即可附加檔案', 'Let go to attach')).waitFor()
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
}

export const spec: Spec = {
  journeys: {
    'a note, a call and a task are added where one is, and the stream is filtered': async (v) => {
      const { page } = v
      const { id } = await account(v)
      await page.goto(`/o/account/${id}?tab=timeline`)
      const add = page.getByRole('group', { name: say(v, '新增到這筆資料', 'Add to this record') })
      await add.getByRole('button', { name: say(v, '備忘', 'Note') }).click()
      await page.locator('[data-field=description]').fill('# 詢問交期\n\n- 要 **兩週**\n- <b>x</b>')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('link', { name: '詢問交期' }).waitFor()
      await page.locator('li strong', { hasText: '兩週' }).waitFor()
      await page.getByText('<b>x</b>').waitFor()
      await add.getByRole('button', { name: say(v, '電話', 'Call') }).click()
      await page.locator('[data-field=subject]').fill('回電確認')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('link', { name: '回電確認' }).waitFor()
      await add.getByRole('button', { name: say(v, '待辦', 'Task') }).click()
      await page.locator('[data-field=subject]').fill('寄型錄')
      await page.locator('[data-field=at]').fill('2031-01-02T09:00')
      await page.keyboard.press('Enter')
      await page.getByRole('region', { name: say(v, '即將到來', 'To come') }).getByRole('link', { name: '寄型錄' }).waitFor()
      await page.getByText(say(v, '建立了這筆資料', 'made this record')).waitFor()
      await axe(v)
      const only = page.getByRole('group', { name: say(v, '只看', 'Show only') })
      await only.getByRole('button', { name: say(v, '電話', 'Call') }).click()
      await page.getByText(say(v, '建立了這筆資料', 'made this record')).waitFor({ state: 'detached' })
      assert.equal(await page.getByRole('link', { name: '回電確認' }).count(), 1)
      assert.equal(await page.getByRole('link', { name: '寄型錄' }).count(), 0)
      await only.getByRole('button', { name: say(v, '全部', 'All'), exact: true }).click()
      await page.getByRole('button', { name: say(v, '完成「寄型錄」', 'Done: 寄型錄') }).click()
      await page.getByText(say(v, '已完成', 'Done'), { exact: true }).first().waitFor()
      const done = await api<{ rows: Made[] }>(v, 'GET', `/activity?filter=${encodeURIComponent(`account = "${id}" and kind = "task"`)}`)
      assert.equal(done.rows[0]?.status, 'done')
    },
    'a file dropped on the page is kept with the record and comes back whole': async (v) => {
      const { page } = v
      const { id } = await account(v)
      await page.goto(`/o/account/${id}?tab=timeline`)
      await page.getByText(say(v, '建立了這筆資料', 'made this record')).waitFor()
      await drop(v, '報價單 100%.txt', '一二三')
      const link = page.getByRole('link', { name: '報價單 100%.txt' })
      await link.waitFor()
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
      assert.equal(download.suggestedFilename(), '報價單 100%.txt')
      const found = await api<{ rows: Made[] }>(v, 'GET', `/file?filter=${encodeURIComponent(`account = "${id}"`)}`)
      assert.equal(found.rows[0]?.size, 9)
      await axe(v)
    },
    'what somebody writes is shown as Markdown and can do nothing': async (v) => {
      const { page } = v
      const evil = ['<img src=x onerror=alert(1)>', '<script>alert(2)</script>', '[click](javascript:alert(3))', '![p](https://evil.example/p.png)', '[good](https://good.example/a)', '| a | b |', '|---|--:|', '| 1 | 2 |'].join('\n\n').replace('|\n\n|', '|\n|').replace('|\n\n|', '|\n|')
      const { id } = await api<Made>(v, 'POST', '/account', { name: unique('聯發'), kind: 'organisation', description: evil })
      await page.goto(`/o/account/${id}`)
      await page.getByRole('link', { name: 'good' }).waitFor()
      assert.equal(await page.getByRole('link', { name: 'good' }).getAttribute('href'), 'https://good.example/a')
      assert.equal(await page.getByRole('link', { name: 'click' }).count(), 0)
      await page.getByText('<img src=x onerror=alert(1)>').waitFor()
      await page.getByText('<script>alert(2)</script>').waitFor()
      await page.getByRole('cell', { name: '2' }).waitFor()
      assert.equal(await page.locator('main img, main script').count(), 0)
      await axe(v)
    },
    'older pages of the stream come by a button': async (v) => {
      const { page } = v
      const { id } = await account(v)
      for (let i = 1; i <= 35; i++) await api(v, 'PATCH', `/account/${id}`, { employees: i })
      await page.goto(`/o/account/${id}?tab=timeline`)
      await page.getByText(say(v, '修改了欄位', 'changed fields')).first().waitFor()
      assert.equal(await page.getByText(say(v, '建立了這筆資料', 'made this record')).count(), 0)
      await page.getByRole('button', { name: say(v, '載入更多', 'Show more') }).click()
      await page.getByText(say(v, '建立了這筆資料', 'made this record')).waitFor()
    },
  },
}
