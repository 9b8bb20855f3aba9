/* Without the network: what was seen is read, what is written waits, nothing is lost and nothing doubled. */
import assert from 'node:assert/strict'
import { account, activities, installed, type Made, mark, note, seen, words } from './away.ts'
import { api, axe, colleague, NAME, PASSWORD, PHONE, settled, type Spec, visit } from './kit.ts'

export const spec: Spec = {
  worker: true,
  empty: true,
  looks: [
    { width: 390, lang: 'en', scheme: 'light' },
    { width: 1440, lang: 'zh-Hant', scheme: 'light' },
  ],
  journeys: {
    'what was seen is read without the server, and says of when it is': async (v, server) => {
      const w = words(v)
      const made = await account(v, { phone: '02 2345 6789' })
      await seen(v, '/o/account')
      await seen(v, `/o/account/${made.id}`)
      await server.kill()
      await v.page.reload()
      await v.page.getByText('02 2345 6789').first().waitFor()
      await mark(v).filter({ hasText: w.asOf }).waitFor()
      await mark(v).filter({ hasText: w.offline }).waitFor()
      await axe(v)
      await v.page.goto('/o/account')
      await v.page.getByRole('link', { name: String(made.name) }).waitFor()
      await v.page.goto('/offline')
      await v.page.getByRole('link', { name: String(made.name) }).waitFor()
      await axe(v)
      await server.revive()
      await mark(v).waitFor({ state: 'detached' })
    },
    'notes and changes made offline are sent in order, once, when the network is back': async (v, server) => {
      const w = words(v)
      const made = await account(v, { employees: 5 })
      await seen(v, `/o/account/${made.id}?tab=timeline`)
      await v.page.goto(`/o/account/${made.id}`)
      await settled(v)
      await server.kill()
      await v.page.getByRole('button', { name: /(員工人數|Employees)/ }).click()
      await v.page.locator('[data-field=employees]').fill('77')
      await v.page.keyboard.press('Enter')
      await v.page.getByText(w.stored).waitFor()
      await v.page.goto(`/o/account/${made.id}?tab=timeline`)
      await note(v, 'Written in the lift')
      await v.page.getByText(`2 ${w.waiting}`).or(v.page.getByText(`${w.waiting} 2`)).waitFor()
      await v.page.reload()
      await v.page.getByText('Written in the lift').waitFor()
      await v.page.goto(`/o/account/${made.id}`)
      await v.page.getByText('77', { exact: true }).first().waitFor()
      await v.page.goto('/offline')
      await v.page.getByText('Written in the lift').waitFor()
      await axe(v)
      await server.revive()
      await v.page.getByText(w.nothing).waitFor()
      const rows = await activities(v, made.id)
      assert.deepEqual(rows.map((r) => r.subject), ['Written in the lift'])
      assert.equal((await api<Made>(v, 'GET', `/account/${made.id}`)).employees, 77)
    },
  },
}


