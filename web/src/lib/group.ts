/*
 * group.ts - how a list is grouped: by a field, or by the month or year of a date.
 *
 * In the address it is "stage", "month:close_date" or "year:close_date".
 */
import { quote } from './expr.ts'
import { findField } from './meta.ts'
import type { Field, Link, Meta, Money, ObjectMeta } from './types.ts'

export type Step = 'value' | 'month' | 'year'
export interface Grouping {
  field: Field
  step: Step
}

export interface Group {
  key: unknown
  count: number
  /* Money is a list, one for each currency. */
  sums: Record<string, Money[] | string | number | null>
}
export interface Groups {
  groups: Group[]
  complete: boolean
}

export function readGrouping(object: ObjectMeta, text: string | undefined): Grouping | null {
  const m = /^(?:(month|year):)?([\w]+)$/.exec(text ?? '')
  const field = m?.[2] ? findField(object, m[2]) : null
  return field ? { field, step: (m?.[1] as Step | undefined) ?? 'value' } : null
}

/* What the server groups by. */
export function groupExpr({ field, step }: Grouping): string {
  if (step === 'month') return `year(${field.name}) * 100 + month(${field.name})`
  return step === 'year' ? `year(${field.name})` : field.name
}

const day = (year: number, month: number) => `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`

/* The records of one group, as a condition. */
export function groupFilter({ field, step }: Grouping, key: unknown): string {
  const f = field.name
  if (key === null || key === undefined) return `${f} is empty`
  if (step === 'month') {
    const [y, m] = [Math.floor(Number(key) / 100), Number(key) % 100]
    return `${f} >= ${day(y, m)} and ${f} < ${m === 12 ? day(y + 1, 1) : day(y, m + 1)}`
  }
  if (step === 'year') return `${f} >= ${day(Number(key), 1)} and ${f} < ${day(Number(key) + 1, 1)}`
  if (typeof key === 'object') return `${f} = ${quote((key as Link).id)}`
  if (typeof key === 'boolean') return `${f} = ${key}`
  if (typeof key === 'number') return `${f} = ${key}`
  return `${f} = ${quote(String(key))}`
}

export function both(a: string | undefined, b: string): string {
  return a ? `(${a}) and ${b}` : b
}

export function keyText(key: unknown): string {
  if (key === null || key === undefined) return ''
  return typeof key === 'object' ? (key as Link).id : String(key)
}

/* Choices and states in their own order, all else by name; what is empty comes last. */
export function groupOrder(meta: Meta, { field, step }: Grouping) {
  const states = field.process ? meta.processes.find((p) => p.name === field.process)?.states : undefined
  const codes = (states ?? field.choices ?? []).map((c) => c.code)
  const place = (key: unknown) => (codes.includes(String(key)) ? codes.indexOf(String(key)) : codes.length)
  return (a: Group, b: Group): number => {
    if ((a.key === null) !== (b.key === null)) return a.key === null ? 1 : -1
    if (step !== 'value' || typeof a.key === 'number') return Number(b.key) - Number(a.key)
    if (codes.length) return place(a.key) - place(b.key)
    const title = (g: Group) => (typeof g.key === 'object' ? ((g.key as Link | null)?.title ?? '') : String(g.key))
    return title(a).localeCompare(title(b))
  }
}
