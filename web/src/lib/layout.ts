/*
 * layout.ts - fields of a form moved about: sections of rows of up to four fields.
 *
 * A step moves a field to the next place a hand would put it: sideways within its row; up or down
 * out of a row into one of its own, then into the row beyond, then into the section beyond.
 */
import type { FormSection } from './types.ts'

export const ROW_MAX = 4

export interface Place {
  section: number
  row: number
  at: number
}

export function placeOf(sections: readonly FormSection[], field: string): Place | null {
  for (const [section, s] of sections.entries())
    for (const [row, names] of s.fields.entries()) {
      const at = names.indexOf(field)
      if (at >= 0) return { section, row, at }
    }
  return null
}

const copy = (sections: readonly FormSection[]): FormSection[] => sections.map((s) => ({ ...s, fields: s.fields.map((r) => [...r]) }))
const clean = (sections: FormSection[]): FormSection[] => sections.map((s) => ({ ...s, fields: s.fields.filter((r) => r.length > 0) }))

export function removeField(sections: readonly FormSection[], field: string): FormSection[] {
  return clean(copy(sections).map((s) => ({ ...s, fields: s.fields.map((r) => r.filter((n) => n !== field)) })))
}

/* A row of its own at the end of a section. */
export function addField(sections: readonly FormSection[], field: string, section: number): FormSection[] {
  return copy(sections).map((s, i) => (i === section ? { ...s, fields: [...s.fields, [field]] } : s))
}

export type Step = 'up' | 'down' | 'left' | 'right'

export function moveField(sections: readonly FormSection[], field: string, step: Step): FormSection[] {
  const from = placeOf(sections, field)
  const out = copy(sections)
  const section = from && out[from.section]
  const row = section?.fields[from?.row ?? 0]
  if (!from || !section || !row) return out
  if (step === 'left' || step === 'right') {
    const to = from.at + (step === 'left' ? -1 : 1)
    if (to < 0 || to >= row.length) return out
    row.splice(from.at, 1)
    row.splice(to, 0, field)
    return out
  }
  const down = step === 'down'
  row.splice(from.at, 1)
  if (row.length > 0) {
    section.fields.splice(from.row + (down ? 1 : 0), 0, [field])
    return clean(out)
  }
  section.fields.splice(from.row, 1)
  const beyond = section.fields[down ? from.row : from.row - 1]
  if (beyond && beyond.length < ROW_MAX) {
    beyond.push(field)
    return clean(out)
  }
  if (beyond) {
    section.fields.splice(down ? from.row + 1 : from.row - 1, 0, [field])
    return clean(out)
  }
  const next = out[from.section + (down ? 1 : -1)]
  if (next) next.fields.splice(down ? 0 : next.fields.length, 0, [field])
  else section.fields.splice(from.row, 0, [field])
  return clean(out)
}

/* Where a field is dropped: into a row, or as a new row before one. */
export type Target = { section: number; row: number; at: number } | { section: number; row: number; at: null }

export function dropField(sections: readonly FormSection[], field: string, to: Target): FormSection[] {
  const out = copy(sections)
  const section = out[to.section]
  if (!section) return out
  const target = section.fields[to.row]
  /* Marked before the field leaves its old place, so that indexes stay true. */
  const mark = '\u0000'
  if (to.at === null || !target) section.fields.splice(to.row, 0, [mark])
  else if (target.length < ROW_MAX || target.includes(field)) target.splice(to.at, 0, mark)
  else section.fields.splice(to.row + 1, 0, [mark])
  return clean(out.map((s) => ({ ...s, fields: s.fields.map((r) => r.filter((n) => n !== field).map((n) => (n === mark ? field : n))) })))
}

export function moveItem<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list]
  if (from < 0 || from >= out.length || to < 0 || to >= out.length) return out
  const [item] = out.splice(from, 1)
  out.splice(to, 0, item as T)
  return out
}
