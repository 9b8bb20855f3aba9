/*
 * sw.ts - the service worker: the application opens without the network, and what one has looked at
 * can be read again.  It writes nothing on anybody's behalf: what waits to be sent is sent by the
 * pages (lib/offline/sender.ts).
 *
 * The application itself: all files of this build, by hashed name; the page always from the network
 * first, so nobody is left with an old one.  The files of the build before stay until the next, for
 * windows that are still open.
 *
 * Data: the network first, always; only when it cannot be reached a reply given before, with
 * `_as_of` in it.  Kept for one user at a time; wiped when that user signs out, when somebody else
 * signs in, and when the server says that the session is over.
 */
import { BASE, own } from '../lib/base.ts'
import { allKept, bodyOf, dropAllKept, dropKept, keep, keptOf, readState, wholeQueue, writeState } from '../lib/offline/db.ts'
import { BODY_BYTES_MAX, keepAs, KEPT_MS, overlaid, surplus } from '../lib/offline/rules.ts'
import type { Meta, Rec, Session } from '../lib/types.ts'

/* As much of the worker's own types as is used: those of the DOM are the pages'. */
interface Waits extends Event {
  waitUntil: (work: Promise<unknown>) => void
}
interface Fetches extends Waits {
  request: Request
  respondWith: (reply: Promise<Response>) => void
}
interface Worker {
  addEventListener: <T extends Event>(name: string, call: (event: T) => void) => void
  skipWaiting: () => Promise<void>
  clients: { claim: () => Promise<void> }
  location: Location
}
declare const __FILES__: string[]
declare const __BUILD__: string
const worker = self as unknown as Worker

const CACHE = `${own('guanxi')}-`
const PAGE_WAIT_MS = 4_000
const DATA_WAIT_MS = 6_000
const API = `${BASE}/api/v1`

worker.addEventListener<Waits>('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE + __BUILD__)
    await cache.addAll([new Request(`${BASE}/`, { cache: 'reload' }), ...__FILES__])
    await worker.skipWaiting()
  }
  event.waitUntil(fill())
})

worker.addEventListener<Waits>('activate', (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((k) => k.startsWith(CACHE) && k !== CACHE + __BUILD__)
    await Promise.all(old.slice(0, -1).map((k) => caches.delete(k)))
    await worker.clients.claim()
  }
  event.waitUntil(tidy())
})

/* A page asks whether its own files are those of this build. */
worker.addEventListener<MessageEvent>('message', (event) => {
  if (event.data === 'files') event.ports[0]?.postMessage(__FILES__)
})

/* The reply, or nothing when it does not come in time. */
async function soon(reply: Promise<Response>, ms: number): Promise<Response | null> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), ms))
  return Promise.race([reply.catch(() => null), late])
}

async function page(request: Request): Promise<Response> {
  const asked = fetch(request)
  const reply = await soon(asked, PAGE_WAIT_MS)
  return reply ?? (await caches.match(`${BASE}/`)) ?? asked
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request)
}

/* --- data */

let objects: ReadonlySet<string> = new Set()

async function objectsOf(user: string): Promise<ReadonlySet<string>> {
  if (objects.size > 0) return objects
  const meta = await bodyOf(`${user} /meta`)
  if (meta) objects = new Set((JSON.parse(meta) as Meta).objects.map((o) => o.name))
  return objects
}

async function forget() {
  objects = new Set()
  await dropAllKept()
  await writeState('user', '')
}

async function remember(path: string, search: string, body: string) {
  let user = (await readState<string>('user')) ?? ''
  if (path === '/session') {
    const { id } = (JSON.parse(body) as Session).user
    if (id !== user) await forget()
    await writeState('user', (user = id))
  }
  if (path === '/meta') objects = new Set((JSON.parse(body) as Meta).objects.map((o) => o.name))
  const as = keepAs(path, new URLSearchParams(search), await objectsOf(user))
  if (!user || !as || body.length > BODY_BYTES_MAX) return
  if ((await readState<boolean>('off')) && as.kind !== 'session' && as.kind !== 'meta') return
  const now = Date.now()
  await keep({ key: `${user} ${path}${search}`, user, ...as, at: now, bytes: body.length }, body)
  const gone = surplus(await allKept(), user, now)
  if (gone.length > 0) await dropKept(gone)
}

