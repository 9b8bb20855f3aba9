/* Privacy: what a person agreed to, a rule of retention tried, and a person erased. */
import { api, axe, DESK, type Look, say, settled, type Spec, unique, type Visit } from './kit.ts'

const PHONE_EN: Look = { width: 390, lang: 'en', scheme: 'dark' }

/* With SHOTS_PRIVACY=folder: pictures for people to look at. */
async function shot(v: Visit, name: string) {
  const folder = process.env.SHOTS_PRIVACY
  if (!folder) return
  await settled(v)
  await v.page.screenshot({ path: `${folder}/${name}-${v.look.width}-${v.look.lang}-${v.look.scheme}.png`, fullPage: true })
}

export const spec: Spec = {
  looks: [DESK, PHONE_EN],
  limitMs: 120_000,
  journeys: {
    'consents of a person: given, withdrawn': async (v) => {
      const { page } = v
      const purpose = unique('電子報')
      await api(v, 'POST', '/purpose', { name: purpose, code: unique('news').replace(' ', '_'), text_version: 2, text_shown: '我們可以每月寄一封電子報給您嗎？' })
      const { id } = await api<{ id: string }>(v, 'POST', '/contact', { name: unique('同意的人') })
      await page.goto(`/o/contact/${id}`)
      const cell = page.getByRole('button', { name: new RegExp(`^${purpose}.*(電子郵件|E-mail)`) })
      await cell.click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('我們可以每月寄一封電子報給您嗎？').waitFor()
      await dialog.getByLabel(say(v, '取得方式', 'How it was given')).selectOption('paper')
      await shot(v, 'consent')
      await axe(v)
      await dialog.getByRole('button', { name: say(v, '儲存', 'Save') }).click()
      await dialog.waitFor({ state: 'detached' })
      await page.getByRole('button', { name: new RegExp(`^${purpose}.*${say(v, '同意', 'Given')}`) }).click()
      await dialog.getByLabel(say(v, '說明', 'Note')).fill(say(v, '來電要求', 'called'))
      await dialog.getByRole('button', { name: say(v, '儲存', 'Save') }).click()
      await page.getByRole('button', { name: new RegExp(`^${purpose}.*${say(v, '已撤回', 'Withdrawn')}`) }).waitFor()
      await shot(v, 'record')
      await axe(v)
    },
    'a rule is tried, saved and removed': async (v) => {
      const { page } = v
      const name = unique('rule')
      await page.goto('/admin/privacy')
      await page.getByRole('button', { name: say(v, '新增規則', 'New rule') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(say(v, '名稱', 'Name'), { exact: true }).fill(name)
      await dialog.getByLabel(say(v, '保存天數', 'Kept for days')).fill('36000')
      await dialog.getByLabel(say(v, '僅限符合條件者', 'Only those where')).fill('nme = 1')
      await dialog.getByRole('button', { name: say(v, '試算', 'Try') }).click()
      await dialog.getByRole('alert').waitFor()
      await dialog.getByLabel(say(v, '僅限符合條件者', 'Only those where')).fill('status = "left"')
      await dialog.getByRole('button', { name: say(v, '試算', 'Try') }).click()
      await dialog.getByRole('status').waitFor()
      await shot(v, 'rule')
      await axe(v)
      await dialog.getByRole('button', { name: say(v, '儲存', 'Save') }).click()
      const line = page.getByRole('listitem').filter({ hasText: name })
      await line.getByRole('button').click()
      await dialog.getByRole('button', { name: say(v, '刪除規則', 'Remove the rule') }).click()
      await line.waitFor({ state: 'detached' })
    },
    'a person is erased': async (v) => {
      const { page } = v
      const name = unique('要刪除的人')
      const { id } = await api<{ id: string }>(v, 'POST', '/contact', { name, email: 'gone@example.com' })
      await api(v, 'POST', '/activity', { subject: '談話', contact: id })
      await page.goto(`/o/contact/${id}`)
      await page.getByRole('button', { name: say(v, '動作', 'Actions') }).click()
      await page.getByRole('menuitem', { name: say(v, '個人資料', 'Personal data') }).click()
      const dialog = page.getByRole('dialog')
      const go = dialog.getByRole('button', { name: say(v, '永久刪除', 'Erase'), exact: true })
      await go.waitFor()
      if (await go.isEnabled()) throw new Error('it can be erased before the name is typed')
      await shot(v, 'erase')
      await axe(v)
      await dialog.getByLabel(new RegExp(name)).fill(name)
      await go.click()
      await page.getByRole('listitem').filter({ hasText: id }).getByText(say(v, '已完成', 'Done')).waitFor()
      await shot(v, 'admin')
      await axe(v)
      await page.goto(`/o/contact/${id}`)
      await page.getByText(/找不到|no record|not here|There is no/i).first().waitFor()
    },
  },
}
