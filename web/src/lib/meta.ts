/* meta.ts - questions about objects and fields that many pages ask. */
import type { Field, FormSection, May, Meta, ObjectMeta, Process, ProcessMove, Rec } from './types.ts'

export function findObject(meta: Meta, name: string): ObjectMeta | null {
  return meta.objects.find((o) => o.name === name) ?? null
}

/*
 * Objects people work in come first, as the packs' menus say; then those of one's own.  Lists
 * that only serve others stand below.
 */
const SERVING = new Set(['tag', 'user', 'file'])

export function mainObjects(meta: Meta): ObjectMeta[] {
  const place = (o: ObjectMeta) => (meta.menu.includes(o.name) ? meta.menu.indexOf(o.name) : meta.menu.length)
  return meta.objects
    .filter((o) => !SERVING.has(o.name) && (meta.menu.includes(o.name) || !o.pack))
    .sort((a, b) => place(a) - place(b))
}
export function servingObjects(meta: Meta): ObjectMeta[] {
  return meta.objects.filter((o) => SERVING.has(o.name))
}

export function findField(object: ObjectMeta, name: string): Field | null {
  return object.fields.find((f) => f.name === name) ?? null
}

/* `account.name` follows the link: the field at the end, read-only here. */
export function findPath(meta: Meta, object: ObjectMeta, path: string): Field | null {
  const [head, ...rest] = path.split('.')
  const field = findField(object, head ?? '')
  if (!field || rest.length === 0) return field
  const to = field.to ? findObject(meta, field.to) : null
  const inner = to && findPath(meta, to, rest.join('.'))
  return inner && { ...inner, name: path, readonly: true }
}

/* The title is a template, "{last_name}{first_name}", or the bare name of a field. */
export function titleFields(object: ObjectMeta): string[] {
  const inBraces = [...object.title.matchAll(/\{([\w.]+)\}/g)].map((m) => m[1] ?? '')
  return inBraces.length ? inBraces : [object.title]
}

export function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') {
    const v = value as Record<string, unknown>
    return Array.isArray(value) ? value.map(plain).join(', ') : String(v.title ?? v.amount ?? '')
  }
  return String(value)
}

export function titleOf(object: ObjectMeta, record: Rec): string {
  const text = object.title.includes('{')
    ? object.title.replace(/\{([\w.]+)\}/g, (_, name: string) => plain(record[name]))
    : plain(record[object.title])
  return text.trim() || plain(record._title) || `#${record.id}`
}

const NEVER_LISTED = new Set(['longtext', 'file', 'address'])

export function listColumns(object: ObjectMeta): string[] {
  if (object.pages.list?.length) return object.pages.list
  return object.fields
    .filter((f) => !f.system && !NEVER_LISTED.has(f.type))
    .slice(0, 7)
    .map((f) => f.name)
}

export function phoneFields(object: ObjectMeta): string[] {
  if (object.pages.phone?.length) return object.pages.phone
  return listColumns(object).slice(0, 4)
}

/* What stands for a record where there is little room: a line in a list on the phone. */
export function cardLine(object: ObjectMeta): string[] {
  const line = object.pages.card?.length ? object.pages.card : phoneFields(object).slice(0, 5)
  const stage = object.fields.find((f) => f.type === 'process')?.name
  return stage && !line.includes(stage) ? [...line.slice(0, 1), stage, ...line.slice(1)] : line
}

/* What the header of a record shows beside its title. */
export function cardFields(object: ObjectMeta): string[] {
  if (object.pages.card?.length) return object.pages.card
  return phoneFields(object).slice(0, 4)
}

/* Every field people may see has a place: those the page forgot come last. */
export function formSections(object: ObjectMeta): FormSection[] {
  const given = object.pages.form ?? []
  if (given.length) return given
  const own = object.fields.filter((f) => !f.system).map((f) => f.name)
  const rows: string[][] = []
  for (let i = 0; i < own.length; i += 2) rows.push(own.slice(i, i + 2))
  return [{ fields: rows }]
}

/* Of use to programs only. */
const INNER = new Set(['id', 'version', 'deleted_at'])

export function isInner(field: Field): boolean {
  return field.system === true && INNER.has(field.name)
}

export function systemFields(object: ObjectMeta): Field[] {
  const shown = new Set(formSections(object).flatMap((s) => s.fields.flat()))
  return object.fields.filter((f) => f.system && !isInner(f) && !shown.has(f.name))
}

export function processOf(meta: Meta, object: ObjectMeta): { field: Field; process: Process } | null {
  const field = object.fields.find((f) => f.type === 'process')
  if (!field) return null
  const names = [field.process, `${object.name}_${field.name}`, object.name, field.name]
  const process = meta.processes.find((p) => names.includes(p.name))
  return process ? { field, process } : null
}

/* The moves a process has from a state; whether a record may make one now, the server says. */
export function movesFrom(process: Process, state: string): ProcessMove[] {
  return process.moves.filter((m) => m.to !== state && (m.from.includes(state) || m.from.includes('*')))
}

export function may(object: ObjectMeta, right: 'create' | 'export' | 'import'): boolean {
  return object.rights[right]
}

/* What this person may do with a record is the server's word, and comes with the record. */
export function mayDo(record: Rec, what: keyof May): boolean {
  return record._may?.[what] === true
}
