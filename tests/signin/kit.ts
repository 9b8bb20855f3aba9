/* kit.ts - a server with people in it, requests with cookies, and what stands in for a telephone and a key. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const PASSWORD = 'correct horse canary 7'
export const PROGRAM = process.env.GUANXI ?? path.join(import.meta.dirname, '..', '..', 'build', 'debug', 'guanxi')

export interface Reply {
  status: number
  headers: Headers
  text: string
  json: Record<string, any>
}

/* --- a server */

export class Server {
  readonly data = mkdtempSync(path.join(tmpdir(), 'guanxi-signin-'))
  url = ''
  log = ''
  pid = 0
  private child: ChildProcess | undefined
  private readonly more: string[]
  private readonly env: Record<string, string>
  constructor(more: string[] = [], env: Record<string, string> = {}) {
    this.more = more
    this.env = env
  }

  cli(...args: string[]): string {
    const done = spawnSync(PROGRAM, [...args, '--data', this.data], { encoding: 'utf8', env: { ...process.env, LANG: 'en_US.UTF-8' } })
    if (done.status !== 0) throw new Error(`guanxi ${args.join(' ')}: ${done.stderr || done.stdout}`)
    return done.stdout
  }

  async start() {
    const child = spawn(PROGRAM, ['serve', '--listen', '127.0.0.1:0', '--data', this.data, ...this.more], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.env } })
    this.child = child
    this.pid = child.pid ?? 0
    this.url = await new Promise((resolve, reject) => {
      let said = ''
      child.stdout.on('data', (part: Buffer) => {
        said += part.toString()
        const m = /Guanxi is at (http\S+)/.exec(said)
        if (m?.[1]) resolve(m[1])
      })
      child.stderr.on('data', (part: Buffer) => (this.log += part.toString()))
      child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${this.log}`)))
    })
  }

  async stop() {
    const child = this.child
    if (!child) return
    this.child = undefined
    const over = new Promise<number | null>((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    assert.equal(await over, 0, this.log)
  }

  async end() {
    await this.stop()
    rmSync(this.data, { recursive: true, force: true })
  }

  /* Somebody with these roles and the usual password; their id. */
  person(login: string, ...roles: string[]): string {
    this.cli('user', 'add', login, '--password', PASSWORD, ...roles.flatMap((r) => ['--role', r]))
    const row = this.cli('list', 'user', '--filter', `login = "${login}"`, '--fields', 'login', '--json')
    return (JSON.parse(row) as { id: string }).id
  }
}

/* --- a browser: cookies, and the token for writing */

export class Person {
  cookies: Record<string, string> = {}
  csrf = ''
  /* Where the proxy in front says that they are; '': no proxy. */
  address = ''
  readonly server: Server
  readonly login: string
  readonly agent: string
  constructor(server: Server, login: string, agent = 'Test/1.0') {
    this.server = server
    this.login = login
    this.agent = agent
  }

  async ask(method: string, at: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const cookie = Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join('; ')
    const reply = await fetch(this.server.url + at, {
      method,
      redirect: 'manual',
      headers: {
        'User-Agent': this.agent,
        'Accept-Language': 'en',
        ...(cookie ? { Cookie: cookie } : {}),
        ...(this.address ? { 'X-Forwarded-For': this.address } : {}),
        ...(method !== 'GET' && this.csrf ? { 'X-CSRF-Token': this.csrf } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    for (const set of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value && !/Max-Age=0/.test(set)) this.cookies[name] = value
      else delete this.cookies[name]
    }
    const text = await reply.text()
    let json = {}
    try {
      json = text ? JSON.parse(text) : {}
    } catch {
      /* not JSON: the text is there */
    }
    return { status: reply.status, headers: reply.headers, text, json }
  }

  async api(method: string, at: string, body?: unknown): Promise<any> {
    const reply = await this.ask(method, `/api/v1${at}`, body)
    assert.ok(reply.status < 300, `${method} ${at}: ${reply.status} ${reply.text}`)
    return reply.json
  }

  /* The status and the code of a refusal: "403 step_up". */
  async says(method: string, at: string, body?: unknown): Promise<string> {
    const reply = await this.ask(method, `/api/v1${at}`, body)
    return reply.status < 300 ? String(reply.status) : `${reply.status} ${reply.json.code ?? reply.text}`
  }

  async password(password = PASSWORD): Promise<Reply> {
    const reply = await this.ask('POST', '/api/v1/session', { name: this.login, password })
    if (reply.status === 200) this.csrf = reply.json.csrf as string
    return reply
  }

  async code(code: string): Promise<Reply> {
    const reply = await this.ask('POST', '/api/v1/signin/second', { code })
    if (reply.status === 200) this.csrf = reply.json.csrf as string
    return reply
  }
}

/* --- an authenticator application (RFC 6238), written apart from the one that is tried */

function base32(text: string): Buffer {
  const bits = [...text].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g)?.map((b) => parseInt(b, 2)) ?? [])
}

export function totp(secret: string, steps = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const mac = createHmac('sha1', base32(secret)).update(counter).digest()
  const at = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/* --- a key (WebAuthn authenticator), whose every part can be made wrong */

export const b64 = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest()

/* CBOR, as much of it as keys speak. */
function cbor(value: unknown): Buffer {
  const head = (major: number, n: number) =>
    n < 24 ? Buffer.from([(major << 5) | n]) : n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255])
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flatMap(([k, v]) => [cbor(k), cbor(v)])])
  throw new Error('no CBOR for this')
}

export type Kind = 'ES256' | 'EdDSA' | 'RS256'

export interface Wrong {
  type?: string
  challenge?: string
  origin?: string
  rp?: string
  flags?: number
  counter?: number
  crossOrigin?: boolean
  key?: Key
}

export class Key {
  readonly id = randomBytes(32)
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  counter = 0

  readonly kind: Kind
  readonly origin: string
  constructor(kind: Kind, origin: string) {
    this.kind = kind
    this.origin = origin
    const pair =
      kind === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : kind === 'EdDSA' ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.privateKey = pair.privateKey
    this.publicKey = pair.publicKey
  }

  cose(): Buffer {
    const jwk = this.publicKey.export({ format: 'jwk' })
    const of = (text?: string) => Buffer.from(text ?? '', 'base64url')
    if (this.kind === 'ES256') return cbor(new Map<number, unknown>([[1, 2], [3, -7], [-1, 1], [-2, of(jwk.x)], [-3, of(jwk.y)]]))
    if (this.kind === 'EdDSA') return cbor(new Map<number, unknown>([[1, 1], [3, -8], [-1, 6], [-2, of(jwk.x)]]))
    return cbor(new Map<number, unknown>([[1, 3], [3, -257], [-1, of(jwk.n)], [-2, of(jwk.e)]]))
  }

  private client(type: string, challenge: string, w: Wrong) {
    return JSON.stringify({ type: w.type ?? type, challenge: w.challenge ?? challenge, origin: w.origin ?? this.origin, crossOrigin: w.crossOrigin ?? false })
  }

  private data(rp: string, flags: number, w: Wrong): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(w.counter ?? ++this.counter)
    return Buffer.concat([sha256(w.rp ?? rp), Buffer.from([w.flags ?? flags]), counter])
  }

  make(o: { challenge: string; rp_id: string }, w: Wrong = {}) {
    const length = Buffer.from([this.id.length >> 8, this.id.length & 255])
    const data = Buffer.concat([this.data(o.rp_id, 0x45, w), Buffer.alloc(16), length, this.id, this.cose()])
    const object = cbor(new Map<string, unknown>([['fmt', 'none'], ['attStmt', new Map()], ['authData', data]]))
    return { name: `my ${this.kind}`, client_data: b64(this.client('webauthn.create', o.challenge, w)), attestation: b64(object) }
  }

  answer(o: { challenge: string; rp_id: string }, w: Wrong = {}) {
    const client = this.client('webauthn.get', o.challenge, w)
    const data = this.data(o.rp_id, 0x05, w)
    const key = (w.key ?? this).privateKey
    const text = Buffer.concat([data, sha256(client)])
    const signature = this.kind === 'EdDSA' ? sign(null, text, key) : sign('sha256', text, key)
    return { id: b64(this.id), client_data: b64(client), authenticator_data: b64(data), signature: b64(signature) }
  }
}

/* --- tests by name */

type Test = [name: string, run: () => Promise<void>]
const tests: Test[] = []
export const test = (name: string, run: () => Promise<void>) => void tests.push([name, run])

export async function run(word: string): Promise<number> {
  let [passed, failed] = [0, 0]
  for (const [name, go] of tests) {
    if (!name.includes(word)) continue
    try {
      await go()
      passed++
    } catch (error) {
      failed++
      console.log(`FAIL ${name}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
  }
  console.log(`${passed} passed, ${failed} failed`)
  return failed
}

/* Until it is so, at most 5 s: sessions are trusted for a second. */
export async function within(what: string, is: () => Promise<boolean>) {
  const end = Date.now() + 5_000
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`not within 5 s: ${what}`)
    await new Promise((go) => setTimeout(go, 50))
  }
}
