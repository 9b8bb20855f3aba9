/*
 * kit.ts - a server, a browser, and what every journey needs of them.
 *
 * The usual server is BASE_URL if that is set, else build/debug/guanxi with demo data, else the mock
 * of the API in web/mock.  MOCK=1 takes the mock in any case.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
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

/* With nothing in it but the administrator; null if that cannot be had. */
export async function startEmptyServer(more: string[] = []): Promise<Server | null> {
  if (!isReal()) return null
  const data = mkdtempSync(path.join(tmpdir(), 'guanxi-browser-'))
  run(['init', '--admin', NAME, '--password', PASSWORD, '--data', data, ...more])
  return serve(data)
}

/* That nobody can sign in to yet. */
export async function startFreshServer(): Promise<Server | null> {
  return isReal() ? serve(mkdtempSync(path.join(tmpdir(), 'guanxi-browser-'))) : null
}

export async function startServer(organisation = 'insurer'): Promise<Server> {
  if (process.env.BASE_URL) return { url: process.env.BASE_URL, setup: '', stop: () => {}, kill: async () => {}, revive: async () => {} }
  const data = isReal() ? mkdtempSync(path.join(tmpdir(), 'guanxi-browser-')) : ''
  if (data) run(['demo', organisation, '--data', data])
  return serve(data)
}

/* The program with this data folder; without one the mock. */
async function serve(data: string): Promise<Server> {
  const start = (at: string) =>
    data
      ? spawn(PROGRAM, ['serve', '--quiet', '--listen', at, '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] })
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
      if (data) rmSync(data, { recursive: true, force: true })
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
export const PHONE: Look = { width: 390, lang: 'zh-Hant', scheme: 'light' }

export interface Visit {
  page: Page
  base: string
  setup: string
  look: Look
  phone: boolean
  /* What the page complained about: errors, and breaches of the content security policy. */
  complaints: string[]
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
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(base)) complaints.push(`left the house: ${request.url()}`)
  })
  return { page, base, setup: '', look, phone, complaints, close: () => context.close() }
}

/* Signed in without the form, which has a journey of its own. */
export async function signIn({ page }: Visit, name = NAME) {
  const reply = await page.request.post('/api/v1/session', { data: { name, password: PASSWORD } })
  if (!reply.ok()) throw new Error(`sign-in: ${reply.status()} ${await reply.text()}`)
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

/* Somebody else at another screen, signed in; a manager, who may edit everything. */
export async function colleague(v: Visit, name: string): Promise<Visit> {
  const browser = v.page.context().browser()
  if (!browser) throw new Error('no browser')
  const login = `c${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`
  const { id } = await api<{ id: string }>(v, 'POST', '/user', { login, display_name: name })
  await api(v, 'POST', `/user/${id}/password`, { password: PASSWORD })
  await api(v, 'PUT', `/user/${id}/roles`, { roles: ['manager'] })
  const other = await visit(browser, v.base, v.look)
  const reply = await other.page.request.post('/api/v1/session', { data: { name: login, password: PASSWORD } })
  if (!reply.ok()) throw new Error(`sign-in: ${reply.status()} ${await reply.text()}`)
  return other
}

const AXE = path.join(ROOT, 'web', 'node_modules', 'axe-core', 'axe.min.js')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface Violation {
  id: string
  help: string
  nodes: { target: string[]; failureSummary?: string }[]
}

/* Nothing that axe objects to, nothing wider than the screen. */
export async function axe({ page, look }: Visit) {
  await page.waitForLoadState('networkidle')
  await page.evaluate(readFileSync(AXE, 'utf8'))
  const run = `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] })`
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
  /* On a server of its own that nobody can sign in to; v.setup is what it has printed. */
  fresh?: boolean
  /* As an application that was installed (the others go without the service worker). */
  worker?: boolean
  limitMs?: number
  /* Each journey is made at each of these. */
  looks?: Look[]
  journeys: Record<string, Journey>
}
