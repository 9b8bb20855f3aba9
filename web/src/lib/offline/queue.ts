/*
 * queue.ts - what was written without the network and waits on this device.
 *
 * Every write that may wait is named (Idempotency-Key) before it is sent for the first time, and
 * keeps that name: a reply that was lost costs a second request, never a second note.
 */
import { call, Offline } from '../api.ts'
import { setAway } from '../away.ts'
import { queryClient, sessionQuery } from '../queries.ts'
import { addWaiting, changeWaiting, dropWaiting, wholeQueue } from './db.ts'
import type { Waiting } from './rules.ts'

/* Without an answer for so long, there is no network worth the name. */
const ANSWER_MS = 20_000

export type Wish = Pick<Waiting, 'method' | 'path' | 'body' | 'kind' | 'object' | 'id' | 'title' | 'look'> &
  Partial<Pick<Waiting, 'query' | 'version' | 'file' | 'about' | 'base' | 'needs' | 'key'>>

export const me = () => queryClient.getQueryData(sessionQuery.queryKey)?.user.id ?? ''

/* randomUUID() is only there over TLS and on this machine. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')
}

export async function sendNow<T>(w: Wish & { key: string }): Promise<T> {
  const headers: Record<string, string> = { 'Idempotency-Key': w.key }
  if (w.version !== undefined) headers['If-Match'] = `"${w.version}"`
  if (w.file) Object.assign(headers, { 'Content-Type': 'application/octet-stream', 'X-File-Name': encodeURIComponent(w.title) })
  const reply = await call<T | null>(w.method, w.path, {
    headers,
    body: w.file ?? w.body ?? undefined,
    ...(w.query ? { query: w.query } : {}),
    ...(w.file ? {} : { signal: AbortSignal.timeout(ANSWER_MS) }),
  })
  /* It broke off in the middle: asked again under the same name. */
  if (reply === null) throw new Offline()
  return reply
}

/* --- who wants to know that the queue is another */

const listeners = new Set<() => void>()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('gx.queue')

async function tell(others = true) {
  if (others) channel?.postMessage('changed')
  const user = me()
  setAway({ waiting: user ? (await wholeQueue()).filter((w) => w.user === user).length : 0 })
  for (const listener of listeners) listener()
}
channel?.addEventListener('message', () => void tell(false))

export function onQueue(listener: () => void): () => void {
  listeners.add(listener)
  void tell(false).catch(() => null)
  return () => listeners.delete(listener)
}

export const queueOf = async (user: string) => (await wholeQueue()).filter((w) => w.user === user)

export async function change(n: number, what: Partial<Waiting>) {
  await changeWaiting(n, what)
  await tell()
}
/* With what hangs on it: the photos of a visit that is never reported. */
export async function discard(w: Waiting) {
  for (const other of await queueOf(w.user)) if (other.needs === w.key) await dropWaiting(other.n)
  await dropWaiting(w.n)
  await tell()
}
export async function add(w: Wish & { key: string }, tried: number) {
  await addWaiting({ ...w, user: me(), made: Date.now(), state: 'waiting', tried })
  await tell()
}

/*
 * Sends it; when the server cannot be reached, keeps it instead: null.  What is in the way of
 * both (a refusal, a full disk) is thrown.
 */
export async function sendOrKeep<T>(wish: Wish): Promise<T | null> {
  const w = { ...wish, key: wish.key ?? newKey() }
  let tried = 0
  if (navigator.onLine && !w.needs) {
    try {
      tried = Date.now()
      return await sendNow<T>(w)
    } catch (error) {
      if (!(error instanceof Offline)) throw error
    }
  }
  await add(w, tried)
  return null
}
