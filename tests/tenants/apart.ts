/* apart.ts - nothing of one tenant is anything at another: sessions, keys, ids, files, search, live events. */
import assert from 'node:assert/strict'
import { gist, guest, keyOf, PASSWORD, Person, Server, settle, test, within } from './kit.ts'

const SECRET = 'canaryrecord'

export function apartTests(server: Server) {
  let a: Person
  let b: Person
  const id: Record<string, string> = {}

  test('apart: two tenants with the same people and words', async () => {
    a = await settle(server, 'aaa')
    b = await settle(server, 'bbb')
    id.account = (await a.api('POST', '/account', { name: `${SECRET} 王記茶行`, phone: '02 2345 6789' })).id
    id.contact = (await a.api('POST', '/contact', { name: SECRET, account: id.account })).id
    id.user = (await a.api('GET', '/session')).user.id
    const file = await fetch(`${server.url}/t/aaa/api/v1/file/upload`, { method: 'POST', body: SECRET, headers: { 'X-File-Name': `${SECRET}.txt`, 'Content-Type': 'application/octet-stream', Authorization: `Bearer ${await keyOf(a)}` } })
    id.file = ((await file.json()) as { id: string }).id
    id.batch = (await a.api('POST', '/account/batch', { action: 'update', filter: `name ~ "${SECRET}"`, set: { phone: '02 2345 6780' } }).catch(() => ({ id: id.account }))).id
    assert.ok(id.account && id.contact && id.user && id.file)
  })

  test('apart: a cookie and a key are good at their own tenant alone', async () => {
    const key = await keyOf(a)
    const bearer = (at: string) => fetch(`${server.url}${at}/api/v1/session`, { headers: { Authorization: `Bearer ${key}` } })
    assert.equal((await bearer('/t/aaa')).status, 200)
    for (const at of ['/t/bbb', '']) assert.equal((await bearer(at)).status, 401, at)
    const thief = guest(server, 'bbb')
    Object.assign(thief, { cookies: { ...a.cookies }, csrf: a.csrf })
    assert.equal(await thief.says('GET', '/session'), '401 unauthenticated')
    assert.equal(await thief.says('POST', '/account', { name: 'x' }), '401 unauthenticated')
    const front = new Person(server, 'root')
    await front.password()
    Object.assign(thief, { cookies: { ...front.cookies }, csrf: front.csrf })
    assert.equal(await thief.says('GET', '/account'), '401 unauthenticated')
    assert.equal(await b.says('POST', '/session/fresh', { password: 'something else 123' }), '403 forbidden')
  })

  test('apart: an id of another tenant answers as one that nobody has, on every operation', async () => {
    const api = (await b.ask('GET', '/api/v1/openapi.json')).json as { paths: Record<string, Record<string, unknown>> }
    const foreign = [...new Set(Object.values(id))]
    let tried = 0
    for (const [path, operations] of Object.entries(api.paths)) {
      if (!path.includes('{') || path.includes('{name}')) continue
      const kind = /\/api\/v1\/([a-z_]+)/.exec(path)?.[1] ?? ''
      const theirs = id[kind] ?? foreign[tried % foreign.length] ?? ''
      for (const method of Object.keys(operations).filter((m) => ['get', 'post', 'patch', 'put', 'delete'].includes(m))) {
        const fill = (with_: string) => path.replace(/\{[^}]*\}/g, with_)
        const ask = (with_: string) => b.ask(method.toUpperCase(), fill(with_), method === 'get' ? undefined : { name: 'taken' }, { 'Idempotency-Key': '' })
        const [has, none] = [await ask(theirs), await ask('7999999999999999')]
        const plain = (reply: typeof has, word: string) => gist(reply).replaceAll(word, 'ID')
        assert.equal(plain(has, theirs), plain(none, '7999999999999999'), `${method} ${path}`)
        assert.ok(!has.text.includes(SECRET), `${method} ${path}`)
        tried++
      }
    }
    assert.ok(tried > 150, `only ${tried} operations`)
  })

  test('apart: search, lists, totals and exports know nothing of others', async () => {
    for (const path of ['/search?q=canaryrecord', '/search?q=56789', '/search?q=王記', '/account', '/contact', '/file', '/account?format=ndjson', '/account?format=csv', '/account/count', '/timeline', '/admin/audit', '/admin/jobs', '/user']) {
      const reply = await b.ask('GET', `/api/v1${path}`)
      assert.ok(!reply.text.includes(SECRET) && !reply.text.includes('王記'), path)
    }
    assert.equal((await b.api('GET', '/account/count')).count, 0)
    assert.ok((await a.ask('GET', '/api/v1/search?q=canaryrecord')).text.includes(SECRET))
  })

  test('apart: live events reach their own tenant', async () => {
    const heard: Record<string, string> = { aaa: '', bbb: '' }
    const over = new AbortController()
    for (const [tenant, who] of [['aaa', a], ['bbb', b]] as const) {
      const stream = await fetch(`${server.url}/t/${tenant}/api/v1/events`, { signal: over.signal, headers: { Authorization: `Bearer ${await keyOf(who)}`, Accept: 'text/event-stream' } })
      void (async () => {
        const decoder = new TextDecoder()
        for await (const part of stream.body ?? []) heard[tenant] += decoder.decode(part as Uint8Array)
      })().catch(() => null)
    }
    const [in_a, in_b] = [await a.api('POST', '/account', { name: 'news a' }), await b.api('POST', '/account', { name: 'news b' })]
    await within('news', async () => heard.aaa?.includes(in_a.id) === true && heard.bbb?.includes(in_b.id) === true)
    assert.ok(!heard.aaa?.includes(in_b.id) && !heard.bbb?.includes(in_a.id))
    over.abort()
  })

  test('apart: the same login has its own password, tries and roles', async () => {
    const other = guest(server, 'bbb')
    for (let i = 0; i < 3; i++) assert.equal((await other.password('wrong horse 12345')).status, 401)
    assert.equal((await guest(server, 'aaa').password()).status, 200)
    assert.equal((await guest(server, 'bbb').password(PASSWORD)).status, 200)
  })
}
