/* A marketer makes a segment, sees how many it means while it is written, leaves some out, keeps a control group aside, freezes a list and takes it out. */
import assert from 'node:assert/strict'
import { api, axe, DESK, PHONE, say, settled, type Spec, unique } from './kit.ts'

export const spec: Spec = {
  looks: [DESK, PHONE],
  limitMs: 180_000,
  journeys: {
    'a segment is counted while it is written, divided, frozen and taken out': async (v) => {
      const { page } = v
      const word = unique('Segm')
      const out = unique('Out')
      for (let i = 1; i <= 12; i++) await api(v, 'POST', '/account', { name: `${word} ${i}`, employees: i })
      const left = await api<{ id: string }>(v, 'POST', '/segment', { name: out, object: 'account', filter: `name ~ "${word}" and employees <= 2` })
      await page.goto('/o/segment/new')
      await page.getByLabel(say(v, '名稱', 'Name'), { exact: false }).first().fill(word)
      const text = page.locator('form textarea').first()
      await text.fill(`name ~ "${word}"`)
      await page.getByText(say(v, '12 筆', '12 records')).waitFor()
      await text.fill(`name ~ "${word}" and employees > `)
      await page.getByText(/這裡|此處|ends where|應/).first().waitFor()
      await text.fill(`name ~ "${word}"`)

      const exclude = page.getByLabel(say(v, '排除的分群', 'Segments left out'), { exact: true }).first()
      await exclude.click()
      await exclude.fill(out)
      await page.getByRole('option', { name: out }).click()
      await page.keyboard.press('Escape')
      await page.getByText(say(v, '10 筆', '10 records')).waitFor()
      await page.getByText(say(v, /符合條件 12 筆，排除 2 筆/, /12 match, 2 left out/)).waitFor()

      await page.getByLabel(say(v, '對照組（%）', 'Control group (%)')).fill('30')
      await page.getByLabel(say(v, '分組', 'Cells'), { exact: true }).last().fill('A 4, B 100%')
      await page.getByLabel(say(v, '隨機種子', 'Seed')).fill('s1')
      await settled(v)
      await axe(v)
      await page.getByRole('button', { name: say(v, '儲存', 'Save'), exact: true }).click()
      await page.getByRole('heading', { level: 1, name: word }).waitFor()

      await page.getByRole('button', { name: say(v, '凍結名單', 'Freeze a list') }).click()
      const list = page.locator('[data-list=frozen]').first()
      await list.getByText(say(v, '10 筆', '10 records')).waitFor()
      await list.getByText(say(v, '對照組', 'Control group'), { exact: true }).first().waitFor()
      await list.getByText(say(v, '來源', 'Where it came from')).click()
      await list.getByText(`(name ~ "${word}") and not ((name ~ "${word}" and employees <= 2))`).waitFor()
      await list.getByText('s1', { exact: true }).waitFor()
      const [file] = await Promise.all([page.waitForEvent('download'), list.getByRole('button', { name: say(v, '下載 A', 'Download A') }).click()])
      assert.match(file.suggestedFilename(), /csv$/)
      await axe(v)

      const id = page.url().split('/').at(-1) ?? ''
      await page.goto(`/o/segment/overlap?ids=${id},${left.id}`)
      await page.getByText(`${word} ∩ ${out}`).waitFor()
      await axe(v)
    },
  },
}
