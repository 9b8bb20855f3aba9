/* The palette: anywhere, anyone, anything; and the help for the keyboard. */
import { api, DESK, PHONE, say, type Spec } from './kit.ts'

export const spec: Spec = {
  looks: [DESK, PHONE],
  journeys: {
    'pages, people and actions are reached from the keyboard': async (v) => {
      const { page, look } = v
      const phone = `09${String(look.width).padStart(8, '7')}`
      const { id } = await api<{ id: string }>(v, 'POST', '/contact', { name: '面板測試人', mobile: phone })
      const box = page.getByRole('combobox', { name: say(v, '前往或執行', 'Go to or do anything') })
      const open = async () => {
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        await page.keyboard.press('Control+k')
        await box.waitFor()
      }
      await page.goto('/')
      await open()
      await box.fill(say(v, '潛在客戶', 'Leads'))
      await page.getByRole('option', { name: say(v, '潛在客戶', 'Leads'), exact: true }).waitFor()
      await page.getByRole('option', { name: say(v, '潛在客戶', 'Leads'), exact: true }).click()
      await page.waitForURL(/\/o\/lead/)
      await open()
      await box.fill(phone.slice(-6))
      await page.getByRole('option', { name: /面板測試人/ }).waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(new RegExp(`/o/contact/${id}`))
      await open()
      await box.fill(say(v, '編輯', 'Edit'))
      await page.getByRole('option', { name: say(v, '編輯', 'Edit'), exact: false }).first().waitFor()
      await page.keyboard.press('Escape')
      await box.waitFor({ state: 'detached' })
      await page.keyboard.press('Shift+?')
      await page.getByRole('dialog').getByText('Ctrl K').waitFor()
      await api(v, 'DELETE', `/contact/${id}`)
    },
  },
}