export const rare: Spec = {
  worker: true,
  empty: true,
  looks: [PHONE],
  journeys: {
    'a reply that is lost doubles nothing, and a second window sends nothing twice': async (v, server) => {
      const w = words(v)
      const made = await account(v)
      await seen(v, `/o/account/${made.id}?tab=timeline`)
      const second = await v.page.context().newPage()
      await second.goto('/offline')
      await second.getByText(w.nothing).waitFor()
      /* The server has it, and dies before anybody hears of it. */
      await v.page.context().route('**/api/v1/activity', async (route) => {
        await route.fetch()
        await server.kill()
        await route.abort('connectionreset')
      }, { times: 1 })
      await note(v, 'Said twice')
      await v.page.getByText(w.stored).waitFor()
      await second.getByText('Said twice').waitFor()
      await server.revive()
      await second.getByText(w.nothing).waitFor()
      assert.equal((await activities(v, made.id)).length, 1)
      await second.close()
    },
    'a change that clashes is merged by choice, a refused one is said in words': async (v) => {
      const w = words(v)
      const made = await account(v, { employees: 5 })
      const other = await colleague(v, '王小明')
      await seen(v, `/o/account/${made.id}`)
      await v.page.context().setOffline(true)
      await v.page.getByRole('button', { name: /(員工人數|Employees)/ }).click()
      await v.page.locator('[data-field=employees]').fill('6')
      await v.page.keyboard.press('Enter')
      await v.page.getByText(w.stored).waitFor()
      await api(other, 'PATCH', `/account/${made.id}`, { employees: 9 })
      await v.page.context().setOffline(false)
      await v.page.goto('/offline')
      await v.page.getByRole('button', { name: /^(選擇要保留的內容|Choose what to keep)$/ }).click()
      await v.page.getByRole('dialog').getByRole('radio').first().check()
      await v.page.getByRole('dialog').getByRole('button', { name: /^(儲存|Save)/ }).click()
      await v.page.getByText(w.nothing).waitFor()
      assert.equal((await api<Made>(v, 'GET', `/account/${made.id}`)).employees, 6)
      /* Gone meanwhile: it cannot be sent, and says so. */
      await v.page.goto(`/o/account/${made.id}`)
      await v.page.getByRole('heading', { level: 1 }).waitFor()
      await settled(v)
      await v.page.context().setOffline(true)
      await v.page.getByRole('button', { name: /(員工人數|Employees)/ }).click()
      await v.page.locator('[data-field=employees]').fill('7')
      await v.page.keyboard.press('Enter')
      await v.page.getByText(w.stored).waitFor()
      await api(other, 'DELETE', `/account/${made.id}`)
      await v.page.context().setOffline(false)
      await v.page.goto('/offline')
      await v.page.getByText(/伺服器不接受|The server refused/).waitFor()
      await axe(v)
      await v.page.getByRole('button', { name: /捨棄|Discard/ }).click()
      await v.page.getByRole('button', { name: /確定捨棄|Yes, discard/ }).click()
      await v.page.getByText(w.nothing).waitFor()
      await other.close()
    },
    'signed out in between: wiped, but what waits is kept and sent after the next sign-in': async (v) => {
      const w = words(v)
      const { page } = v
      const made = await account(v)
      await seen(v, `/o/account/${made.id}?tab=timeline`)
      await page.context().setOffline(true)
      await note(v, 'Kept over the night')
      await page.getByText(w.stored).waitFor()
      await page.getByRole('button', { name: /的選單|, menu/ }).click()
      await page.getByRole('menuitem', { name: /登出|Sign out/ }).click()
      await page.getByRole('button', { name: /^(登入|Sign in)$/ }).waitFor()
      const kept = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const ask = indexedDB.open('guanxi')
            ask.onsuccess = () => {
              const all = ask.result.transaction('body').objectStore('body').count()
              all.onsuccess = () => resolve(all.result)
            }
          }),
      )
      assert.equal(kept, 0)
      await page.context().setOffline(false)
      assert.equal((await page.request.get('/api/v1/session')).status(), 200) /* the server was not told yet */
      await page.goto(`/o/account/${made.id}`)
      await page.getByRole('button', { name: /^(登入|Sign in)$/ }).waitFor()
      assert.equal((await page.request.get('/api/v1/session')).status(), 401)
      await page.getByLabel(/^(帳號|Name)$/).fill(NAME)
      await page.getByLabel(/^(密碼|Password)/).fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.getByText(w.sent).waitFor()
      assert.deepEqual((await activities(v, made.id)).map((r) => r.subject), ['Kept over the night'])
    },
    'a visit with a photo is reported without the network': async (v, server) => {
      const w = words(v)
      const { page } = v
      const made = await account(v)
      await seen(v, `/o/account/${made.id}?tab=timeline`)
      await server.kill()
      await page.getByRole('button', { name: w.visit, exact: true }).first().click()
      await page.locator('[data-field=subject]').fill('Shelf checked')
      await page.locator('form input[type=file]').setInputFiles({ name: 'shelf.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') })
      await page.locator('form img').waitFor()
      await page.getByRole('button', { name: /^(儲存|Save)$/ }).click()
      await page.getByText(w.stored).waitFor()
      await server.revive()
      await page.getByText(w.sent).waitFor()
      const [visit] = await activities(v, made.id)
      assert.equal(visit?.kind, 'visit')
      const files = await api<{ rows: Made[] }>(v, 'GET', `/file?filter=${encodeURIComponent(`activity = "${visit?.id}"`)}`)
      assert.deepEqual(files.rows.map((f) => f.name), ['shelf.png'])
    },
  },
}

export const install: Spec = {
  worker: true,
  looks: [PHONE],
  journeys: {
    'it can be installed, in the language of the screen': async ({ page }) => {
      await page.goto('/')
      await installed(page)
      const href = await page.locator('link[rel=manifest]').getAttribute('href')
      assert.equal(href, '/en.webmanifest')
      const reply = await page.request.get(String(href))
      assert.match(reply.headers()['content-type'] ?? '', /application\/manifest\+json/)
      const manifest = (await reply.json()) as { icons: { src: string }[]; shortcuts: { url: string }[] }
      for (const { src } of manifest.icons) assert.equal((await page.request.get(src)).headers()['content-type'], 'image/png')
      const worker = await page.request.get('/sw.js')
      assert.equal(worker.headers()['cache-control'], 'no-cache')
      for (const { url } of manifest.shortcuts) {
        await page.goto(url)
        await page.getByRole('heading', { level: 1 }).waitFor()
      }
    },
  },
}
