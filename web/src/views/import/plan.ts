/*
 * plan.ts - the mapping of an import as people see it: for each column of the file the fields it
 * goes into, and the fields that get the same value in every row.
 */
import type { DateOrder, Field, ImportColumn, ImportJob, ObjectMeta } from '../../lib/types.ts'

export interface Goal {
  field: string | null
  score: number
}
export interface Column {
  name: string
  /* Place in the file. */
  index: number
  /* At least one; a column may go into several fields. */
  goals: Goal[]
}
export interface Constant {
  field: string | null
  value: string
}
export interface Plan {
  columns: Column[]
  constants: Constant[]
}

export function planOf(job: Pick<ImportJob, 'info' | 'mapping'>): Plan {
  const columns = job.info.columns.map((name, index) => {
    const goals = job.mapping
      .filter((m) => (m.index === undefined ? m.column === name : m.index === index))
      .map((m) => ({ field: m.field, score: m.score ?? 1000 }))
    return { name, index, goals: goals.length > 0 ? goals : [{ field: null, score: 0 }] }
  })
  const constants = job.mapping.filter((m) => m.index === -1).map((m) => ({ field: m.field, value: m.value ?? '' }))
  return { columns, constants }
}

export function mappingOf(plan: Plan): ImportColumn[] {
  return [
    ...plan.columns.flatMap((c) => c.goals.map((g) => ({ column: c.name, index: c.index, field: g.field, score: g.score }))),
    ...plan.constants.map((c) => ({ column: '', index: -1, field: c.field, value: c.value, score: 1000 })),
  ]
}

/* Without what was begun and left empty; the plan itself if there is no such thing. */
export function tidyPlan(plan: Plan): Plan {
  const columns = plan.columns.map((c) => {
    const goals = c.goals.filter((g, i) => i === 0 || g.field)
    return goals.length < c.goals.length ? { ...c, goals } : c
  })
  const constants = plan.constants.filter((c) => c.field)
  const same = constants.length === plan.constants.length && columns.every((c, i) => c === plan.columns[i])
  return same ? plan : { columns, constants }
}

export function takenFields(plan: Plan): Set<string> {
  const names = [...plan.columns.flatMap((c) => c.goals.map((g) => g.field)), ...plan.constants.map((c) => c.field)]
  return new Set(names.filter((n) => n !== null))
}

/* What usually tells records apart, best first. */
const KEYS = ['external_id', 'code', 'login', 'tax_id', 'email', 'name']

export function keysOf(object: ObjectMeta, plan: Plan): Field[] {
  const taken = takenFields(plan)
  const place = (f: Field) => (f.unique ? -1 : KEYS.includes(f.name) ? KEYS.indexOf(f.name) : KEYS.length)
  const simple = (f: Field) => taken.has(f.name) && !['address', 'links', 'choices', 'location', 'money', 'longtext'].includes(f.type)
  return object.fields.filter(simple).sort((a, b) => place(a) - place(b))
}

/* Columns of dates that could be day first or month first, with a value to show. */
export function unclearDates(job: ImportJob, object: ObjectMeta, plan: Plan): { column: string; example: string }[] {
  const dates = new Set(object.fields.filter((f) => f.type === 'date' || f.type === 'datetime').map((f) => f.name))
  return plan.columns
    .filter((c) => job.info.dates_unclear?.includes(c.name) && c.goals.some((g) => g.field && dates.has(g.field)))
    .map((c) => ({ column: c.name, example: job.sample.map((row) => row[c.index]?.trim() ?? '').find(Boolean) ?? '' }))
}

/* The ISO date that a text such as 03/04/2024 is in this order; '' when it is none. */
export function readDate(text: string, order: DateOrder): string {
  const n = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})\b/.exec(text)
  if (!n) return ''
  const [a, b, c] = [n[1], n[2], n[3]].map(Number) as [number, number, number]
  if (order === 'ymd' && n[3]?.length === 4) return ''
  const [y, m, d] = order === 'ymd' ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b]
  const year = y >= 100 ? y : y < 70 ? 2000 + y : 1900 + y
  const date = new Date(Date.UTC(year, m - 1, d))
  return date.getUTCMonth() === m - 1 && date.getUTCDate() === d ? date.toISOString().slice(0, 10) : ''
}
