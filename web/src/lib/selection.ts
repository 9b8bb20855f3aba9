/* selection.ts - which records of a list are chosen: these, or all that match but these. */
import { mayDo } from './meta.ts'
import type { May, Rec } from './types.ts'

export interface Selection {
  all: boolean
  ids: ReadonlySet<string>
}

export const NOTHING: Selection = { all: false, ids: new Set() }
export const EVERYTHING: Selection = { all: true, ids: new Set() }
/* The server leaves out at most so many of all that match. */
export const EXCEPT_MAX = 300

export function isChosen(s: Selection, id: string): boolean {
  return s.all !== s.ids.has(id)
}

export function choose(s: Selection, ids: readonly string[], on: boolean): Selection {
  const next = new Set(s.ids)
  for (const id of ids) {
    if (on !== s.all) next.add(id)
    else next.delete(id)
  }
  return { ...s, ids: next }
}

/* May this be done with any of them?  Of those that are not here nobody knows yet: the server says. */
export function chosenMay(s: Selection, rows: readonly Rec[], what: keyof May): boolean {
  const here = rows.filter((r) => isChosen(s, r.id))
  return here.some((r) => mayDo(r, what)) || s.all || here.length < s.ids.size
}

/* null: all that match, and how many those are is not known. */
export function chosenCount(s: Selection, total: number | null): number | null {
  if (!s.all) return s.ids.size
  return total === null ? null : Math.max(0, total - s.ids.size)
}
