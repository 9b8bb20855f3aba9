/* Codes of an authenticator application, recovery codes, and what a half-done sign-in reaches. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { Person, type Server, test, totp, within } from './kit.ts'

/* Signs in, sets up codes; the secret, and the recovery codes. */
export async function enrol(p: Person, id: string) {
  assert.equal((await p.password()).status, 200)
  const { secret } = await p.api('POST', `/user/${id}/totp`)
  /* Of the step before: the next code is still good for signing in. */
  const { recovery } = await p.api('PUT', `/user/${id}/totp`, { code: totp(secret, -1) })
  return { secret: secret as string, recovery: recovery as string[] }
}

export function totpTests(server: Server) {
  test('totp: set up, signed in with, each code once', async () => {
    const id = server.person('tina', 'sales')
    const tina = new Person(server, 'tina')
    assert.equal((await tina.password()).status, 200)
    const begun = await tina.api('POST', `/user/${id}/totp`)
    assert.match(begun.secret, /^[A-Z2-7]{32}$/)
    assert.match(begun.uri, /^otpauth:\/\/totp\/Guanxi:tina\?secret=[A-Z2-7]{32}&issuer=Guanxi$/)
    assert.match(begun.qr_path, /^(M\d+ \d+h\d+v1h-\d+z)+$/)
    /* Begun is not done: the password alone still does. */
    assert.equal((await new Person(server, 'tina').password()).status, 200)
    assert.equal(await tina.says('PUT', `/user/${id}/totp`, { code: '000000' }), '422 invalid')
    const { recovery } = await tina.api('PUT', `/user/${id}/totp`, { code: totp(begun.secret, -1) })
    assert.equal(new Set(recovery).size, 10)
    assert.equal(await tina.says('POST', `/user/${id}/totp`), '409 duplicate')

    const again = new Person(server, 'tina')
    const half = await again.password()
    assert.equal(`${half.status} ${half.json.code}`, '401 second_factor')
    assert.deepEqual(Object.keys(again.cookies), ['gx_half'])
    assert.deepEqual((await again.api('GET', '/signin/second')), { totp: true, recovery: true, passkey: false })
    /* The one that confirmed is used up; two steps away is too far. */
    assert.equal((await again.code(totp(begun.secret, -1))).status, 401)
    assert.equal((await again.code(totp(begun.secret, 2))).status, 401)
    const code = totp(begun.secret)
    assert.equal((await again.code(code)).status, 200)
    assert.equal((await again.api('GET', '/session')).user.name, 'tina')
    /* And it was good once. */
    const replay = new Person(server, 'tina')
    await replay.password()
    assert.equal((await replay.code(code)).status, 401)
    assert.equal((await replay.code(totp(begun.secret, 1))).status, 200)
  })

  test('totp: fifty at one time with one code, one gets in', async () => {
    const id = server.person('rita', 'sales')
    const { secret } = await enrol(new Person(server, 'rita'), id)
    const code = totp(secret)
    const many = Array.from({ length: 4 }, () => new Person(server, 'rita'))
    for (const p of many) assert.equal((await p.password()).status, 401)
    const replies = await Promise.all(many.flatMap((p) => Array.from({ length: 12 }, () => p.code(code))))
    assert.equal(replies.filter((r) => r.status === 200).length, 1)
    assert.ok(replies.every((r) => [200, 401, 429, 503].includes(r.status)))
  })

  test('totp: five tries, then the sign-in is over; another one is not', async () => {
    const id = server.person('fritz', 'sales')
    const { secret } = await enrol(new Person(server, 'fritz'), id)
    const thief = new Person(server, 'fritz')
    await thief.password()
    const statuses = []
    for (let i = 0; i < 7; i++) statuses.push((await thief.code('123 456')).status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429])
    const admin = new Person(server, 'root')
    await admin.password()
    const { rows } = (await admin.api('GET', `/admin/audit?what=signin&about=${id}`)) as { rows: { changes: { field: string }[] }[] }
    assert.ok(rows.some((r) => r.changes.some((c) => c.field === 'failed')), 'the log says that somebody failed')
    assert.equal((await thief.code(totp(secret))).status, 429)
    const fritz = new Person(server, 'fritz')
    await fritz.password()
    assert.equal((await fritz.code(totp(secret))).status, 200)
  })

  test('recovery codes: each once, in any writing; new ones end the old', async () => {
    const id = server.person('rosa', 'sales')
    const { recovery } = await enrol(new Person(server, 'rosa'), id)
    const [first = '', second = ''] = recovery
    const rosa = new Person(server, 'rosa')
    await rosa.password()
    assert.equal((await rosa.code(first.toUpperCase().replaceAll('-', ' '))).status, 200)
    assert.equal((await rosa.api('GET', `/user/${id}/factors`)).recovery_left, 9)
    const replay = new Person(server, 'rosa')
    await replay.password()
    assert.equal((await replay.code(first)).status, 401)
    const fresh = await rosa.api('POST', `/user/${id}/recovery`)
    assert.equal(fresh.recovery.length, 10)
    assert.equal((await replay.code(second)).status, 401)
    assert.equal((await replay.code(fresh.recovery[3])).status, 200)
    /* They go with the last factor. */
    await rosa.api('DELETE', `/user/${id}/totp`)
    assert.equal((await rosa.api('GET', `/user/${id}/factors`)).recovery_left, 0)
    assert.equal(await rosa.says('POST', `/user/${id}/recovery`), '422 invalid')
    assert.equal((await new Person(server, 'rosa').password()).status, 200)
  })

  test('half-authenticated: nothing but the second step, over every operation there is', async () => {
    const id = server.person('hal', 'admin')
    await enrol(new Person(server, 'hal'), id)
    const hal = new Person(server, 'hal')
    await hal.password()
    const token = hal.cookies.gx_half ?? ''
    /* The token in the place of a session's, and of a key. */
    const ways: [string, Record<string, string>][] = [
      ['as it is', { Cookie: `gx_half=${token}` }],
      ['as a session', { Cookie: `gx_session=${token}; gx_half=${token}` }],
      ['as a key', { Authorization: `Bearer ${token}` }],
    ]
    const open = new Set(['GET /api/v1/signin/second', 'POST /api/v1/signin/second', 'POST /api/v1/signin/passkey/options', 'POST /api/v1/signin/passkey'])
    const { paths } = await new Person(server, '').api('GET', '/openapi.json')
    const isPublic: string[] = []
    let asked = 0
    for (const [at, methods] of Object.entries(paths as Record<string, Record<string, unknown>>)) {
      for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
        if (!methods[method]) continue
        const call = `${method.toUpperCase()} ${at}`
        if (open.has(call)) continue
        const url = at.replace(/\{[^}]*\}/g, id)
        const nobody = await new Person(server, '').ask(method.toUpperCase(), url, method === 'get' ? undefined : {})
        if (nobody.status !== 401) {
          isPublic.push(call)
          continue
        }
        for (const [how, headers] of ways) {
          const reply = await new Person(server, '').ask(method.toUpperCase(), url, method === 'get' ? undefined : {}, headers)
          assert.equal(reply.status, 401, `${call} ${how}: ${reply.status} ${reply.text}`)
          asked++
        }
      }
    }
    assert.ok(asked > 150, `only ${asked}`)
    for (const call of isPublic) assert.match(call, /health|ready|metrics|openapi|setup|\/session$|signin|signup/, call)
  })

  test('a role that asks for a second factor: nothing but setting one up', async () => {
    const id = server.person('must', 'manager')
    const admin = new Person(server, 'root')
    await admin.password()
    const was = await admin.api('GET', '/admin/signin')
    await admin.api('PUT', '/admin/signin', { ...was, second_factor_roles: ['manager'] })
    const must = new Person(server, 'must')
    assert.equal((await must.password()).json.second_factor_due, true)
    assert.equal(await must.says('GET', '/account'), '403 forbidden')
    assert.equal(await must.says('POST', `/user/${id}/key`, {}), '403 forbidden')
    const { secret } = await must.api('POST', `/user/${id}/totp`)
    await must.api('PUT', `/user/${id}/totp`, { code: totp(secret) })
    await within('there is one now', async () => (await must.says('GET', '/account')) === '200')
    assert.equal((await must.api('GET', '/session')).second_factor_due, false)
    await admin.api('PUT', '/admin/signin', { ...was, second_factor_roles: [] })
  })

  test('a lost telephone: an administrator resets it, and the log says so', async () => {
    const id = server.person('lost', 'sales')
    const lost = new Person(server, 'lost')
    await enrol(lost, id)
    const admin = new Person(server, 'root')
    await admin.password()
    const bob = new Person(server, 'bob')
    server.person('bob', 'manager')
    await bob.password()
    assert.equal(await bob.says('DELETE', `/user/${id}/factors`), '403 forbidden')
    assert.equal(await bob.says('GET', `/user/${id}/factors`), '403 forbidden')
    /* Nobody sets up a factor for somebody else, an administrator neither. */
    assert.equal(await admin.says('POST', `/user/${id}/totp`), '403 forbidden')
    await admin.api('DELETE', `/user/${id}/factors`)
    await within('signed out', async () => (await lost.says('GET', '/session')).startsWith('401'))
    assert.equal((await lost.password()).status, 200)
    const log = await admin.ask('GET', `/api/v1/admin/audit?about=${id}`)
    assert.match(log.text, /second_factor/)
    assert.match(log.text, /reset/)
  })

  test('a secret is nowhere: log, replies, database, backup', async () => {
    const id = server.person('sid', 'sales')
    const sid = new Person(server, 'sid')
    const { secret, recovery } = await enrol(sid, id)
    const raw = Buffer.from(secret)
    const admin = new Person(server, 'root')
    await admin.password()
    for (const at of [`/user/${id}/factors`, '/admin/audit', `/user/${id}`, '/user?format=ndjson'])
      assert.ok(!(await admin.ask('GET', `/api/v1${at}`)).text.includes(secret), at)
    const backup = path.join(server.data, '..', `${path.basename(server.data)}-backup`)
    server.cli('backup', backup)
    const grep = (where: string, what: string) => spawnSync('grep', ['-rlaF', what, where], { encoding: 'utf8' }).stdout
    for (const what of [secret, raw.toString('hex'), recovery[0] ?? '', (recovery[0] ?? '').replaceAll('-', '')]) {
      assert.equal(grep(server.data, what), '')
      assert.equal(grep(backup, what), '')
      assert.ok(!server.log.includes(what))
    }
    const key = readFileSync(path.join(server.data, 'secret.key'))
    assert.equal(key.length, 32)
    assert.equal(statSync(path.join(server.data, 'secret.key')).mode & 0o777, 0o600)
    assert.equal(spawnSync('ls', [backup], { encoding: 'utf8' }).stdout.includes('secret.key'), false)
    spawnSync('rm', ['-rf', backup])
  })
}
