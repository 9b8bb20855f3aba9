/* live_rules.ts - what a live event means here; pure, so that it is tested without a browser. */
import type { Link, LiveEvent, Meta } from './types.ts'

export interface Known {
  /* Of the record as it is shown; undefined when it is not. */
  version: number | undefined
  me: string
}

/* What others did to a record that is open, summed up until it was seen. */
export interface Arrival {
  kind: LiveEvent['kind']
  by: Link | null
  at: string
  version: number
  fields: readonly string[]
}

/* One's own write is in the cache before its event comes; what is older tells nothing either. */
export function isNews(event: LiveEvent, known: Known): boolean {
  if (event.kind === 'bulk' || event.version === undefined || known.version === undefined) return true
  return event.version > known.version
}

export function mergeArrival(before: Arrival | undefined, event: LiveEvent): Arrival {
  const same = before && before.by?.id === event.by?.id && before.kind === event.kind
  return {
    kind: event.kind,
    by: event.by,
    at: event.at,
    version: event.version ?? 0,
    fields: [...new Set([...(same ? before.fields : []), ...(event.fields ?? [])])],
  }
}

/* Records that show something of this object: it is in a list, a roll-up or the timeline of theirs. */
export function relatedObjects(meta: Meta, object: string): Set<string> {
  return new Set(meta.objects.filter((o) => o.relations.some((r) => r.object === object)).map((o) => o.name))
}

/* 1 s, 2 s, 4 s … 30 s, each somewhat different, so that not everybody comes back at once. */
export function backOff(tries: number, random: number): number {
  return Math.min(30_000, 1_000 * 2 ** Math.min(tries, 5)) * (0.5 + random / 2)
}
