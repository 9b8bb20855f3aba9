/*
 * idp.ts - providers of sign-in: a real one (npm oidc-provider), and one that lies as it is told.
 */
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { b64 } from './kit.ts'

const web = createRequire(path.join(import.meta.dirname, '..', '..', 'web', 'package.json'))

export interface Client {
  id: string
  secret: string
  redirects: string[]
}

async function listen(server: HttpServer): Promise<string> {
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go))
  server.unref() /* a test that failed keeps nobody waiting */
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/* Who the real one knows: what is before the @ of what is typed. */
const claimsOf = (login: string) => ({ sub: login, email: `${login}@example.com`, email_verified: !login.startsWith('unproven'), name: `Name of ${login}`, preferred_username: login })

type Handler = (req: IncomingMessage, res: ServerResponse) => void

export class RealProvider {
  issuer = ''
  private handle: Handler = (_, res) => void res.end()
  private readonly server = createServer((req, res) => this.handle(req, res))

  async start() {
    this.issuer = await listen(this.server)
  }

  /* Anew with other keys, as after a rotation; `inToken` false: the claims are to be asked for. */
  async serve(client: Client, kid: string, alg: 'RS256' | 'ES256' | 'EdDSA', inToken = true) {
    /* It warns of what a test leaves out. */
    console.warn = console.info = () => {}
    const { default: Provider } = (await import(pathToFileURL(web.resolve('oidc-provider')).href)) as { default: new (issuer: string, config: object) => { callback(): Handler } }
    const pair = alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
    const jwk = { ...pair.privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg }
    const provider = new Provider(this.issuer, {
      clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: client.redirects, response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: alg }],
      jwks: { keys: [jwk] },
      cookies: { keys: ['for tests'] },
      claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
      conformIdTokenClaims: !inToken,
      pkce: { required: () => true },
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'] },
      findAccount: (_: unknown, login: string) => ({ accountId: login, claims: () => claimsOf(login) }),
    })
    this.handle = provider.callback()
  }

  end() {
    this.server.close()
    this.server.closeAllConnections()
  }
}

/* A person at the real provider: types the name, agrees, and is sent back; where to. */
export async function visit(url: string, login: string, home: string): Promise<URL> {
  const jar = new Map<string, string>()
  let [method, body] = ['GET', '']
  for (let at = new URL(url), steps = 0; steps < 12; steps++) {
    const reply = await fetch(at, {
      method,
      redirect: 'manual',
      headers: { Cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; '), ...(body ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}) },
      ...(body ? { body } : {}),
    })
    for (const set of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      jar.set(name, value)
    }
    const text = await reply.text()
    const to = reply.headers.get('location')
    if (to) {
      at = new URL(to, at)
      ;[method, body] = ['GET', '']
      if (at.href.startsWith(home)) return at
      continue
    }
    const [, action = ''] = /<form[^>]*action="([^"]*)"/.exec(text) ?? []
    const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(text) ?? []
    if (!action) throw new Error(`no form at ${at.href}: ${reply.status} ${text.slice(0, 300)}`)
    at = new URL(action, at)
    ;[method, body] = ['POST', prompt === 'login' ? `prompt=login&login=${encodeURIComponent(login)}&password=x` : 'prompt=consent']
  }
  throw new Error('the provider sends in circles')
}

/* --- one that answers as a test wants: every part of its token can be wrong */

export interface Lie {
  head?: Record<string, unknown>
  claims?: Record<string, unknown>
  without?: string[]
  key?: KeyObject
  signature?: 'none' | 'hmac' | 'cut'
  issuer?: string
  status?: number
  redirect?: string
  huge?: boolean
  slow?: boolean
  userinfo?: Record<string, unknown>
}

export class LyingProvider {
  issuer = ''
  asked: string[] = []
  lie: Lie = {}
  kid = 'one'
  forms: URLSearchParams[] = []
  nonce = ''
  pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly client: string
  private readonly server = createServer((req, res) => void this.answer(req, res))
  constructor(client: string) {
    this.client = client
  }

  async start() {
    this.issuer = await listen(this.server)
  }
  end() {
    this.server.close()
    this.server.closeAllConnections()
  }
  rotate(kid: string) {
    this.kid = kid
    this.pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  }

  private get publicKey() {
    return { ...this.pair.publicKey.export({ format: 'jwk' }), kid: this.kid, use: 'sig', alg: 'ES256' }
  }

  token(): string {
    const now = Math.floor(Date.now() / 1000)
    const claims: Record<string, unknown> = { iss: this.issuer, aud: this.client, sub: 'liar-1', nonce: this.nonce, iat: now, exp: now + 300, email: 'liar@example.com', email_verified: true, name: 'A Liar', ...this.lie.claims }
    for (const name of this.lie.without ?? []) delete claims[name]
    const head = b64(JSON.stringify({ alg: 'ES256', kid: this.kid, ...this.lie.head }))
    const data = `${head}.${b64(JSON.stringify(claims))}`
    if (this.lie.signature === 'none') return `${data}.`
    if (this.lie.signature === 'cut') return data
    if (this.lie.signature === 'hmac') return `${data}.${b64(createHmac('sha256', JSON.stringify(this.publicKey)).update(data).digest())}`
    return `${data}.${b64(sign('sha256', Buffer.from(data), { key: this.lie.key ?? this.pair.privateKey, dsaEncoding: 'ieee-p1363' }))}`
  }

  private async answer(req: IncomingMessage, res: ServerResponse) {
    const at = new URL(req.url ?? '/', this.issuer)
    let body = ''
    for await (const part of req) body += String(part)
    this.asked.push(at.pathname)
    const say = (json: unknown, status = 200) => res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(json))
    if (at.pathname === '/.well-known/openid-configuration') {
      if (this.lie.redirect) return void res.writeHead(302, { Location: this.lie.redirect }).end()
      if (this.lie.huge) return void res.end(`{"x":"${'x'.repeat(3 << 20)}"}`)
      return void say({ issuer: this.lie.issuer ?? this.issuer, authorization_endpoint: `${this.issuer}/auth`, token_endpoint: `${this.issuer}/token`, jwks_uri: `${this.issuer}/keys`, userinfo_endpoint: `${this.issuer}/me` })
    }
    if (at.pathname === '/keys') return void say({ keys: [{ kty: 'oct', kid: 'shared', k: b64('secret') }, this.publicKey] })
    if (at.pathname === '/me') return void say(this.lie.userinfo ?? {})
    if (at.pathname === '/token') {
      this.forms.push(new URLSearchParams(body))
      return void say({ access_token: randomUUID(), token_type: 'Bearer', id_token: this.token() }, this.lie.status)
    }
    say({}, 404)
  }
}
