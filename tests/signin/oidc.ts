/* Signing in through a provider: with a real one, and with answers of every kind that must not be taken. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { LyingProvider, RealProvider, visit } from './idp.ts'
import { Person, type Server, test, totp, within } from './kit.ts'
import { enrol } from './totp.ts'

const usual = { scopes: '', claim: 'preferred_username', acr: '', second: 'own', domains: [] as string[], roles: ['sales'], creates: true, links_email: false, inside: true, active: true }

async function admin(server: Server): Promise<Person> {
  const root = new Person(server, 'root')
  await root.password()
  return root
}

/* As the page does it: begun, been there, back. */
async function begin(p: Person, id: string) {
  const { url } = await p.api('POST', `/signin/oidc/${id}/start`)
  return new URL(url as string)
}

async function finish(p: Person, id: string, back: URL, change: Record<string, string> = {}) {
  const given = Object.fromEntries(back.searchParams)
  const reply = await p.ask('POST', `/api/v1/signin/oidc/${id}`, { state: given.state, ...(given.code ? { code: given.code } : {}), ...(given.iss ? { iss: given.iss } : {}), ...change })
  if (reply.status === 200) p.csrf = reply.json.csrf as string
  return reply
}

export function oidcTests(server: Server) {
  const real = new RealProvider()
  const liar = new LyingProvider('guanxi')
  const home = () => server.url
  let [id, lying] = ['', '']
  const client = { id: 'guanxi-app', secret: 'a secret: with/odd=signs&more' }
  const provider = { name: 'Work', issuer: '', client: client.id, secret: client.secret, ...usual }
  const lies = { name: 'Liar', issuer: '', client: 'guanxi', ...usual, claim: 'email' }

  const through = async (login: string) => {
    const p = new Person(server, login)
    return { p, reply: await finish(p, id, await visit((await begin(p, id)).href, login, home())) }
  }
  /* Through the lying one, with its answer as told. */
  const lied = async (lie: LyingProvider['lie'], p = new Person(server, ''), change: Record<string, string> = {}) => {
    liar.lie = lie
    const url = await begin(p, lying)
    liar.nonce = url.searchParams.get('nonce') ?? ''
    const back = new URL(`${home()}/?code=c&state=${url.searchParams.get('state')}`)
    const reply = await finish(p, lying, back, change)
    liar.lie = {}
    return reply
  }
  const refused = async (what: string, lie: LyingProvider['lie']) => {
    const reply = await lied(lie)
    assert.equal(reply.status, 401, `${what}: ${reply.status} ${reply.text}`)
    assert.match(reply.text, /could not be trusted/, what)
  }

  test('oidc: set up by an administrator; the secret is never given out', async () => {
    await real.start()
    await liar.start()
    provider.issuer = real.issuer
    lies.issuer = liar.issuer
    const root = await admin(server)
    const made = await root.api('POST', '/admin/providers', provider)
    id = made.id as string
    lying = ((await root.api('POST', '/admin/providers', lies)) as { id: string }).id
    assert.equal(made.redirect, `${server.url}/signin/${id}`)
    assert.equal(made.has_secret, true)
    for (const at of ['/admin/providers', '/admin/audit']) assert.ok(!(await root.ask('GET', `/api/v1${at}`)).text.includes('odd=signs'))
    await real.serve({ ...client, redirects: [made.redirect as string] }, 'k1', 'RS256')
    assert.deepEqual(Object.keys(await root.api('POST', `/admin/providers/${id}/try`)), ['authorize', 'token', 'keys'])
    assert.deepEqual((await new Person(server, '').api('GET', '/signin/providers')).rows.map((r: { name: string }) => r.name), ['Liar', 'Work'])
    for (const [what, change] of Object.entries({
      issuer: { issuer: 'ftp://example.com' }, user: { issuer: 'https://a@example.com' }, domains: { domains: ['@x'] }, role: { roles: ['nonsense'] }, admin: { roles: ['admin'] }, second: { second: 'maybe' },
      plain: { issuer: 'http://example.com', inside: false },
    }))
      assert.equal(await root.says('POST', '/admin/providers', { ...provider, ...change }), '422 invalid', what)
  })

  test('oidc: a user is made on the first sign-in, and is the same one on the next', async () => {
    const { p, reply } = await through('olga')
    assert.equal(reply.status, 200, reply.text)
    assert.equal(reply.json.user.display_name, 'Name of olga')
    assert.deepEqual(reply.json.roles, ['sales'])
    const again = await through('olga')
    assert.equal(again.reply.json.user.id, reply.json.user.id)
    assert.equal((await p.api('GET', '/session')).user.name, 'olga')
    const rows = (await p.api('GET', `/user/${reply.json.user.id}/identities`)).rows
    assert.deepEqual(rows.map((r: { provider: string; name: string }) => [r.provider, r.name]), [['Work', 'olga@example.com']])
    const root = await admin(server)
    assert.match((await root.ask('GET', `/api/v1/admin/audit?about=${reply.json.user.id}`)).text, /provider_created/)
    await root.api('PUT', `/admin/users/${reply.json.user.id}/active`, { active: false })
    assert.equal((await through('olga')).reply.status, 401)
  })

  test('oidc: other keys and algorithms, and claims that must be asked for', async () => {
    const redirects = [`${server.url}/signin/${id}`]
    for (const [kid, alg] of [['k2', 'ES256'], ['k3', 'EdDSA'], ['k3', 'RS256']] as const) {
      await real.serve({ ...client, redirects }, kid, alg, kid !== 'k2')
      const { reply } = await through('rory')
      assert.equal(reply.status, 200, `${alg}: ${reply.text}`)
      assert.equal(reply.json.user.name, 'rory')
    }
  })

  test('oidc: an answer serves once, in the browser and for the provider it was begun for', async () => {
    const p = new Person(server, '')
    const back = await visit((await begin(p, id)).href, 'oidc-nina', home())
    const cookies = { ...p.cookies }
    const thief = new Person(server, '')
    assert.equal((await finish(thief, id, back)).status, 401, 'no cookie')
    await begin(thief, id)
    assert.equal((await finish(thief, id, back)).status, 401, 'state of another browser')
    assert.equal((await finish(p, id, back, { iss: 'https://evil.example' })).status, 401, 'another issuer')
    p.cookies = { ...cookies }
    assert.equal((await finish(p, id, back)).status, 401, 'the state is spent')
    const other = new Person(server, '')
    const mixed = await visit((await begin(other, id)).href, 'oidc-nina', home())
    assert.equal((await finish(other, lying, mixed)).status, 401, 'mixed up')
    const good = new Person(server, '')
    const once = await visit((await begin(good, id)).href, 'oidc-nina', home())
    const kept = { ...good.cookies }
    assert.equal((await finish(good, id, once)).status, 200)
    good.cookies = kept
    assert.equal((await finish(good, id, once)).status, 401, 'replayed')
    const gone = new Person(server, '')
    const url = await begin(gone, id)
    assert.equal((await finish(gone, id, new URL(`${home()}/?error=access_denied&state=${url.searchParams.get('state')}`))).status, 401)
    assert.equal((await finish(gone, '1', once)).status, 404)
    const foreign = await new Person(server, '').ask('POST', `/api/v1/signin/oidc/${id}/start`, undefined, { 'Sec-Fetch-Site': 'cross-site' })
    assert.equal(foreign.status, 403)
  })

  test('oidc: what is asked for: PKCE, state, nonce, an exact address', async () => {
    const [a, b] = [await begin(new Person(server, ''), lying), await begin(new Person(server, ''), lying)]
    const q = Object.fromEntries(a.searchParams)
    assert.deepEqual([q.response_type, q.code_challenge_method, q.client_id, q.scope], ['code', 'S256', 'guanxi', 'openid email profile'])
    assert.equal(q.redirect_uri, `${server.url}/signin/${lying}`)
    for (const name of ['state', 'nonce', 'code_challenge']) assert.notEqual(q[name], b.searchParams.get(name))
    assert.equal((await lied({})).status, 200)
    const form = liar.forms.at(-1)
    assert.equal(form?.get('redirect_uri'), q.redirect_uri)
    assert.match(form?.get('code_verifier') ?? '', /^[\w-]{43,128}$/)
  })

  test('oidc: no token that is not good', async () => {
    const now = Math.floor(Date.now() / 1000)
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    await refused('issuer', { claims: { iss: 'https://evil.example' } })
    await refused('audience', { claims: { aud: 'somebody-else' } })
    await refused('audiences', { claims: { aud: ['guanxi', 'somebody-else'] } })
    await refused('given to another', { claims: { azp: 'somebody-else' } })
    await refused('nonce', { claims: { nonce: 'another' } })
    await refused('no nonce', { without: ['nonce'] })
    await refused('expired', { claims: { exp: now - 600 } })
    await refused('no end', { without: ['exp'] })
    await refused('of long ago', { claims: { iat: now - 7200 } })
    await refused('of tomorrow', { claims: { iat: now + 86400 } })
    await refused('not yet', { claims: { nbf: now + 600 } })
    await refused('nobody', { claims: { sub: '' } })
    await refused('none', { head: { alg: 'none' }, signature: 'none' })
    await refused('None', { head: { alg: 'None' }, signature: 'none' })
    await refused('no signature', { signature: 'none' })
    await refused('two parts', { signature: 'cut' })
    await refused('HS256 with the public key', { head: { alg: 'HS256' }, signature: 'hmac' })
    await refused('HS256 with a shared key', { head: { alg: 'HS256', kid: 'shared' }, signature: 'hmac' })
    await refused('another algorithm', { head: { alg: 'RS256' } })
    await refused('a key of its own', { key: stranger })
    await refused('a key in the head', { key: stranger, head: { jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) } })
    for (const kid of ['../../../etc/passwd', "' OR 1=1 --", '/dev/null', '']) await refused(`kid ${kid}`, { head: { kid } })
    await refused('kid is a number', { head: { kid: 7 } })
    await refused('critical', { head: { crit: ['exp'] } })
    await refused('the code is refused', { status: 400 })
    await refused('claims of somebody else', { without: ['email'], userinfo: { sub: 'liar-2', email: 'x@example.com' } })
    liar.rotate('two')
    assert.equal((await lied({})).status, 200, 'keys were changed')
    assert.equal((await lied({ claims: { exp: now - 60 } })).status, 200, 'clocks differ a little')
  })

  test('oidc: addresses inside, redirects, endless answers: no', async () => {
    const root = await admin(server)
    for (const [what, lie, status] of [['redirect', { redirect: 'http://169.254.169.254/' }, 503], ['huge', { huge: true }, 413], ['another issuer', { issuer: 'https://evil.example' }, 422]] as const) {
      liar.lie = lie
      const reply = await root.ask('POST', `/api/v1/admin/providers/${lying}/try`)
      assert.equal(reply.status, status, `${what}: ${reply.text}`)
    }
    liar.lie = {}
    const before = liar.asked.length
    const port = new URL(liar.issuer).port
    const outside = { ...lies, name: 'Outside', inside: false }
    for (const host of ['127.0.0.1', 'localhost', 'localhost.', '0177.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '[::1]', '0.0.0.0', '169.254.169.254', '[fe80::1]', '10.0.0.1']) {
      const made = await root.ask('POST', '/api/v1/admin/providers', { ...outside, issuer: `https://${host}:${port}` })
      assert.equal(made.status, 201, `${host}: ${made.text}`)
      const tried = await root.ask('POST', `/api/v1/admin/providers/${made.json.id}/try`)
      assert.match(tried.text, /private network|did not answer/, host)
      assert.ok(tried.status === 422 || /resolve|Bad/.test(tried.text), `${host}: ${tried.text}`)
      await root.api('DELETE', `/admin/providers/${made.json.id}`)
    }
    assert.equal(liar.asked.length, before)
  })

  test('oidc: who may come in: domains, links by address, nobody new', async () => {
    const root = await admin(server)
    const set = (change: object) => root.api('PUT', `/admin/providers/${id}`, { ...provider, secret: undefined, ...change })
    await set({ domains: ['other.example'] })
    assert.equal((await through('dora')).reply.status, 403)
    await set({ domains: ['EXAMPLE.com'], creates: false })
    const unknown = await through('dora')
    assert.match(unknown.reply.text, /nobody here is linked/)
    const dora = server.person('dora', 'sales')
    server.cli('update', 'user', dora, 'email=dora@example.com')
    assert.equal((await through('dora')).reply.status, 403, 'not by address unless it was set up')
    await set({ links_email: true, creates: false })
    const unproven = server.person('unproven', 'sales')
    server.cli('update', 'user', unproven, 'email=unproven@example.com')
    assert.equal((await through('unproven')).reply.status, 403, 'an address that nobody has proved')
    const linked = await through('dora')
    assert.equal(linked.reply.json.user?.id, dora, linked.reply.text)
    await set({ creates: true })
    server.person('taken', 'sales')
    assert.match((await through('taken')).reply.text, /already/, 'a login is not taken over')
  })

  test('oidc: linked by who is signed in, confirmed by it, and taken off again', async () => {
    const me = server.person('oidc-lena', 'sales')
    const lena = new Person(server, 'oidc-lena')
    await lena.password()
    const go = async (purpose: string, as: string) => {
      const { url } = await lena.api('POST', `/session/oidc/${id}/start`, { purpose })
      const back = Object.fromEntries((await visit(url as string, as, home())).searchParams)
      return lena.says('POST', `/session/oidc/${id}`, { state: back.state, code: back.code, iss: back.iss })
    }
    assert.equal(await go('fresh', 'lenas-other-name'), '403 forbidden')
    assert.equal(await go('link', 'lenas-other-name'), '204')
    assert.equal((await through('lenas-other-name')).reply.json.user.id, me)
    assert.equal(await go('link', 'oidc-nina'), '409 duplicate')
    assert.equal(await go('fresh', 'lenas-other-name'), '204')
    assert.equal(await go('fresh', 'oidc-nina'), '403 forbidden')
    const { url } = await lena.api('POST', `/session/oidc/${id}/start`, { purpose: 'link' })
    const back = Object.fromEntries((await visit(url as string, 'somebody', home())).searchParams)
    const other = new Person(server, 'other')
    other.cookies = { ...lena.cookies }
    delete other.cookies.gx_session
    assert.equal((await other.ask('POST', `/api/v1/signin/oidc/${id}`, { state: back.state, code: back.code, iss: back.iss })).status, 401, 'begun for another purpose')
    const [row] = (await lena.api('GET', `/user/${me}/identities`)).rows
    await lena.api('DELETE', `/user/${me}/identities/${row.id}`)
    assert.match((await through('lenas-other-name')).reply.text, /Name of|already|linked/)
  })

  test('oidc: second factors: ours, the provider\'s, or none', async () => {
    const root = await admin(server)
    const set = (change: object) => root.api('PUT', `/admin/providers/${lying}`, { ...lies, ...change })
    const p = new Person(server, '')
    await set({ second: 'claim' })
    assert.match((await lied({})).text, /second factor/)
    assert.equal((await lied({ claims: { amr: ['pwd', 'mfa'] } })).status, 200)
    await set({ second: 'claim', acr: 'urn:gold' })
    assert.equal((await begin(new Person(server, ''), lying)).searchParams.get('acr_values'), 'urn:gold')
    assert.equal((await lied({ claims: { amr: ['mfa'], acr: 'urn:silver' } })).status, 403)
    assert.equal((await lied({ claims: { acr: 'urn:gold' } }, p)).status, 200)
    const rules = await root.api('GET', '/admin/signin')
    await root.api('PUT', '/admin/signin', { ...rules, second_factor_roles: ['sales'] })
    assert.equal((await p.api('GET', '/session')).second_factor_due, false, 'the provider has seen to it')
    await set({ second: 'own' })
    assert.equal((await lied({})).json.second_factor_due, true)
    await root.api('PUT', '/admin/signin', { ...rules, second_factor_roles: [] })
    const id2 = server.person('codes', 'sales')
    server.cli('update', 'user', id2, 'email=codes@example.com')
    const { secret } = await enrol(new Person(server, 'codes'), id2)
    await set({ second: 'own', links_email: true })
    const half = new Person(server, 'codes')
    assert.equal((await lied({ claims: { sub: 'liar-codes', email: 'codes@example.com' } }, half)).json.code, 'second_factor')
    assert.equal((await half.ask('GET', '/api/v1/session')).status, 401)
    assert.equal((await half.code(totp(secret))).status, 200)
    await set({ second: 'trust' })
    assert.equal((await lied({ claims: { sub: 'liar-codes' } })).status, 200)
    const stale = new Person(server, '')
    await lied({ claims: { auth_time: Math.floor(Date.now() / 1000) - 3600 } }, stale)
    assert.equal(await stale.says('POST', `/user/${(await stale.api('GET', '/session')).user.id}/totp`, {}), '403 step_up', 'asked long ago')
  })

  test('oidc: removed, nothing of it serves any more', async () => {
    const root = await admin(server)
    await root.api('DELETE', `/admin/providers/${lying}`)
    await root.api('PUT', `/admin/providers/${id}`, { ...provider, secret: undefined, active: false })
    await within('no button', async () => (await root.api('GET', '/signin/providers')).rows.length === 0)
    assert.equal(await new Person(server, '').says('POST', `/signin/oidc/${id}/start`), '404 not_found')
    await root.api('DELETE', `/admin/providers/${id}`)
    real.end()
    liar.end()
  })
}
