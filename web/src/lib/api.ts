/*
 * api.ts - the one place that talks to the server.
 *
 * It adds the CSRF token, reads problem+json into Problem, and tells whoever listens that the
 * session is over, so that no page has to look at a status code.
 */
import { BASE } from './base.ts'
import type { FieldError, Json } from './types.ts'

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: FieldError[]

  constructor(status: number, body: Partial<Record<string, unknown>>) {
    const detail = text(body.detail) || text(body.title) || `HTTP ${status}`
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = text(body.code)
    this.detail = detail
    this.errors = Array.isArray(body.errors) ? (body.errors as FieldError[]) : []
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/* The server could not be reached at all. */
export class Offline extends Error {}

export type Query = Record<string, string | number | boolean | null | undefined>

export interface Options {
  query?: Query
  body?: Json | Blob | undefined
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

const PREFIX = `${BASE}/api/v1`
const client = { csrf: '', lang: '', held: false, onSignedOut: () => {}, confirm: async () => false }
const signedOut = () => {
  if (!client.held) client.onSignedOut()
}

export function setCsrf(token: string) {
  client.csrf = token
}
/* What the server says to people, it says in the language of the screen. */
export function setReplyLang(lang: string) {
  client.lang = lang
}
export function whenSignedOut(call: () => void) {
  client.onSignedOut = call
}
/* Asks the person to confirm that it is still them; true: done, and what was asked goes on. */
export function whenStale(confirm: () => Promise<boolean>) {
  client.confirm = confirm
}
/* Somebody who knows it by other ways than a reply says that the session is over. */
export const sessionOver = signedOut
/* Who ends all sessions on purpose to begin a new one does not want to hear of it. */
export function holdSession(on: boolean) {
  client.held = on
}

export function address(path: string, query?: Query): string {
  const parts = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') parts.set(key, String(value))
  }
  const tail = parts.toString()
  return PREFIX + path + (tail ? `?${tail}` : '')
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  if (client.lang) headers['Accept-Language'] = client.lang
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (options.signal) init.signal = options.signal
  if (method !== 'GET') headers['X-CSRF-Token'] = client.csrf
  if (options.body instanceof Blob) {
    init.body = options.body
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(options.body)
  }
  try {
    return await fetch(address(path, options.query), init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Offline()
  }
}

/* The reply as it comes; a refusal is thrown. */
export async function ask(method: string, path: string, options: Options = {}): Promise<Response> {
  const reply = await send(method, path, options)
  if (reply.ok) return reply
  const body: unknown = await reply.json().catch(() => null)
  if (reply.status === 401 && path !== '/session' && !path.startsWith('/signin/')) signedOut()
  const problem = new Problem(reply.status, (body ?? {}) as Record<string, unknown>)
  if (problem.code === 'step_up' && (await client.confirm())) return ask(method, path, options)
  throw problem
}

export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const reply = await ask(method, path, options)
  return (reply.status === 204 ? null : await reply.json().catch(() => null)) as T
}

/* A file: first asked whether it may be had, as a refusal would be a page of its own. */
export async function download(path: string, query: Query) {
  await call('GET', path, { query: { ...query, check: true } })
  window.location.assign(address(path, query))
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  call<T>('GET', path, { ...(query ? { query } : {}), signal })
export const post = <T>(path: string, body?: Json | Blob, more: Options = {}) =>
  call<T>('POST', path, { ...more, body })
export const patch = <T>(path: string, body: Json, version?: number) =>
  call<T>('PATCH', path, { body, ...(version === undefined ? {} : { headers: { 'If-Match': `"${version}"` } }) })
export const remove = <T>(path: string, version?: number) =>
  call<T>('DELETE', path, version === undefined ? {} : { headers: { 'If-Match': `"${version}"` } })
