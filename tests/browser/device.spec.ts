/* One device: its windows, the people who use it in turn, and the versions it goes through. */
import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { account, activities, installed, type Made, note, seen, words } from './away.ts'
import { api, axe, colleague, hire, NAME, type Page, PASSWORD, PHONE, signIn, type Spec, unique, visit, type Visit } from './kit.ts'

const queued = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const ask = indexedDB.open('guanxi')
        ask.onsuccess = () => {
          const all = ask.result.transaction('queue').objectStore('queue').count()
          all.onsuccess = () => resolve(all.result)
        }
      }),
  )

/* In front of the server; after renew() its page and its script have other names, as after an upgrade. */
async function renewing(base: string) {
  const [, now = ''] = /assets\/(index-[\w-]+)\.js/.exec(await (await fetch(base)).text()) ?? []
  const next = `${now}0`
  let renewed = false
  const server = createServer((ask, reply) => {
    const headers = { ...ask.headers, 'accept-encoding': 'identity' }
    const path = (ask.url ?? '/').replaceAll(next, now)
    const on = request(new URL(path, base), { method: ask.method, headers }, (answer) => {
      const text = /javascript|html/.test(answer.headers['content-type'] ?? '')
      if (!renewed || !text) {
        reply.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(reply)
        return
      }
      const { 'content-length': _, etag: __, ...kept } = answer.headers
      void answer.toArray().then((parts: Buffer[]) => {
        reply.writeHead(answer.statusCode ?? 500, kept)
        reply.end(Buffer.concat(parts).toString().replaceAll(now, next))
      })
    })
    on.on('error', () => reply.destroy())
    ask.pipe(on)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    renew: () => void (renewed = true),
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function signOut({ page }: Visit) {
  await page.getByRole('button', { name: /的選單|, menu/ }).click()
  await page.getByRole('menuitem', { name: /登出|Sign out/ }).click()
  await page.getByRole('button', { name: /^(登入|Sign in)$/ }).waitFor()
}
async function enter({ page }: Visit, name: string) {
  await page.getByLabel(/^(帳號|Name)$/).fill(name)
  await page.getByLabel(/^(密碼|Password)/).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1 }).waitFor()
}

export const spec: Spec = {
  worker: true,
  empty: true,
  looks: [PHONE],
  limitMs: 90_000,
  journeys: {
    'a move and a deletion made offline happen once; where somebody was faster one is asked': async (v) => {
      const { page } = v
      const w = words(v)
      const made = await account(v)
      const deal = await api<Made>(v, 'POST', '/opportunity', { name: unique('Lift'), account: made.id, stage: 'engaging' })
      const gone = await account(v)
      const held = await account(v)
      const other = await colleague(v, '王小明')
      for (const id of [gone.id, held.id]) await seen(v, `/o/account/${id}`)
      await seen(v, `/o/opportunity/${deal.id}`)
      await page.context().setOffline(true)
      await page.getByRole('group', { name: /^(下一步|Next steps)$/ }).getByRole('button').last().click()
      await page.getByRole('dialog').locator('button[type=submit]').click()
      await page.getByText(w.stored).waitFor()
      for (const id of [gone.id, held.id]) {
        await page.goto(`/o/account/${id}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.getByRole('button', { name: /^(動作|Actions)$/ }).click()
        await page.getByRole('menuitem', { name: /^(刪除|Delete)$/ }).click()
        await page.getByText(w.stored).last().waitFor()
        await page.waitForURL(/\/o\/account$/)
      }
      await page.goto('/offline')
      await page.getByRole('link', { name: String(gone.name) }).first().waitFor()
      await axe(v)
      await api(other, 'PATCH', `/account/${held.id}`, { employees: 12 })
      await page.context().setOffline(false)
      await page.getByText(/同時被別人修改過|changed it meanwhile/).waitFor()
      assert.equal((await api<Made>(v, 'GET', `/opportunity/${deal.id}`)).stage, 'prospecting')
      assert.ok((await api<Made>(v, 'GET', `/account/${gone.id}`)).deleted_at)
      assert.ok(!(await api<Made>(v, 'GET', `/account/${held.id}`)).deleted_at)
      await axe(v)
      await page.getByRole('button', { name: /^(仍要刪除|Delete it anyway)$/ }).click()
      await page.getByText(w.nothing).waitFor()
      assert.ok((await api<Made>(v, 'GET', `/account/${held.id}`)).deleted_at)
      await other.close()
    },
    'a window that is closed while it sends loses nothing and doubles nothing': async (v) => {
      const w = words(v)
      const made = await account(v)
      await seen(v, `/o/account/${made.id}?tab=timeline`)
      /* Once the server never hears of it, once it has it and nobody hears its answer. */
      for (const [text, heard] of [['Cut off', false], ['Answered to nobody', true]] as const) {
        const page = await v.page.context().newPage()
        await page.goto(`/o/account/${made.id}?tab=timeline`)
        const underway = new Promise<void>((resolve) => {
          void page.route('**/api/v1/activity', async (route) => {
            if (heard) await route.fetch()
            resolve()
          })
        })
        await note({ ...v, page }, text)
        await underway
        await page.close()
      }
      assert.equal(await queued(v.page), 2)
      /* When the other window has had its time, this one sends it. */
      await v.page.goto('/offline')
      await v.page.getByText(w.sent).first().waitFor({ timeout: 40_000 })
      while ((await queued(v.page)) > 0) await v.page.waitForTimeout(100)
      assert.deepEqual((await activities(v, made.id)).map((r) => r.subject).sort(), ['Answered to nobody', 'Cut off'])
    },
    'two people on one device: neither sees or sends what is the other’s': async (v, server) => {
      const { page } = v
      const w = words(v)
      const made = await account(v, { phone: '02 2345 6789' })
      const login = await hire(v, '廖家豪')
      await seen(v, `/o/account/${made.id}?tab=timeline`)
      await page.context().setOffline(true)
      await note(v, 'The first one’s own')
      await page.getByText(w.stored).waitFor()
      await signOut(v)
      await page.context().setOffline(false)
      await page.goto('/')
      await page.getByRole('button', { name: /^(登入|Sign in)$/ }).waitFor()
      await enter(v, login)
      await page.goto('/offline')
      await page.getByText(w.nothing).waitFor()
      assert.equal(await queued(page), 1)
      assert.equal(await page.getByText('The first one’s own').count(), 0)
      assert.equal(await page.getByText(String(made.name)).count(), 0)
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('gx.recent'))), [])
      /* Nor without the network: the record was kept for the other alone. */
      await server.kill()
      await page.goto(`/o/account/${made.id}`)
      await page.getByRole('alert').or(page.getByText(/無法連上伺服器|can’t be reached/)).first().waitFor()
      assert.equal(await page.getByText('02 2345 6789').count(), 0)
      await server.revive()
      await page.goto('/')
      await page.getByRole('heading', { level: 1 }).waitFor()
      await signOut(v)
      await enter(v, NAME)
      await page.getByText(w.sent).waitFor()
      const [note_] = await activities(v, made.id)
      assert.equal(note_?.subject, 'The first one’s own')
      assert.equal((await activities(v, made.id)).length, 1)
      assert.notEqual((note_?.created_by as { title?: string } | undefined)?.title, '廖家豪')
    },
    'a window left open while the server becomes a newer one is told, and can go on': async (v) => {
      const { page } = v
      const proxy = await renewing(v.base)
      const browser = page.context().browser()
      assert.ok(browser)
      const other = await visit(browser, proxy.url, v.look, true)
      await signIn(other)
      await other.page.goto('/')
      await installed(other.page)
      await other.page.getByRole('heading', { level: 1 }).waitFor()
      assert.equal(await other.page.getByText(/有新版本|newer version/).count(), 0)
      proxy.renew()
      await other.page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()))
      await other.page.getByText(/有新版本|newer version/).waitFor()
      await axe(other)
      await other.page.getByRole('button', { name: /^(重新載入|Reload)$/ }).click()
      await other.page.getByText(/有新版本|newer version/).waitFor({ state: 'detached' })
      await other.page.getByRole('heading', { level: 1 }).waitFor()
      await other.close()
      proxy.stop()
    },
  },
}