/* What was said before, marked as such, with what this user has changed since and not yet sent. */
async function before(path: string, search: string): Promise<Response | null> {
  const user = await readState<string>('user')
  const kept = user ? await keptOf(`${user} ${path}${search}`) : undefined
  if (!user || !kept || Date.now() - kept.at > KEPT_MS) return null
  let body = JSON.parse((await bodyOf(kept.key)) ?? 'null') as Rec | null
  if (!body) return null
  if (kept.kind === 'record') body = overlaid(body, await wholeQueue(), user, kept.owner.split('/')[0] ?? '')
  return Response.json({ ...body, _as_of: new Date(kept.at).toISOString() })
}

async function data(event: Fetches, path: string, search: string): Promise<Response> {
  if (path === '/session' && !(await leave())) return Response.json({ code: 'unauthenticated' }, { status: 401 })
  const asked = fetch(event.request)
  const reply = navigator.onLine ? await soon(asked, DATA_WAIT_MS) : null
  if (!reply) {
    const kept = await before(path, search)
    asked.catch(() => null)
    return kept ?? asked
  }
  if (reply.ok) {
    const copy = reply.clone()
    event.waitUntil(copy.text().then((body) => remember(path, search, body)).catch(() => null))
  } else if (reply.status === 401) {
    await forget()
  } else if (reply.status === 403 || reply.status === 404) {
    const user = (await readState<string>('user')) ?? ''
    await dropKept([`${user} ${path}${search}`])
  }
  return reply
}

/*
 * Signing out without the network: nothing can be read any more, and the server is told as soon
 * as it can be reached.  False: it still has to be told.
 */
async function leave(): Promise<boolean> {
  const csrf = await readState<string>('leaving')
  if (!csrf) return true
  const reply = await fetch(`${API}/session`, { method: 'DELETE', headers: { 'X-CSRF-Token': csrf } }).catch(() => null)
  if (!reply || reply.status >= 500) return false
  await writeState('leaving', '')
  return true
}

async function signOut(request: Request): Promise<Response> {
  const csrf = request.headers.get('X-CSRF-Token') ?? ''
  await forget()
  await writeState('leaving', csrf)
  const reply = await fetch(request)
  await writeState('leaving', '')
  return reply
}

async function signIn(request: Request): Promise<Response> {
  const reply = await fetch(request)
  if (reply.ok) await writeState('leaving', '')
  return reply
}

worker.addEventListener<Fetches>('fetch', (event) => {
  const { request } = event
  const { origin, pathname, search } = new URL(request.url)
  if (origin !== worker.location.origin) return
  if (BASE === '' && pathname.startsWith('/t/')) return /* another organisation's */
  const path = pathname.startsWith(`${API}/`) ? pathname.slice(API.length) : ''
  if (request.method === 'DELETE' && path === '/session') return event.respondWith(signOut(request))
  if (request.method === 'POST' && path === '/session') return event.respondWith(signIn(request))
  if (request.method !== 'GET') return
  if (request.mode === 'navigate') {
    if (!path) event.respondWith(page(request))
  } else if (!path) {
    event.respondWith(file(request))
  } else if (!request.headers.get('Accept')?.includes('text/event-stream') && keepAs(path, new URLSearchParams(search), anything)) {
    event.respondWith(data(event, path, search))
  }
})

/* Which words are objects is known later; whatever has the shape of one is looked at. */
const anything: ReadonlySet<string> = { has: () => true } as unknown as ReadonlySet<string>
