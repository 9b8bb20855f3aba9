/* scim.ts - a provider that looks after users: the sequences that Entra and Okta send, and what they may not. */
import assert from 'node:assert/strict'
import { PASSWORD, Person, type Reply, Server, test } from './kit.ts'

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/* A server of its own: who is the last administrator matters here. */
export function scimTests() {
  const server = new Server()
  const root = new Person(server, 'root')
  let key = ''
  const scim = async (method: string, at: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
    const reply = await new Person(server, 'provider').ask(method, `/scim/v2${at}`, body, {
      Authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/scim+json; charset=utf-8' }),
      ...headers,
    })
    if (reply.status !== 204) assert.equal(reply.headers.get('content-type'), 'application/scim+json', reply.text)
    return reply
  }
  const ok = async (status: number, method: string, at: string, body?: unknown, headers: Record<string, string> = {}) => {
    const reply = await scim(method, at, body, headers)
    assert.equal(reply.status, status, `${method} ${at}: ${reply.status} ${reply.text}`)
    return reply.json
  }
  const patch = (at: string, ...Operations: unknown[]) => ok(200, 'PATCH', at, { schemas: [PATCH], Operations })
  let amy = ''

  test('scim: a key serves this and nothing else, and nothing else serves this', async () => {
    server.cli('init', '--admin', 'root', '--password', PASSWORD)
    await server.start()
    await root.password()
    await root.api('PUT', '/admin/roles/marketing', { label: { en: 'Marketing', 'zh-Hant': '行銷' }, objects: {} })
    assert.equal(await root.says('POST', '/admin/scim', { name: 'Entra', roles: ['admin'] }), '422 invalid')
    assert.equal(await root.says('POST', '/admin/scim', { name: 'Entra', roles: ['nonsense'] }), '422 invalid')
    key = ((await root.api('POST', '/admin/scim', { name: 'Entra', roles: ['sales', 'marketing'] })) as { key: string }).key
    assert.match(key, /^gxs_/)
    const rows = await root.api('GET', '/admin/scim')
    assert.match(rows.url, /\/scim\/v2$/)
    assert.equal(JSON.stringify(rows).includes(key), false)
    const other = await new Person(server, 'x').ask('GET', '/api/v1/session', undefined, { Authorization: `Bearer ${key}` })
    assert.equal(other.status, 401)
    assert.equal((await root.ask('GET', '/scim/v2/Users')).status, 401, 'a session of an administrator')
    const mine = ((await root.api('POST', `/user/${(await root.api('GET', '/session')).user.id}/key`, { name: 'k' })) as { key: string }).key
    const wrong = await new Person(server, 'x').ask('GET', '/scim/v2/Users', undefined, { Authorization: `Bearer ${mine}` })
    assert.equal(wrong.status, 401)
    assert.deepEqual(wrong.json.schemas, ['urn:ietf:params:scim:api:messages:2.0:Error'])
    assert.equal(wrong.json.status, '401')
  })

  test('scim: what it says of itself', async () => {
    const config = await ok(200, 'GET', '/ServiceProviderConfig')
    assert.equal(config.patch.supported, true)
    assert.equal(config.bulk.supported, false)
    assert.deepEqual((await ok(200, 'GET', '/ResourceTypes')).Resources.map((r: any) => r.id), ['User', 'Group'])
    assert.equal((await ok(200, 'GET', '/ResourceTypes/User')).endpoint, '/Users')
    const schemas = await ok(200, 'GET', '/Schemas')
    assert.equal(schemas.totalResults, 3)
    for (const s of schemas.Resources) assert.equal((await ok(200, 'GET', `/Schemas/${s.id}`)).name, s.name)
    await ok(404, 'GET', '/Schemas/none')
    await ok(404, 'GET', '/ResourceTypes/Device')
  })

  test('scim: Entra finds nobody, enters somebody, gives a group, changes, takes out, lets in again', async () => {
    assert.equal((await ok(200, 'GET', '/Users?filter=userName+eq+%22amy%40example.com%22')).totalResults, 0)
    const made = await scim('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
      externalId: 'amy.lin', userName: 'amy@example.com', active: true, displayName: '林美玲',
      emails: [{ primary: true, type: 'work', value: 'amy@example.com' }],
      meta: { resourceType: 'User' }, name: { formatted: '林美玲', familyName: '林', givenName: '美玲' },
      preferredLanguage: 'zh-TW', roles: [],
      [ENTERPRISE]: { employeeNumber: 'E7', department: '業務部', manager: 'none' },
    })
    assert.equal(made.status, 201, made.text)
    amy = made.json.id
    assert.equal(made.headers.get('location'), made.json.meta.location)
    assert.equal(made.headers.get('etag'), made.json.meta.version)
    assert.equal(made.json[ENTERPRISE].employeeNumber, 'E7')
    assert.equal((await ok(409, 'POST', '/Users', { userName: 'AMY@example.com' })).scimType, 'uniqueness')
    for (const filter of ['userName eq "AMY@example.com"', 'externalId eq "amy.lin"', 'emails[type eq "work"].value eq "amy@example.com"', 'externalId eq "amy.lin" and active eq true', `id eq "${amy}"`])
      assert.equal((await ok(200, 'GET', `/Users?filter=${encodeURIComponent(filter)}`)).Resources[0]?.id, amy, filter)
    assert.equal((await ok(200, 'GET', `/Users?filter=${encodeURIComponent('externalId eq "amy.lin" and active eq false')}`)).totalResults, 0)
    for (const filter of ['userName sw "a"', 'title eq "x"', 'userName eq', 'userName eq "a', 'not (active eq true)', 'active eq "perhaps"'])
      assert.equal((await ok(400, 'GET', `/Users?filter=${encodeURIComponent(filter)}`)).scimType, 'invalidFilter', filter)

    const group = (await ok(200, 'GET', '/Groups?excludedAttributes=members&filter=displayName+eq+%22sales%22')).Resources[0]
    assert.equal(group.id, 'sales')
    assert.equal(group.members, undefined)
    await patch('/Groups/sales', { op: 'Add', path: 'members', value: [{ value: amy }] })
    assert.equal((await ok(200, 'GET', `/Groups?filter=${encodeURIComponent(`id eq "sales" and members eq "${amy}"`)}`)).totalResults, 1)
    assert.deepEqual((await ok(200, 'GET', `/Users/${amy}`)).groups.map((g: any) => g.value), ['sales'])

    await patch(`/Users/${amy}`,
      { op: 'Replace', path: 'displayName', value: '林美美' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '0912-345-678' },
      { op: 'Replace', path: `${ENTERPRISE}:employeeNumber`, value: 'E8' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'amy.lin@example.com' })
    const now = await ok(200, 'GET', `/Users/${amy}`)
    assert.equal(now.displayName, '林美美')
    assert.equal(now.phoneNumbers[0].value, '0912-345-678')
    assert.equal(now[ENTERPRISE].employeeNumber, 'E8')
    assert.equal(now.emails[0].value, 'amy.lin@example.com')

    server.cli('user', 'password', 'amy@example.com', '--password', PASSWORD)
    const person = new Person(server, 'amy@example.com')
    assert.equal((await person.password()).status, 200)
    assert.equal((await patch(`/Users/${amy}`, { op: 'Replace', path: 'active', value: 'False' })).active, false)
    assert.equal((await person.ask('GET', '/api/v1/session')).status, 401, 'sessions end at once')
    assert.equal((await person.password()).status, 401)
    assert.equal((await patch(`/Users/${amy}`, { op: 'replace', value: { active: true } })).active, true)
    assert.equal((await person.ask('GET', '/api/v1/session')).status, 401, 'what ended does not come back')
    assert.equal((await person.password()).status, 200)
    const log = await root.api('GET', `/admin/audit?about=${amy}`)
    assert.ok(JSON.stringify(log).includes('SCIM: Entra') || JSON.stringify(await root.api('GET', `/user/${amy}/history`)).includes('SCIM'), 'the log says who')
  })

  test('scim: Okta puts, patches without a path and pages', async () => {
    const bob = await ok(201, 'POST', '/Users', { userName: 'bob', name: { givenName: 'Bob', familyName: 'Lee' }, emails: [{ value: 'bob@home.example', type: 'home' }, { value: 'bob@example.com', primary: true }], password: 'never-kept-1', active: true })
    assert.equal(bob.displayName, 'Bob Lee')
    assert.equal(bob.emails[0].value, 'bob@example.com')
    const put = await ok(200, 'PUT', `/Users/${bob.id}`, { ...bob, title: 'Rep', groups: [], emails: [{ value: 'b@example.com' }] })
    assert.equal(put.title, 'Rep')
    await patch('/Groups/marketing', { op: 'replace', value: { id: 'marketing', displayName: 'marketing' } })
    await patch('/Groups/marketing', { op: 'add', value: { members: [{ value: bob.id }] } })
    await patch('/Groups/marketing', { op: 'replace', path: 'members', value: [{ value: amy }] })
    assert.deepEqual((await ok(200, 'GET', '/Groups/marketing')).members.map((m: any) => m.value), [amy])
    await patch('/Groups/marketing', { op: 'remove', path: `members[value eq "${amy}"]` })
    assert.deepEqual((await ok(200, 'GET', '/Groups/marketing')).members, [])
    await ok(200, 'PUT', '/Groups/marketing', { displayName: 'marketing', members: [{ value: bob.id }] })
    await patch(`/Users/${bob.id}`, { op: 'add', path: 'roles', value: [{ value: 'sales' }] })
    assert.deepEqual((await ok(200, 'GET', `/Users/${bob.id}`)).roles.map((r: any) => r.value), ['marketing', 'sales'])
    await patch(`/Users/${bob.id}`, { op: 'remove', path: 'roles[value eq "marketing"]' }, { op: 'remove', path: 'title' })
    const now = await ok(200, 'GET', `/Users/${bob.id}?attributes=roles,title`)
    assert.deepEqual(now.roles.map((r: any) => r.value), ['sales'])
    assert.equal(now.title, undefined)
    assert.equal(now.userName, undefined)

    const all = await ok(200, 'GET', '/Users')
    const seen: string[] = []
    for (let start = 1; start <= all.totalResults; start += 2) {
      const page = await ok(200, 'GET', `/Users?startIndex=${start}&count=2`)
      assert.equal(page.startIndex, start)
      assert.equal(page.itemsPerPage, page.Resources.length)
      seen.push(...page.Resources.map((r: any) => r.id))
    }
    assert.deepEqual(seen, all.Resources.map((r: any) => r.id))
    assert.deepEqual((await ok(200, 'GET', '/Users?count=0')).Resources, [])
    assert.equal((await scim('PATCH', `/Users/${bob.id}`, { Operations: [{ op: 'replace', value: { title: 'Late' } }] }, { 'If-Match': 'W/"1"' })).status, 412)
    await ok(200, 'PATCH', `/Users/${bob.id}`, { Operations: [{ op: 'replace', value: { title: 'Now' } }] }, { 'If-Match': (await ok(200, 'GET', `/Users/${bob.id}`)).meta.version })

    assert.equal((await scim('DELETE', `/Users/${bob.id}`)).status, 204)
    await ok(404, 'GET', `/Users/${bob.id}`)
    await ok(404, 'PATCH', `/Users/${bob.id}`, { Operations: [{ op: 'replace', value: { active: true } }] })
    assert.equal((await root.api('GET', `/user/${bob.id}`)).active, false, 'the record stays')
    assert.equal((await ok(201, 'POST', '/Users', { userName: 'Bob' })).id, bob.id, 'and is taken up again')
  })

  test('scim: it gives nobody more than its roles, and makes nobody else of an administrator', async () => {
    const boss = (await ok(200, 'GET', '/Users?filter=userName+eq+%22root%22')).Resources[0]
    await ok(403, 'PATCH', `/Users/${amy}`, { Operations: [{ op: 'add', path: 'roles', value: 'admin' }] })
    await ok(403, 'POST', '/Users', { userName: 'eve', roles: [{ value: 'manager' }] })
    assert.equal((await ok(200, 'GET', '/Users?filter=userName+eq+%22eve%22')).totalResults, 0, 'nothing half-written')
    await ok(404, 'PATCH', '/Groups/admin', { Operations: [{ op: 'add', path: 'members', value: [{ value: amy }] }] })
    await ok(404, 'GET', '/Groups/manager')
    for (const body of [{ path: 'emails[type eq "work"].value', value: 'eve@example.com' }, { path: 'userName', value: 'eve' }])
      await ok(403, 'PATCH', `/Users/${boss.id}`, { Operations: [{ op: 'replace', ...body }] })
    assert.match((await ok(400, 'PATCH', `/Users/${boss.id}`, { Operations: [{ op: 'replace', path: 'active', value: false }] })).detail, /administrator/)
    await ok(403, 'POST', '/Groups', { displayName: 'Company all' })
    assert.equal((await ok(409, 'POST', '/Groups', { displayName: 'sales' })).scimType, 'uniqueness')
    await ok(403, 'DELETE', '/Groups/sales')
    await ok(403, 'PATCH', '/Groups/sales', { Operations: [{ op: 'replace', path: 'displayName', value: 'Other' }] })
    const managed = server.person('mgr', 'manager', 'sales')
    await patch(`/Users/${managed}`, { op: 'Replace', path: 'active', value: false })
    await ok(403, 'PATCH', `/Users/${managed}`, { Operations: [{ op: 'Replace', path: 'active', value: true }] })
    await patch('/Groups/sales', { op: 'replace', path: 'members', value: [] })
    assert.deepEqual((await root.api('GET', `/user/${managed}/roles`)).roles, ['manager'], 'other roles stay')
  })

  test('scim: what cannot be read is refused in its form', async () => {
    for (const body of [{}, { Operations: [] }, { Operations: [{ op: 'move', path: 'title', value: 1 }] }, { Operations: [{ op: 'remove' }] }, { Operations: [{ op: 'add' }] }, { Operations: [{ op: 'replace', path: 'active', value: 'maybe' }] }, { Operations: [{ op: 'replace', path: 'title', value: {} }] }, { Operations: [{ op: 'replace', value: 'x' }] }])
      assert.ok((await ok(400, 'PATCH', `/Users/${amy}`, body)).detail, JSON.stringify(body))
    await ok(400, 'POST', '/Users', { displayName: 'Nobody' })
    await ok(400, 'PATCH', '/Groups/sales', { Operations: [{ op: 'add', path: 'members', value: [{ value: '12' }] }] })
    await ok(404, 'GET', '/Users/none')
    const form = await new Person(server, 'x').ask('POST', '/scim/v2/Users', undefined, { Authorization: `Bearer ${key}`, 'Content-Type': 'text/plain' })
    assert.ok(form.status >= 400)
  })

  test('scim: a key that was ended is none', async () => {
    const rows = await root.api('GET', '/admin/scim')
    assert.ok(rows.rows[0].used_at)
    await root.api('DELETE', `/admin/scim/${rows.rows[0].id}`)
    await ok(401, 'GET', '/Users')
    assert.equal(await root.says('DELETE', `/admin/scim/${rows.rows[0].id}`), '404 not_found')
    await server.end()
  })
}
