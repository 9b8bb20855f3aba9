/* timeline.ts - quick notes, tasks, calls and visits, and what the timeline is filtered by; pure. */
import type { Json, Link, ObjectMeta, Rec, TimelineEntry } from './types.ts'

export const QUICK = ['note', 'task', 'call', 'visit'] as const
export type Quick = (typeof QUICK)[number]

/* What is asked for at once; the rest can be said on the activity's own page. */
export const QUICK_FIELDS: Record<Quick, readonly string[]> = {
  note: ['description'],
  task: ['subject', 'at', 'priority'],
  call: ['subject', 'call_result', 'at', 'description'],
  visit: ['subject', 'purpose', 'at', 'description'],
}

const SUBJECT_MAX = 80

/* A note has no subject of its own: its first line stands for it. */
export function subjectOf(text: string): string {
  const line = (text.trim().split('\n')[0] ?? '').replace(/^[#>*\-\s]+/, '').trim()
  return line.length > SUBJECT_MAX ? `${line.slice(0, SUBJECT_MAX - 1)}…` : line
}

/* What was is done; what is to come is planned. */
export function statusOf(kind: Quick, at: unknown, now = Date.now()): Record<string, Json> {
  const done = kind === 'note' || (kind !== 'task' && typeof at === 'string' && Date.parse(at) <= now)
  return done ? { status: 'done', done_at: typeof at === 'string' ? at : new Date(now).toISOString() } : { status: 'planned' }
}

/* The new activity belongs to this record, and to the account and person that this one is about. */
export function belongings(activity: ObjectMeta, object: ObjectMeta, record: Rec): Record<string, Json> {
  const out: Record<string, Json> = {}
  const relation = object.relations.find((r) => r.object === activity.name)
  if (relation) out[relation.field] = record.id
  for (const name of ['account', 'contact']) {
    const field = activity.fields.find((f) => f.name === name && f.type === 'link')
    const own = object.fields.find((f) => f.name === name && f.type === 'link' && f.to === field?.to)
    const link = own ? (record[name] as Link | null | undefined) : null
    if (field && link?.id && !(name in out)) out[name] = link.id
  }
  return out
}

export interface Day {
  /* A date in the reader's zone; empty: still to come. */
  day: string
  entries: TimelineEntry[]
}

export function byDay(entries: readonly TimelineEntry[], offsetMin: number, now = Date.now()): Day[] {
  const days: Day[] = []
  for (const entry of entries) {
    const ms = Date.parse(entry.at)
    const day = ms > now ? '' : new Date(ms + offsetMin * 60_000).toISOString().slice(0, 10)
    const last = days.at(-1)
    if (last?.day === day) last.entries.push(entry)
    else days.push({ day, entries: [entry] })
  }
  return days
}
