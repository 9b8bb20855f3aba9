/* life.ts - a tenant is made, has its own settings, is limited, suspended and resumed. */
import assert from 'node:assert/strict'
import { byHost, guest, keyOf, PASSWORD, Person, Server, settle, test, within } from './kit.ts'

export function lifeTests(server: Server) {
  test('a tenant has its own settings, people and address', async () => {
    const admin = await settle(server, 'acme', '--organisation', 'Acme 商行', '--currency', 'JPY', '--region', 'JP', '--utc-offset', '540', '--fiscal-start', '4', '--language', 'en')
    const s = await admin.api('GET', '/admin/settings')
    assert.deepEqual([s.organisation, s.currency, s.region, s.time_zone_offset_min, s.fiscal_start_month, s.language], ['Acme 商行', 'JPY', 'JP', 540, 4, 'en'])
    await admin.api('PUT', '/admin/settings', { ...s, fiscal_start_month: 7 })
    assert.equal((await admin.api('GET', '/admin/settings')).fiscal_start_month, 7)
    const front = new Person(server, 'root')
    assert.equal((await front.password()).status, 200)
    assert.equal((await front.api('GET', '/admin/settings')).currency, 'TWD')
    const people = await admin.api('GET', '/user')
    assert.deepEqual(people.rows.map((u: { login: string }) => u.login), ['admin'])
  })

  test('it is reached by path, by name below the suffix, and by a host of its own', async () => {
    server.cli('tenant', 'limit', 'acme', '--host', 'crm.acme.example')
    for (const host of ['acme.crm.example.com', 'ACME.crm.example.com:8080', 'crm.acme.example']) {
      const reply = await byHost(server, host, '/api/v1/session', { 'Accept-Language': 'en' })
      assert.equal(reply.status, 401, host)
    }
    const admin = guest(server, 'acme')
    await admin.password()
    const key = await keyOf(admin)
    for (const host of ['acme.crm.example.com', 'crm.acme.example'])
      assert.equal(JSON.parse((await byHost(server, host, '/api/v1/session', { Authorization: `Bearer ${key}` })).text).tenant, 'acme')
    assert.equal((await byHost(server, 'localhost', '/api/v1/session', { Authorization: `Bearer ${key}` })).status, 401)
    const page = await byHost(server, 'localhost', '/t/acme/o/account')
    assert.equal(page.status, 200)
    assert.match(page.type, /text\/html/)
  })

  test('the cookies of a path are for that path', async () => {
    const admin = guest(server, 'acme')
    const reply = await admin.password()
    for (const set of reply.headers.getSetCookie()) assert.match(set, /; Path=\/t\/acme;/)
    const front = await new Person(server, 'root').password()
    for (const set of front.headers.getSetCookie()) assert.match(set, /; Path=\/;/)
    const made = await admin.ask('POST', '/api/v1/account', { name: 'Somewhere' })
    assert.match(made.headers.get('location') ?? '', /^\/t\/acme\/api\/v1\/account\/\d+$/)
  })

  test('where nobody is, it says so: 404, and a page in both languages', async () => {
    const path = await guest(server, 'nobody').ask('GET', '/api/v1/session')
    assert.equal(path.status, 404)
    assert.equal(path.json.code, 'not_found')
    for (const host of ['nobody.crm.example.com', 'x.y.crm.example.com']) {
      const page = await byHost(server, host, '/', { Accept: 'text/html' })
      assert.equal(page.status, 404)
      assert.match(page.type, /text\/html/)
      assert.match(page.text, /這個網址沒有任何組織/)
      assert.match(page.text, /There is no organisation at this address/)
    }
    assert.match((await byHost(server, 'nobody.crm.example.com', '/notice.css')).type, /text\/css/)
  })

  test('what cannot be made is refused, and nothing of it is left', async () => {
    const bad: [string[], RegExp][] = [
      [['Acme'], /cannot be the name/],
      [['-a'], /Did you mean|unknown|option/],
      [['9lives'], /cannot be the name/],
      [['acme'], /is taken/],
      [['other', '--host', 'crm.acme.example'], /is taken/],
      [['other', '--host', 'no host'], /no host name/],
      [['other', '--currency', 'yen'], /currency/],
      [['other', '--fiscal-start', '13'], /fiscal-start/],
      [['other', '--password', 'password'], /password/],
      [['other', '--demo', 'nothing'], /demo data/],
      [['other', '--packs', 'core,nothing'], /pack|nothing/],
    ]
    for (const [args, why] of bad) assert.throws(() => server.cli('tenant', 'create', '--password', PASSWORD, ...args), why, args.join(' '))
    assert.doesNotMatch(server.cli('tenant', 'list'), /other/)
    assert.equal((await guest(server, 'other').ask('GET', '/api/v1/session')).status, 404)
    server.cli('tenant', 'create', 'other', '--password', PASSWORD)
    assert.match(server.cli('tenant', 'list'), /other/)
  })

  test('without a password a link makes one', async () => {
    const said = server.cli('tenant', 'create', 'invited', '--admin', 'chief')
    assert.match(said, /at http:\/\/invited\.crm\.example\.com:\d+\n/)
    const secret = /#(\S+)/.exec(said)?.[1]
    const chief = guest(server, 'invited', 'chief')
    assert.equal((await chief.api('GET', '/setup')).open, false)
    assert.equal((await guest(server, 'acme').ask('POST', '/api/v1/signin/link', { secret, password: PASSWORD })).status, 404)
    assert.equal((await chief.ask('POST', '/api/v1/signin/link', { secret, password: PASSWORD })).status, 204)
    assert.equal((await chief.password()).status, 200)
  })

  test('limits are kept, in words: seats, records, files', async () => {
    const admin = await settle(server, 'small', '--seats', '2', '--records', '3', '--file-mb', '1')
    const add = (name: string) => admin.ask('POST', '/api/v1/account', { name })
    const made = []
    for (const name of ['One', 'Two', 'Three']) made.push((await add(name)).json.id as string)
    const refused = await add('Four')
    assert.deepEqual([refused.status, refused.json.code], [403, 'plan_limit'])
    assert.match(refused.json.detail as string, /room for 3 records, and there are 3/)
    const bulk = await admin.ask('POST', '/api/v1/account/bulk', { rows: [{ name: 'Five' }] })
    assert.ok(bulk.status >= 400 || /plan_limit/.test(bulk.text), bulk.text)
    await admin.api('DELETE', `/account/${made[0]}`)
    assert.equal((await add('Four')).status, 201)
    assert.equal((await admin.ask('PATCH', `/api/v1/account/${made[1]}`, { name: 'Still mine' })).status, 200)
    const person = async (login: string) => {
      const { id } = (await admin.api('POST', '/user', { login, display_name: login })) as { id: string }
      return admin.ask('POST', `/api/v1/user/${id}/password`, { password: PASSWORD })
    }
    assert.ok((await person('ann')).status < 300)
    const third = await person('bob')
    assert.deepEqual([third.status, third.json.code], [403, 'plan_limit'])
    const file_of = (csv: string) => fetch(`${server.url}/t/small/api/v1/admin/people?apply=true`, { method: 'POST', body: csv, headers: { 'Content-Type': 'application/octet-stream', 'X-CSRF-Token': admin.csrf, Cookie: Object.entries(admin.cookies).map(([k, v]) => `${k}=${v}`).join('; ') } })
    const taken = (await (await file_of('login,name\nzoe,Zoe\n')).json()) as { applied: boolean; rows: { reason: string }[] }
    assert.equal(taken.applied, false)
    assert.match(taken.rows[0]?.reason ?? '', /All 2 seats are taken/)
    const { key } = (await admin.api('POST', '/admin/scim', { name: 'x' })) as { key: string }
    const scim = (method: string, at: string, body: unknown) => fetch(`${server.url}/t/small/scim/v2/Users${at}`, { method, body: JSON.stringify(body), headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/scim+json' } })
    const entered = await scim('POST', '', { userName: 'zoe' })
    assert.equal(entered.status, 403)
    assert.match(((await entered.json()) as { detail: string }).detail, /All 2 seats are taken/)
    const off = await scim('POST', '', { userName: 'zoe', active: false })
    assert.equal(off.status, 201, 'who is not active needs no seat')
    const zoe = ((await off.json()) as { id: string }).id
    assert.equal((await scim('PATCH', `/${zoe}`, { Operations: [{ op: 'replace', value: { active: true } }] })).status, 403)
    server.cli('tenant', 'limit', 'small', '--seats', '3', '--records', '0')
    assert.ok((await person('cara')).status < 300)
    const file = (bytes: number) =>
      fetch(`${server.url}/t/small/api/v1/file/upload`, { method: 'POST', body: Buffer.alloc(bytes, 'x'), headers: { 'X-File-Name': 'x.txt', 'Content-Type': 'application/octet-stream', 'X-CSRF-Token': admin.csrf, Cookie: Object.entries(admin.cookies).map(([k, v]) => `${k}=${v}`).join('; ') } })
    assert.equal((await file(700_000)).status, 201)
    const large = await file(700_000)
    assert.deepEqual([large.status, ((await large.json()) as { code: string }).code], [403, 'plan_limit'])
  })

  test('what was used is known without asking the tenant', async () => {
    const rows = JSON.parse(server.cli('tenant', 'usage', 'small', '--json')).rows as Record<string, number>[]
    const today = rows.at(-1) ?? {}
    assert.deepEqual([today.users, today.users_month, today.seats, today.file_bytes], [1, 1, 3, 700_000])
    assert.ok((today.requests ?? 0) > 10 && (today.records ?? 0) >= 3 && (today.store_bytes ?? 0) > 100_000, JSON.stringify(today))
  })

  test('suspended: everybody reads why, and resumed it goes on', async () => {
    const admin = guest(server, 'acme')
    await admin.password()
    const key = await keyOf(admin)
    const stream = await fetch(`${server.url}/t/acme/api/v1/events`, { headers: { Authorization: `Bearer ${key}`, Accept: 'text/event-stream' } })
    server.cli('tenant', 'suspend', 'acme', '--reason', 'The invoice of <May> is open.')
    await stream.text() /* ends */
    const bearer = await fetch(`${server.url}/t/acme/api/v1/account`, { headers: { Authorization: `Bearer ${key}`, 'Accept-Language': 'zh-TW' } })
    const said = (await bearer.json()) as { code: string; detail: string; type: string }
    assert.deepEqual([bearer.status, said.code, said.type], [403, 'suspended', 'urn:guanxi:problem:suspended'])
    assert.equal(said.detail, '這個組織已暫停使用：The invoice of <May> is open.')
    for (const [method, path, body] of [['GET', '/session', undefined], ['POST', '/session', { name: 'admin', password: PASSWORD }], ['POST', '/account', { name: 'x' }], ['GET', '/nothing/here', undefined]] as const) {
      const reply = await admin.ask(method, `/api/v1${path}`, body)
      assert.deepEqual([reply.status, reply.json.code], [403, 'suspended'], path)
    }
    const page = await byHost(server, 'crm.acme.example', '/', { Accept: 'text/html' })
    assert.equal(page.status, 403)
    assert.match(page.text, /這個組織已暫停使用：The invoice of &#60;May&#62; is open\./)
    assert.match(page.text, /The use of this organisation is suspended/)
    assert.match(server.cli('tenant', 'list', '--state', 'suspended'), /acme/)
    assert.throws(() => server.cli('count', 'account', '--tenant', 'acme'), /suspended/)
    server.cli('tenant', 'resume', 'acme')
    assert.equal((await fetch(`${server.url}/t/acme/api/v1/account`, { headers: { Authorization: `Bearer ${key}` } })).status, 200)
    assert.throws(() => server.cli('tenant', 'suspend', 'main', '--reason', 'x'), /runs this server/)
    assert.throws(() => server.cli('tenant', 'suspend', 'acme'), /reason|needs|must/i)
  })

  test('demo data comes by itself', async () => {
    const admin = await settle(server, 'shown', '--demo', 'maker')
    await within('demo data', async () => (await admin.api('GET', '/account/count')).count > 5).catch(() => null)
    assert.ok(['loading', 'there'].includes((await admin.api('GET', '/demo')).state as string))
  })

  test('only who runs the house may run it', async () => {
    const admin = guest(server, 'acme')
    await admin.password()
    const front = new Person(server, 'root')
    await front.password()
    const routes: [string, string, unknown][] = [['GET', '/house/tenants', undefined], ['POST', '/house/tenants', { name: 'mine' }], ['GET', '/house/tenants/acme', undefined], ['PATCH', '/house/tenants/acme', { mark: 'x' }], ['POST', '/house/tenants/acme/suspend', { reason: 'x' }], ['POST', '/house/tenants/acme/export', { path: '/tmp/x' }], ['DELETE', '/house/tenants/acme', undefined], ['GET', '/house/tenants/acme/usage', undefined], ['GET', '/house/deletions', undefined]]
    for (const [method, path, body] of routes)
      for (const who of [admin, front]) assert.equal(await who.says(method, path, body), '404 not_found', `${method} ${path}`)
  })
}
