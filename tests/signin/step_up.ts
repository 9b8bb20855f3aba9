/* What is sensitive asks again who it is, when signing in was a while ago. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Key, PASSWORD, Person, type Server, test, totp } from './kit.ts'

/* As if everybody had signed in so many minutes ago; the server has the file alone, so it rests. */
export async function ago(server: Server, minutes: number) {
  await server.stop()
  const db = new DatabaseSync(path.join(server.data, 'main.db'))
  db.prepare('UPDATE gx_session SET fresh_at = fresh_at - ?').run(minutes * 60_000_000)
  db.close()
  await server.start()
}

export function stepUpTests(server: Server) {
  test('step-up: what asks, what does not, and each way to confirm', async () => {
    const id = server.person('stella', 'admin')
    const stella = new Person(server, 'stella')
    await stella.password()
    const { key } = await stella.api('POST', `/user/${id}/key`, { name: 'before' })
    const { secret } = await stella.api('POST', `/user/${id}/totp`)
    await stella.api('PUT', `/user/${id}/totp`, { code: totp(secret, -1) })
    const passkey = new Key('ES256', server.url)
    await stella.api('POST', `/user/${id}/passkeys`, passkey.make(await stella.api('POST', `/user/${id}/passkeys/options`)))
    const other = server.person('oscar', 'sales')
    const rules = await stella.api('GET', '/admin/signin')
    const settings = await stella.api('GET', '/admin/settings')
    await stella.api('PUT', '/admin/signin', { ...rules, step_up_rows: 2 })
    for (let i = 0; i < 3; i++) await stella.api('POST', '/account', { name: `Account ${i}` })

    const asks: [string, string, unknown?][] = [
      ['POST', `/user/${id}/key`, { name: 'x' }],
      ['POST', `/user/${id}/totp`],
      ['DELETE', `/user/${id}/totp`],
      ['POST', `/user/${id}/recovery`],
      ['POST', `/user/${id}/passkeys/options`],
      ['DELETE', `/user/${other}/factors`],
      ['PUT', `/user/${other}/roles`, { roles: ['admin'] }],
      ['POST', '/admin/users', { user: { login: 'new', display_name: 'New' } }],
      ['POST', `/admin/users/${other}/reset`],
      ['PUT', `/admin/users/${other}/active`, { active: false }],
      ['PUT', '/admin/settings', settings],
      ['PUT', '/admin/signin', rules],
      ['DELETE', '/admin/roles/helper'],
      ['POST', '/definition', { changes: [] }],
      ['PATCH', `/user/${other}`, { email: 'thief@example.com' }],
      ['POST', '/user', { login: 'x', display_name: 'x' }],
      ['DELETE', `/user/${other}`],
      ['GET', '/account?format=csv'],
      ['GET', '/account?format=csv&check=true'],
    ]
    const open: [string, string, unknown?][] = [
      ['GET', '/account'],
      ['POST', '/account', { name: 'Another' }],
      ['GET', `/user/${id}/factors`],
      ['GET', `/account?format=csv&filter=${encodeURIComponent('name = "Account 1"')}`],
      ['DELETE', `/user/${id}/sessions?others=true`],
    ]
    const refused = async () => {
      for (const [method, at, body] of asks) assert.equal(await stella.says(method, at, body), '403 step_up', `${method} ${at}`)
    }
    await ago(server, 16)
    await refused()
    for (const [method, at, body] of open) assert.match(await stella.says(method, at, body), /^2/, `${method} ${at}`)
    /* A program's key is not asked. */
    const reply = await new Person(server, '').ask('GET', '/api/v1/account?format=csv', undefined, { Authorization: `Bearer ${key}` })
    assert.equal(reply.status, 200)

    assert.equal(await stella.says('POST', '/session/fresh', { password: 'wrong horse 12' }), '403 forbidden')
    await refused()
    await stella.api('POST', '/session/fresh', { password: PASSWORD })
    assert.equal(await stella.says('GET', '/account?format=csv&check=true'), '204')
    assert.equal(await stella.says('PUT', '/admin/settings', settings), '200')

    await ago(server, 16)
    await stella.api('POST', '/session/fresh', { code: totp(secret) })
    assert.equal(await stella.says('PUT', '/admin/settings', settings), '200')
    assert.equal(await stella.says('POST', '/session/fresh', { code: totp(secret) }), '403 forbidden')

    await ago(server, 16)
    /* The server has another port now, and a passkey is bound to where it was made. */
    const options = await stella.api('POST', '/session/fresh/options')
    assert.equal(options.allow.length, 1)
    assert.equal(await stella.says('POST', '/session/fresh', { passkey: passkey.answer(options) }), '403 forbidden')
    const again = await stella.api('POST', '/session/fresh/options')
    await stella.api('POST', '/session/fresh', { passkey: passkey.answer(again, { origin: server.url }) })
    await stella.api('PUT', '/admin/signin', rules)
    /* Five wrong codes are enough for one session. */
    const says = []
    for (let i = 0; i < 6; i++) says.push(await stella.says('POST', '/session/fresh', { code: '000000' }))
    assert.equal(says.at(-1), '429 rate')
  })
}
