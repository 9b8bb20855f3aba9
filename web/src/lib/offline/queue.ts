/*
 * queue.ts - what was written without the network and waits on this device.
 *
 * Every write that may wait is named (Idempotency-Key) before it is sent for the first time, and
 * keeps that name: a reply that was lost costs a second request, never a second note.
 */
import { own } from '../base.ts'
import { call, Offline } from '../api.ts'
import { setAway } from '../away.ts'
import { queryClient, sessionQuery } from '../queries.ts'
import { addWaiting, changeWaiting, dropWaiting, wholeQueue } from './db.ts'
import { isHeld, type Waiting } from './rules.ts'

/* Without an answer for so long, there is no network worth the name. */
const ANSWER_MS = 20_000
const HELD_MS = ANSWER_MS + 2_000

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
  if (w.method === 'DELETE') return (reply ?? {}) as T
  /* It broke off in the middle: asked again under the same name. */
  if (reply === null) throw new Offline()
  return reply
}

/* --- who wants to know that the queue is another */

const listeners = new Set<() => void>()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(own('gx.queue'))

async function tell(others = true) {
  if (others) channel?.postMessage('changed')
  const user = me()
  setAway({ waiting: user ? (await queueOf(user)).length : 0 })
  for (const listener of listeners) listener()
}
channel?.addEventListener('message', () => void tell(false))

export function onQueue(listener: () => void): () => void {
  listeners.add(listener)
  void tell(false).catch(() => null)
  return () => listeners.delete(listener)
}

const ofUser = async (user: string) => (await wholeQueue()).filter((w) => w.user === user)
/* Without what some window is about to send. */
export const queueOf = async (user: string) => (await ofUser(user)).filter((w) => !isHeld(w, Date.now()))
/* When the next of those is to be looked at, should its window be gone; null: there is none. */
export async function heldUntil(user: string): Promise<number | null> {
  const ends = (await ofUser(user)).filter((w) => isHeld(w, Date.now())).map((w) => w.held ?? 0)
  return ends.length > 0 ? Math.min(...ends) : null
}

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

/* On this device before it is sent, so that closing the window meanwhile loses nothing; null: it cannot be. */
async function hold(w: Wish & { key: string }, tried: number): Promise<number | null> {
  try {
    return (await addWaiting({ ...w, user: me(), made: tried, state: 'waiting', tried, held: tried + HELD_MS })) ?? null
  } catch {
    return null
  }
}

/*
 * Sends it; when the server cannot be reached, keeps it instead: null.  What is in the way of
 * both (a refusal, a full disk) is thrown.
 */
export async function sendOrKeep<T>(wish: Wish): Promise<T | null> {
  const w = { ...wish, key: wish.key ?? newKey() }
  let tried = 0
  if (navigator.onLine && !w.needs) {
    tried = Date.now()
    const n = await hold(w, tried)
    try {
      const reply = await sendNow<T>(w)
      if (n !== null) await dropWaiting(n)
      return reply
    } catch (error) {
      if (!(error instanceof Offline)) {
        if (n !== null) await dropWaiting(n)
        throw error
      }
      if (n !== null) {
        await change(n, { held: 0 })
        return null
      }
    }
  }
  await add(w, tried)
  return null
}
