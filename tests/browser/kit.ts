/*
 * kit.ts - a server, a browser, and what every journey needs of them.
 *
 * The usual server is BASE_URL if that is set, else build/debug/guanxi with demo data, else the mock
 * of the API in web/mock.  MOCK=1 takes the mock in any case.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type * as Playwright from 'playwright-core'

export type Page = Playwright.Page
export type Locator = Playwright.Locator
export type Browser = Playwright.Browser

const ROOT = path.join(import.meta.dirname, '..', '..')
/* Public data that nobody here made, where it is present. */
export const DATA = process.env.DATA ?? path.join(ROOT, '..', 'shared', 'data')
const PROGRAM = process.env.GUANXI ?? path.join(ROOT, 'build', 'debug', 'guanxi')
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]
const START_MS = 60_000
const WAIT_MS = 10_000
const [QUIET_MS, STEP_MS] = [120, 20]

export const NAME = process.env.GUANXI_NAME ?? 'admin'
export const PASSWORD = process.env.GUANXI_PASSWORD ?? 'guanxi-demo'

export interface Server {
  url: string
  /* Where the first administrator is made, as the server has printed it; '' when there is one. */
  setup: string
  stop: () => void
  /* As when the machine loses its power: at once, whatever is under way; and back, with all it had. */
  kill: () => Promise<void>
  revive: () => Promise<void>
}

function run(args: string[]) {
  const done = spawnSync(PROGRAM, args, { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`guanxi ${args[0]}: ${done.stderr || done.stdout}`)
}

function listen(child: ChildProcess): Promise<{ url: string; setup: string }> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error(`the server did not start: ${text}`)), START_MS)
    child.stdout?.on('data', (part: Buffer) => {
      text += part.toString()
      const m = /Guanxi is at (http\S+)/.exec(text)
      if (m?.[1]) {
        clearTimeout(timer)
        resolve({ url: m[1], setup: /http\S+\/setup#\w+/.exec(text)?.[0] ?? '' })
      }
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)))
  })
}

/* Is it the program of this repository that is tried, and not another server or the mock? */
const isReal = () => !process.env.BASE_URL && process.env.MOCK !== '1' && existsSync(PROGRAM)

const folder = () => mkdtempSync(path.join(tmpdir(), 'guanxi-browser-'))

/* Made once, and copied for each server that wants it: making a password takes a second. */
const made = new Map<string, string>()
function initial(more: string[]): string {
  const key = more.join(' ')
  let kept = made.get(key)
  if (!kept) {
    kept = folder()
    run(['init', '--admin', NAME, '--password', PASSWORD, '--data', kept, ...more])
    made.set(key, kept)
  }
  const data = folder()
  cpSync(kept, data, { recursive: true })
  return data
}
export function forgetInitial() {
  for (const kept of made.values()) rmSync(kept, { recursive: true, force: true })
}

/* With nothing in it but the administrator, and what `fill` puts there; null if that cannot be had. */
export async function startEmptyServer(more: string[] = [], fill?: (data: string, program: string) => void, options: string[] = []): Promise<Server | null> {
  if (!isReal()) return null
  const data = initial(more)
  fill?.(data, PROGRAM)
  return serve(data, options)
}

/* That nobody can sign in to yet. */
export async function startFreshServer(): Promise<Server | null> {
  return isReal() ? serve(folder()) : null
}

export async function startServer(organisation = 'insurer'): Promise<Server> {
  if (process.env.BASE_URL) return { url: process.env.BASE_URL, setup: '', stop: () => {}, kill: async () => {}, revive: async () => {} }
  const data = isReal() ? folder() : ''
  if (data) run(['demo', organisation, '--plain', '--data', data])
  return serve(data)
}

