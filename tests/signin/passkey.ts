/* Passkeys: every algorithm, and everything about an answer that can be wrong. */
import assert from 'node:assert/strict'
import { b64, Key, type Kind, Person, type Server, test, totp, within, type Wrong } from './kit.ts'

async function register(p: Person, id: string, kind: Kind): Promise<Key> {
  const key = new Key(kind, p.server.url)
  const options = await p.api('POST', `/user/${id}/passkeys/options`)
  await p.api('POST', `/user/${id}/passkeys`, key.make(options))
  return key
}

async function signIn(p: Person, key: Key, wrong: Wrong = {}) {
  const options = await p.api('POST', '/signin/passkey/options')
  const reply = await p.ask('POST', '/api/v1/signin/passkey', key.answer(options, wrong))
  if (reply.status === 200) p.csrf = reply.json.csrf
  return reply
}

export function passkeyTests(server: Server) {
  for (const kind of ['ES256', 'EdDSA', 'RS256'] as Kind[])
    test(`passkey: made and signed in with, ${kind}`, async () => {
      const login = `key-${kind.toLowerCase()}`
      const id = server.person(login, 'sales')
      const person = new Person(server, login)
      await person.password()
      const key = await register(person, id, kind)
      const { passkeys, recovery_left } = await person.api('GET', `/user/${id}/factors`)
      assert.equal(passkeys[0].name, `my ${kind}`)
      assert.equal(recovery_left, 10)
      /* Without a name and a password. */
      const other = new Person(server, login)
      assert.equal((await signIn(other, key)).status, 200)
      assert.equal((await other.api('GET', '/session')).user.name, login)
      assert.notEqual((await other.api('GET', `/user/${id}/factors`)).passkeys[0].used_at, null)
      /* Behind the password, where touching it is enough. */
      const second = new Person(server, login)
      assert.equal((await second.password()).json.code, 'second_factor')
      assert.equal((await signIn(second, key, { flags: 0x01 })).status, 200)
      assert.deepEqual(Object.keys(second.cookies).sort(), ['gx_browser', 'gx_session'])
    })

  test('passkey: what is wrong about an answer', async () => {
    /* Each from somewhere else: failed ones have a limit (proxy.ts). */
    let places = 0
    const from = (login: string) => Object.assign(new Person(server, login), { address: `198.51.100.${++places}` })
    const id = server.person('wanda', 'sales')
    const wanda = from('wanda')
    await wanda.password()
    const key = await register(wanda, id, 'ES256')
    const stranger = new Key('ES256', server.url)
    const port = new URL(server.url).port
    const wrongs: [string, Wrong][] = [
      ['type', { type: 'webauthn.create' }],
      ['origin', { origin: 'https://evil.example' }],
      ['origin that begins like ours', { origin: `${server.url}.evil.example` }],
      ['origin of another port', { origin: server.url.replace(port, '1') }],
      ['host', { rp: 'evil.example' }],
      ['embedded elsewhere', { crossOrigin: true }],
      ['nobody there', { flags: 0x04 }],
      ['not verified', { flags: 0x01 }],
      ['backed up, yet may not be', { flags: 0x15 }],
      ['challenge of ours, altered', { challenge: b64(Buffer.alloc(40, 7)) }],
      ['no challenge', { challenge: '' }],
      ['signed by another', { key: stranger }],
      ['counter does not go on', { counter: 1 }],
    ]
    assert.equal((await signIn(from('wanda'), key, { counter: 7 })).status, 200)
    key.counter = 7
    for (const [what, wrong] of wrongs) {
      const reply = await signIn(from('wanda'), key, wrong)
      assert.equal(`${reply.status} ${reply.json.code}`, '401 unauthenticated', `${what}: ${reply.text}`)
    }
    const root = from('root')
    await root.password()
    await within('it stands in the log', async () => (await root.ask('GET', `/api/v1/admin/audit?about=${id}&what=signin`)).text.includes('failed'))
    assert.equal((await signIn(from(''), stranger)).status, 401)
    key.counter = 100
    /* An answer is good once, however many bring it. */
    const p = from('wanda')
    const answer = key.answer(await p.api('POST', '/signin/passkey/options'))
    const replies = await Promise.all(Array.from({ length: 20 }, () => from('').ask('POST', '/api/v1/signin/passkey', answer)))
    assert.equal(replies.filter((r) => r.status === 200).length, 1)
    /* A challenge for one thing is not one for another. */
    const mine = from('wanda')
    assert.equal((await signIn(mine, key)).status, 200)
    const forFresh = await mine.api('POST', '/session/fresh/options')
    assert.equal((await from('').ask('POST', '/api/v1/signin/passkey', key.answer(forFresh))).status, 401)
    const forMaking = await mine.api('POST', `/user/${id}/passkeys/options`)
    assert.equal((await from('').ask('POST', '/api/v1/signin/passkey', key.answer(forMaking))).status, 401)
    /* Somebody else's password, and then this passkey. */
    const vid = server.person('victor', 'sales')
    const victor = from('victor')
    await victor.password()
    const { secret } = await victor.api('POST', `/user/${vid}/totp`)
    await victor.api('PUT', `/user/${vid}/totp`, { code: totp(secret) })
    const thief = from('victor')
    await thief.password()
    assert.equal((await signIn(thief, key)).status, 401)
  })

  test('passkey: what is wrong about a new one', async () => {
    const id = server.person('nora', 'sales')
    const nora = new Person(server, 'nora')
    await nora.password()
    const key = new Key('ES256', server.url)
    const wrongs: [string, Wrong][] = [
      ['type', { type: 'webauthn.get' }],
      ['origin', { origin: 'https://evil.example' }],
      ['host', { rp: 'evil.example' }],
      ['nobody there', { flags: 0x44 }],
      ['no key in it', { flags: 0x05 }],
      ['challenge', { challenge: b64('guess') }],
    ]
    for (const [what, wrong] of wrongs) {
      const options = await nora.api('POST', `/user/${id}/passkeys/options`)
      assert.equal(await nora.says('POST', `/user/${id}/passkeys`, key.make(options, wrong)), '422 invalid', what)
    }
    const options = await nora.api('POST', `/user/${id}/passkeys/options`)
    const made = key.make(options)
    for (const broken of ['', 'AAAA', b64(Buffer.alloc(500, 0xa1)), made.attestation.slice(0, -8), `${made.attestation}AAAA`, '!!!'])
      assert.equal(await nora.says('POST', `/user/${id}/passkeys`, { ...made, attestation: broken }), '422 invalid')
    assert.equal(await nora.says('POST', `/user/${id}/passkeys`, made), '201')
    /* The same challenge again; the same key again. */
    assert.equal(await nora.says('POST', `/user/${id}/passkeys`, made), '422 invalid')
    assert.equal(await nora.says('POST', `/user/${id}/passkeys`, key.make(await nora.api('POST', `/user/${id}/passkeys/options`))), '409 duplicate')
    const all = await nora.api('POST', `/user/${id}/passkeys/options`)
    assert.deepEqual(all.exclude, [b64(key.id)])
  })

  test('passkey: several, named, removed; nobody else touches them', async () => {
    const id = server.person('sven', 'sales')
    const sven = new Person(server, 'sven')
    await sven.password()
    const one = await register(sven, id, 'ES256')
    const two = await register(sven, id, 'EdDSA')
    const list = (await sven.api('GET', `/user/${id}/factors`)).passkeys as { id: string; name: string }[]
    assert.deepEqual(list.map((k) => k.name), ['my ES256', 'my EdDSA'])
    await sven.api('PATCH', `/user/${id}/passkeys/${list[0]?.id}`, { name: '公司鑰匙' })
    const other = new Person(server, 'nina')
    const nid = server.person('nina', 'admin')
    await other.password()
    assert.equal(await other.says('DELETE', `/user/${id}/passkeys/${list[0]?.id}`), '403 forbidden')
    assert.equal(await other.says('DELETE', `/user/${nid}/passkeys/${list[0]?.id}`), '404 not_found')
    assert.equal(await other.says('POST', `/user/${id}/passkeys/options`), '403 forbidden')
    await sven.api('DELETE', `/user/${id}/passkeys/${list[0]?.id}`)
    assert.equal((await signIn(new Person(server, 'sven'), one)).status, 401)
    assert.equal((await signIn(new Person(server, 'sven'), two)).status, 200)
    /* Who is out stays out, with a passkey too. */
    await other.api('PUT', `/admin/users/${id}/active`, { active: false })
    await within('signed out', async () => (await sven.says('GET', '/session')).startsWith('401'))
    assert.equal((await signIn(new Person(server, 'sven'), two)).status, 401)
  })
}
