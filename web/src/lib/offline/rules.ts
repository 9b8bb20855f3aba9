/*
 * rules.ts - what is kept on a device, what is sent from it and in which order; pure, so that it is
 * tested without a browser.  The pages and the service worker follow the same rules.
 */
import type { FieldError, Json, Rec } from '../types.ts'

export const RECORDS_MAX = 200
export const LISTS_MAX = 60
export const BYTES_MAX = 24 * 1024 * 1024
export const BODY_BYTES_MAX = 1024 * 1024
const DAY_MS = 86_400_000
/* What nobody has looked at for so long is no longer on the device. */
export const KEPT_MS = 14 * DAY_MS
/* The server remembers for 30 days which requests it has had (api/idempotency.c). */
export const REPEAT_MS = 29 * DAY_MS

/* --- what is kept of what the server said */

export type KeptKind = 'session' | 'meta' | 'record' | 'part' | 'list'
export interface Kept {
  /* User and address. */
  key: string
  user: string
  kind: KeptKind
  /* "object/id" of a record and its parts. */
  owner: string
  at: number
  bytes: number
}

/* An address below /api/v1; null: never kept. */
export function keepAs(path: string, query: URLSearchParams, objects: ReadonlySet<string>): Pick<Kept, 'kind' | 'owner'> | null {
  const [object = '', id = '', part = '', more] = path.replace(/^\//, '').split('/')
  if (more !== undefined || query.has('cursor') || query.has('format') || query.has('deleted')) return null
  if (path === '/session' || path === '/meta') return { kind: object as 'session' | 'meta', owner: '' }
  if (object === 'page' || (objects.has(object) && id === '')) return { kind: 'list', owner: '' }
  if (!objects.has(object) || !/^\d+$/.test(id)) return null
  if (part === '') return query.size === 0 ? { kind: 'record', owner: `${object}/${id}` } : null
  return part === 'timeline' || part === 'moves' ? { kind: 'part', owner: `${object}/${id}` } : null
}

/* Keys of what has to go: too old, too many, too large; the parts of a record go with it. */
export function surplus(all: readonly Kept[], user: string, now: number): string[] {
  const out = new Set(all.filter((k) => k.user !== user || now - k.at > KEPT_MS).map((k) => k.key))
  const newest = (kind: KeptKind) => all.filter((k) => k.kind === kind && !out.has(k.key)).sort((a, b) => b.at - a.at)
  const records = newest('record')
  const lists = newest('list')
  let bytes = 0
  const within = (k: Kept, i: number, max: number) => {
    bytes += k.bytes
    if (i >= max || bytes > BYTES_MAX) out.add(k.key)
  }
  lists.forEach((k, i) => within(k, i, LISTS_MAX))
  records.forEach((k, i) => within(k, i, RECORDS_MAX))
  const owners = new Set(records.filter((k) => !out.has(k.key)).map((k) => k.owner))
  for (const k of all) if (k.kind === 'part' && !owners.has(k.owner) && now - k.at > DAY_MS / 24) out.add(k.key)
  return [...out]
}

/* --- what waits to be sent */

export type WaitingKind = 'note' | 'task' | 'call' | 'visit' | 'file' | 'create' | 'edit' | 'delete'
export interface Waiting {
  /* Its place in the queue, given by the store. */
  n: number
  user: string
  /* Idempotency-Key, made once: however often it is sent, it has one effect. */
  key: string
  method: 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: Record<string, string>
  body: Record<string, Json> | null
  version?: number
  file?: Blob
  kind: WaitingKind
  /* What is made or changed; id is empty for something new. */
  object: string
  id: string
  title: string
  /* The record on whose page it was written. */
  about?: { object: string; id: string; title: string }
  made: number
  state: 'waiting' | 'refused' | 'conflict' | 'unsure'
  /* When it first left this device; 0: never. */
  tried: number
  problem?: { status: number; detail: string; errors: FieldError[] }
  /* As the form shows it, and for changes the record as it was. */
  look: Record<string, unknown>
  base?: Rec
  /* A window is sending it right now, until then; should that window be closed, it is sent after. */
  held?: number
  /* Key of the entry that makes the record this one belongs to. */
  needs?: string
}

export const isHeld = (w: Waiting, now: number) => w.held !== undefined && w.held > now

/* A record's changes go in order: behind one that is stuck, the others of that record wait. */
export function nextOf(queue: readonly Waiting[], user: string): Waiting | null {
  const stuck = new Set<string>()
  for (const w of queue) {
    if (w.user !== user) continue
    const record = w.id && `${w.object}/${w.id}`
    if (w.state !== 'waiting' || (record && stuck.has(record)) || (w.needs && stuck.has(w.needs))) {
      stuck.add(w.key)
      if (record) stuck.add(record)
    } else if (!w.needs) {
      return w
    }
  }
  return null
}

/* Sent long ago without an answer: the server no longer knows whether it had it. */
export function isUnsure(w: Waiting, now: number): boolean {
  return w.tried > 0 && now - w.tried > REPEAT_MS
}

const LATER: readonly number[] = [408, 425, 429, 502, 503, 504]

export type Outcome = 'conflict' | 'later' | 'signed_out' | 'refused'
export function outcomeOf(status: number, code: string): Outcome {
  if (status === 401) return 'signed_out'
  if (status === 409 && code === 'conflict') return 'conflict'
  return LATER.includes(status) ? 'later' : 'refused'
}

/* Did somebody else change one of these fields since?  If not, both changes stand. */
export function clashes(base: Rec, theirs: Rec, names: readonly string[]): boolean {
  return names.some((n) => JSON.stringify(base[n] ?? null) !== JSON.stringify(theirs[n] ?? null))
}

/* A record as it will be once what waits has been sent. */
export function overlaid(record: Rec, queue: readonly Waiting[], user: string, object: string): Rec {
  const mine = queue.filter((w) => w.user === user && w.kind === 'edit' && w.object === object && w.id === record.id)
  return Object.assign({}, record, ...mine.map((w) => w.look)) as Rec
}