/* The program with this data folder; without one the mock. */
async function serve(data: string, options: string[] = []): Promise<Server> {
  const start = (at: string) =>
    data
      ? spawn(PROGRAM, ['serve', '--quiet', '--listen', at, '--data', data, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn(process.execPath, [path.join(ROOT, 'web', 'mock', 'server.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
  let child = start('127.0.0.1:0')
  const { url, setup } = await listen(child)
  return {
    url,
    setup,
    kill: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
    revive: async () => {
      child = start(new URL(url).host)
      await listen(child)
    },
    stop: () => {
      child.kill()
      if (data) rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

export function launch(): Promise<Browser> {
  const require = createRequire(path.join(ROOT, 'web', 'package.json'))
  const { chromium } = require('playwright-core') as typeof Playwright
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
}

export interface Look {
  width: 1440 | 390
  lang: 'zh-Hant' | 'en'
  scheme: 'light' | 'dark'
}
export const DESK: Look = { width: 1440, lang: 'zh-Hant', scheme: 'light' }
export const PHONE: Look = { width: 390, lang: 'en', scheme: 'light' }
export const DESK_EN: Look = { width: 1440, lang: 'en', scheme: 'dark' }
export const PHONE_ZH: Look = { width: 390, lang: 'zh-Hant', scheme: 'dark' }

/* What the screen says, in the language of the visit. */
export const say = <T>({ look }: Pick<Visit, 'look'>, zh: T, en: T): T => (look.lang === 'en' ? en : zh)

export interface Visit {
  page: Page
  base: string
  setup: string
  look: Look
  phone: boolean
  /* What the page complained about: errors, and breaches of the content security policy. */
  complaints: string[]
  /* What the page has asked for and not got yet. */
  flight: ReadonlySet<unknown>
  close: () => Promise<void>
}

/* With `worker` as an installed application: the service worker keeps what was seen. */
export async function visit(browser: Browser, base: string, look: Look, worker = false): Promise<Visit> {
  const phone = look.width < 768
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width: look.width, height: phone ? 844 : 900 },
    locale: look.lang === 'en' ? 'en-GB' : 'zh-TW',
    colorScheme: look.scheme,
    timezoneId: 'Asia/Taipei',
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: 'reduce',
    acceptDownloads: true,
    serviceWorkers: worker ? 'allow' : 'block',
  })
  context.setDefaultTimeout(WAIT_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && !/Failed to load resource/.test(text)) complaints.push(text)
  })
  const flight = new Set<Playwright.Request>()
  page.on('requestfinished', (request) => flight.delete(request))
  page.on('requestfailed', (request) => flight.delete(request))
  page.on('framenavigated', () => flight.clear())
  page.on('request', (request) => {
    if (request.resourceType() !== 'eventsource') flight.add(request)
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(base)) complaints.push(`left the house: ${request.url()}`)
  })
  return { page, base, setup: '', look, phone, complaints, flight, close: () => context.close() }
}

/*
 * Signed in without the form, which has a journey of its own.  Judging a password is slow on purpose, so
 * a session is used again while the server does not ask again who it is (15 minutes).
 */
type Cookies = Awaited<ReturnType<Playwright.BrowserContext['cookies']>>
const SESSION_FRESH_MS = 8 * 60_000
const sessions = new Map<string, { cookies: Cookies; since: number }>()
export async function signIn({ page, base }: Visit, name = NAME) {
  const key = `${base} ${name}`
  const kept = sessions.get(key)
  if (kept && performance.now() - kept.since < SESSION_FRESH_MS) {
    await page.context().addCookies(kept.cookies)
    if ((await page.request.get('/api/v1/session')).ok()) return
  }
  const reply = await page.request.post('/api/v1/session', { data: { name, password: PASSWORD } })
  if (!reply.ok()) throw new Error(`sign-in: ${reply.status()} ${await reply.text()}`)
  sessions.set(key, { cookies: await page.context().cookies(), since: performance.now() })
}

/* What a test asks of the API beside the page, with the page's own session. */
export async function api<T>({ page }: Visit, method: string, path: string, body?: unknown): Promise<T> {
  const session = await page.request.get('/api/v1/session')
  const { csrf } = (await session.json()) as { csrf: string }
  const reply = await page.request.fetch(`/api/v1${path}`, {
    method,
    headers: { 'X-CSRF-Token': csrf },
    ...(body === undefined ? {} : { data: body }),
  })
  if (!reply.ok()) throw new Error(`${method} ${path}: ${reply.status()} ${await reply.text()}`)
  return (reply.status() === 204 ? null : await reply.json()) as T
}

export const unique = (name: string) => `${name} ${Date.now().toString(36)}`

/* A user by this name, a manager, who may edit everything; the login. */
export async function hire(v: Visit, name: string): Promise<string> {
  const login = `c${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`
  const { id } = await api<{ id: string }>(v, 'POST', '/user', { login, display_name: name })
  await api(v, 'POST', `/user/${id}/password`, { password: PASSWORD })
  await api(v, 'PUT', `/user/${id}/roles`, { roles: ['manager'] })
  return login
}

/* Somebody else at another screen, signed in; the same person for all journeys, unless `own`. */
const hired = new Map<string, string>()
export async function colleague(v: Visit, name: string, own = false): Promise<Visit> {
  const browser = v.page.context().browser()
  if (!browser) throw new Error('no browser')
  const key = `${v.base} ${name}`
  const login = (!own && hired.get(key)) || (await hire(v, name))
  if (!own) hired.set(key, login)
  const other = await visit(browser, v.base, v.look)
  await signIn(other, login)
  return other
}

const AXE = path.join(ROOT, 'web', 'node_modules', 'axe-core', 'axe.min.js')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface Violation {
  id: string
  help: string
  nodes: { target: string[]; failureSummary?: string }[]
}

/* Everything asked for has come, and brought nothing else with it. */
export async function settled({ page, flight }: Visit) {
  const end = performance.now() + WAIT_MS
  for (let quiet = 0; quiet < QUIET_MS && performance.now() < end; quiet = flight.size === 0 ? quiet + STEP_MS : 0) await page.waitForTimeout(STEP_MS)
}

/* Nothing that axe objects to, nothing wider than the screen.  Its copies of sheets in shadow roots (preload) the content
 * security policy refuses. */
export async function axe(v: Visit) {
  const { page, look } = v
  await settled(v)
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(AXE, 'utf8'))
  const run = `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'], preload: false })`
  const { violations } = (await page.evaluate(run)) as { violations: Violation[] }
  const said = violations.flatMap((x) => x.nodes.slice(0, 3).map((n) => `${x.id}: ${n.target.join(' ')} ${n.failureSummary ?? x.help}`))
  assert.deepEqual(said, [], said.join('\n'))
  const wide = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.querySelector('main')?.scrollWidth ?? 0))
  assert.ok(wide <= look.width, `the page is ${wide} wide`)
}

export type Journey = (v: Visit, server: Server) => Promise<void>
export interface Spec {
  /* Why it cannot be made here; '' if it can. */
  skip?: () => string
  /* On a server of its own, with nothing in it. */
  empty?: boolean
  /* More arguments of `guanxi init` for that server. */
  init?: string[]
  /* What is put into its data folder before it starts, and with which program. */
  fill?: (data: string, program: string) => void
  /* More arguments of `guanxi serve` for that server. */
  serve?: string[]
  /* On a server of its own that nobody can sign in to; v.setup is what it has printed. */
  fresh?: boolean
  /* As an application that was installed (the others go without the service worker). */
  worker?: boolean
  limitMs?: number
  /* Each journey is made at each of these; in the slow check at the widths of these, in every language. */
  looks?: Look[]
  /* In these words only: what is told is in one language. */
  fixed?: boolean
  journeys: Record<string, Journey>
}
