/*
 * sender.ts - sends what waits, in order, as the user who wrote it, once the server is there again.
 *
 * One window sends at a time (Web Locks); when it closes, or dies, the next goes on where it was: an
 * entry leaves the queue only after the server has said that it has it.
 */
import { get, Offline, Problem, setCsrf } from '../api.ts'
import { backOff } from '../live_rules.ts'
import { forget, queryClient } from '../queries.ts'
import type { Rec, Session } from '../types.ts'
import { change, discard, heldUntil, me, queueOf, sendNow } from './queue.ts'
import { clashes, isUnsure, nextOf, outcomeOf, type Waiting } from './rules.ts'

type Told = (sent: number, stuck: number) => void

let running: Promise<void> | null = null
let again = false
let tries = 0
let timer = 0
let told: Told = () => {}

/* Who is signed in, from the server itself and not from what was kept; '' when nobody can say. */
async function whoNow(): Promise<string> {
  const session = await get<Session & { _as_of?: string }>('/session')
  if (session._as_of) throw new Offline()
  setCsrf(session.csrf)
  return session.user.id
}

/* What the new record is called is known only now. */
async function settle(w: Waiting, made: Rec | null) {
  for (const other of await queueOf(w.user))
    if (other.needs === w.key && made) await change(other.n, { query: { ...other.query, id: made.id }, needs: '' })
  await discard(w)
  await forget(w.object, w.id || undefined)
  if (w.about) await queryClient.invalidateQueries({ queryKey: ['record', w.about.object, w.about.id] })
}

/* Changed meanwhile: where nobody touched the same fields both changes stand, else one chooses. */
async function meet(w: Waiting, problem: Problem): Promise<boolean> {
  const theirs = await get<Rec>(`/${w.object}/${w.id}`)
  const { status, detail, errors } = problem
  const clash = !w.base || theirs._as_of !== undefined || clashes(w.base, theirs, Object.keys(w.body ?? {}))
  await change(w.n, clash ? { state: 'conflict', problem: { status, detail, errors } } : { version: theirs.version, base: theirs })
  return !clash
}

/* What is to be deleted has been changed since: one is asked; what is gone already is as one wanted it. */
async function meetDelete(w: Waiting, problem: Problem): Promise<'sent' | 'stuck'> {
  if (problem.status === 404 || problem.status === 410) {
    await settle(w, null)
    return 'sent'
  }
  const { status, detail, errors } = problem
  const theirs = await get<Rec>(`/${w.object}/${w.id}`)
  await change(w.n, { state: 'conflict', base: theirs, problem: { status, detail, errors } })
  return 'stuck'
}

/* Throws when there is no going on now. */
async function sendOne(w: Waiting, user: string): Promise<'sent' | 'stuck' | 'again'> {
  if (isUnsure(w, Date.now())) {
    await change(w.n, { state: 'unsure' })
    return 'stuck'
  }
  if (w.tried === 0) await change(w.n, { tried: Date.now() })
  try {
    await settle(w, await sendNow<Rec>(w))
    return 'sent'
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const outcome = outcomeOf(error.status, error.code)
    if (w.kind === 'delete' && (outcome === 'conflict' || error.status === 404 || error.status === 410)) return await meetDelete(w, error)
    if (outcome === 'conflict' && w.kind === 'edit') return (await meet(w, error)) ? 'again' : 'stuck'
    if (outcome === 'later' || outcome === 'signed_out') throw error
    /* Refused because somebody else has signed in here meanwhile? Then it waits for its own user. */
    if (error.status === 403 && (await whoNow()) !== user) throw error
    await change(w.n, { state: 'refused', problem: { status: error.status, detail: error.detail, errors: error.errors } })
    return 'stuck'
  }
}

async function sendAll() {
  if (!me()) return
  const held = await heldUntil(me())
  if (held !== null) timer = window.setTimeout(send, held - Date.now() + 50)
  if ((await queueOf(me())).length === 0) return
  const user = await whoNow()
  let [sent, stuck] = [0, 0]
  try {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const w = nextOf(await queueOf(user), user)
      if (!w) break
      const how = await sendOne(w, user)
      if (how === 'sent') sent++
      if (how === 'stuck') stuck++
    }
    tries = 0
  } finally {
    if (sent + stuck > 0) told(sent, stuck)
  }
}

const alone = <T>(work: () => Promise<T>): Promise<T> => ('locks' in navigator ? (navigator.locks.request('gx.queue', work) as Promise<T>) : work())

/* Something else in the place of what waits, unless that is gone, or may have arrived: false. */
export const mend = (w: Waiting, what: Partial<Waiting>): Promise<boolean> =>
  alone(async () => {
    const now = (await queueOf(w.user)).find((other) => other.n === w.n)
    if (!now || (now.state === 'waiting' && now.tried > 0)) return false
    await change(w.n, what)
    return true
  })

function later(error: unknown) {
  if (error instanceof Problem && error.status === 401) return
  window.clearTimeout(timer)
  timer = window.setTimeout(send, backOff(tries++, Math.random()))
}

/* Also while it is sending already: what came since is looked at once more. */
export function send() {
  window.clearTimeout(timer)
  again = true
  if (running) return
  const run = async () => {
    while (again) {
      again = false
      await alone(() => sendAll().catch(later))
    }
  }
  running = run().finally(() => (running = null))
}

/* Begins, and goes on whenever there is hope; the function given back ends it. */
export function startSender(tell: Told): () => void {
  told = tell
  const seen = () => {
    if (!document.hidden) send()
  }
  window.addEventListener('online', send)
  document.addEventListener('visibilitychange', seen)
  send()
  return () => {
    told = () => {}
    window.clearTimeout(timer)
    window.removeEventListener('online', send)
    document.removeEventListener('visibilitychange', seen)
  }
}
