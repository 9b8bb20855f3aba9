/*
 * definition.ts - definitions as they are written: what packs say, what is one's own, and how a
 * change of one's own is laid over what a pack says.
 *
 * All of it is plain JSON in files; a file of one's own is custom/objects/x.json, custom/extend/x.json
 * or custom/processes/x.json.  Drafts are such files not published yet; null takes one away.
 */
import type { Field, FormSection, Json, Labels, Meta, ObjectMeta, Pages, Process } from './types.ts'

export type Def = { [key: string]: Json }

export interface DefFile {
  path: string
  json: Def
}

export interface Pack {
  name: string
  installed_at: string | null
  files: DefFile[]
  examples: { path: string; json: { name: string; label: Labels } }[]
}

export type Drafts = Readonly<Record<string, Def | null>>

export const isOwn = (path: string) => path.startsWith('custom/')
export const packOf = (path: string) => (isOwn(path) ? '' : (path.split('/')[1] ?? ''))

const list = (value: Json | undefined): Def[] => (Array.isArray(value) ? (value as Def[]) : [])
const record = (value: Json | undefined): Def => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {})
const str = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/* A label may be one text for all languages. */
export function labelsOf(value: Json | undefined): Labels {
  if (typeof value === 'string') return { 'zh-Hant': value, en: value }
  return record(value) as Labels
}

export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? null) === (b ?? null)
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const ka = Object.keys(a), kb = Object.keys(b)
  return ka.length === kb.length && ka.every((k) => k in b && same((a as Def)[k], (b as Def)[k]))
}

/* Packs in use, then one's own, with the drafts in place. */
export function filesOf(packs: readonly Pack[], own: readonly DefFile[], drafts: Drafts = {}): DefFile[] {
  const kept = own.filter((f) => !(f.path in drafts))
  const drafted = Object.entries(drafts).flatMap(([path, json]) => (json ? [{ path, json }] : []))
  return [...packs.filter((p) => p.installed_at).flatMap((p) => p.files), ...[...kept, ...drafted].sort((a, b) => (a.path < b.path ? -1 : 1))]
}

const isObject = (f: DefFile) => f.path.includes('/objects/')
const isExtend = (f: DefFile) => f.path.includes('/extend/')
const isProcess = (f: DefFile) => f.path.includes('/processes/')

export function objectNames(files: readonly DefFile[]): string[] {
  return files.filter(isObject).map((f) => str(f.json.object))
}

/* The file of the object, and those that extend it, in the order they count. */
export function partsOf(files: readonly DefFile[], object: string): DefFile[] {
  const base = files.find((f) => isObject(f) && f.json.object === object)
  return base ? [base, ...files.filter((f) => isExtend(f) && f.json.extend === object)] : []
}

/* Where one's own changes to the object are written. */
export function ownPath(files: readonly DefFile[], object: string): string {
  const base = partsOf(files, object)[0]
  return base && isOwn(base.path) ? base.path : `custom/extend/${object}.json`
}

export function ownFile(files: readonly DefFile[], object: string): Def {
  const path = ownPath(files, object)
  return files.find((f) => f.path === path)?.json ?? { extend: object }
}

export interface Part {
  name: string
  /* As it counts, and as it was declared. */
  def: Def
  base: Def
  /* The pack; empty for one's own. */
  pack: string
  path: string
  index: number
  changed: boolean
  /* A rule or relation of a pack that was switched off. */
  off: boolean
}

type PartList = 'fields' | 'rules' | 'relations'

export function partList(files: readonly DefFile[], object: string, what: PartList): Part[] {
  const parts = partsOf(files, object)
  return parts.flatMap((file) =>
    list(file.json[what]).map((base, index): Part => {
      const name = str(base.name)
      let def = base
      let changed = false
      let off = false
      for (const p of parts.slice(1)) {
        const changes = record(record(p.json.change)[what])
        if (!(name in changes)) continue
        changed = true
        const over = changes[name]
        if (over === null) off = true
        else def = Object.fromEntries(Object.entries({ ...def, ...record(over) }).filter(([, v]) => v !== null))
      }
      return { name, def, base, pack: packOf(file.path), path: file.path, index, changed, off }
    }),
  )
}

export const retiredOf = (files: readonly DefFile[], object: string): Def[] => list(ownFile(files, object).retired)

export const PAGES = ['form', 'list', 'phone', 'card', 'related'] as const
export type PageName = (typeof PAGES)[number]

function declaredPages(files: readonly DefFile[], object: string): Def {
  const out: Def = {}
  for (const part of partsOf(files, object))
    for (const [page, value] of Object.entries(record(part.json.pages)))
      out[page] = Array.isArray(out[page]) && Array.isArray(value) ? [...out[page], ...value] : value
  return out
}

export function pagesOf(files: readonly DefFile[], object: string): Pages {
  let out = declaredPages(files, object)
  for (const part of partsOf(files, object).slice(1)) out = { ...out, ...record(record(part.json.change).pages) }
  return Object.fromEntries(Object.entries(out).filter(([, v]) => v !== null)) as Pages
}

export interface ObjectView {
  name: string
  label: Labels
  plural: Labels
  icon: string
  title: string
  pack: string
  /* Something of it is one's own. */
  changed: boolean
}

export function objectView(files: readonly DefFile[], name: string): ObjectView | null {
  const [base, ...extended] = partsOf(files, name)
  if (!base) return null
  let top = base.json
  for (const p of extended) top = { ...top, ...record(p.json.change) }
  return {
    name,
    label: labelsOf(top.label),
    plural: labelsOf(top.plural),
    icon: str(top.icon),
    title: str(base.json.title) || 'name',
    pack: packOf(base.path),
    changed: extended.some((p) => isOwn(p.path)),
  }
}

/* Empty objects and lists say nothing: they are not written. */
function tidy(def: Def, keep: readonly string[]): Def {
  return Object.fromEntries(
    Object.entries(def).filter(([k, v]) => keep.includes(k) || !(typeof v === 'object' && v !== null && Object.keys(v).length === 0)),
  )
}

const KEPT = ['object', 'extend', 'fields']

export const saysNothing = (def: Def): boolean => 'extend' in def && Object.keys(tidy(def, [])).length === 1

function setChange(own: Def, what: string, name: string | null, value: Json | undefined): Def {
  const change = record(own.change)
  const before = name === null ? null : record(change[what])
  const put = (o: Def, key: string): Def => {
    const { [key]: _, ...rest } = o
    return value === undefined ? rest : { ...rest, [key]: value }
  }
  const next = before === null || name === null ? put(change, what) : { ...change, [what]: put(before, name) }
  return tidy({ ...own, change: tidy(next, []) }, own.object ? KEPT : ['object', 'extend'])
}

/* What differs from `base`: keys that are gone become null. */
function difference(base: Def, def: Def): Def {
  const out: Def = {}
  for (const key of new Set([...Object.keys(base), ...Object.keys(def)]))
    if (!same(base[key], def[key])) out[key] = def[key] ?? null
  return out
}

/* What may be said of a pack's field from outside; the rest is fixed. */
export const OPEN_KEYS: readonly string[] = [
  'label', 'doc', 'help', 'required', 'required_when', 'when', 'default', 'choices', 'unique', 'index', 'history',
  'private', 'readonly', 'search', 'min', 'max', 'on_delete',
]

/* One's own part is written where it stands; a pack's gets a change beside it. */
export function setPart(own: Def, what: PartList, part: Part, def: Def | null): Def {
  if (part.pack === '') {
    const now = list(own[what])
    return { ...own, [what]: def ? now.map((d) => (d.name === part.name ? def : d)) : now.filter((d) => d.name !== part.name) }
  }
  if (def === null) return setChange(own, what, part.name, what === 'fields' ? undefined : null)
  const changes = difference(part.base, def)
  return setChange(own, what, part.name, Object.keys(changes).length ? changes : undefined)
}

export function addPart(own: Def, what: PartList, def: Def): Def {
  return { ...own, [what]: [...list(own[what]), def] }
}

/* The records of another object as a list on this one's page. */
export function addRelation(files: readonly DefFile[], object: string, relation: Def): Def {
  const own = ownFile(files, object)
  const name = str(relation.name)
  const others = list(own.relations).filter((r) => r.name !== name)
  const next: Def = { ...own, relations: [...others, relation] }
  const changed = record(record(own.change).pages).related
  const plus = (v: Json | undefined): Json => [...(Array.isArray(v) ? v.filter((n) => n !== name) : []), name]
  /* Without a list of related ones every relation shows. */
  if (!pagesOf(files, object).related) return next
  if (Array.isArray(changed)) return setChange(next, 'pages', null, { ...record(record(own.change).pages), related: plus(changed) })
  return { ...next, pages: { ...record(own.pages), related: plus(record(own.pages).related) } }
}

/* As the pack has it. */
export function resetPart(own: Def, what: PartList, name: string): Def {
  return setChange(own, what, name, undefined)
}

/* Out of sight everywhere, kept so that it can come back; so is what is in its column. */
export function retireField(own: Def, name: string): Def {
  const fields = list(own.fields)
  const gone = fields.filter((f) => f.name === name)
  const pages = record(own.object ? own.pages : record(own.change).pages)
  const without = (v: Json): Json =>
    Array.isArray(v) ? v.filter((x) => x !== name).map((x) => without(x)).filter((x) => !(Array.isArray(x) && x.length === 0)) : typeof v === 'object' && v !== null ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k === 'label' ? x : without(x)])) : v
  const cleaned = record(without(pages))
  const next: Def = { ...own, fields: fields.filter((f) => f.name !== name), retired: [...list(own.retired).filter((f) => f.name !== name), ...gone] }
  if (own.object) return own.pages ? { ...next, pages: cleaned } : next
  return Object.keys(pages).length ? setChange(next, 'pages', null, cleaned) : next
}

export function restoreField(own: Def, name: string): Def {
  const back = list(own.retired).filter((f) => f.name === name)
  return tidy({ ...own, fields: [...list(own.fields), ...back], retired: list(own.retired).filter((f) => f.name !== name) }, KEPT)
}

export function setPage(files: readonly DefFile[], object: string, page: PageName, value: Json): Def {
  const own = ownFile(files, object)
  if (own.object) return { ...own, pages: { ...record(own.pages), [page]: value } }
  const pages = record(record(own.change).pages)
  const { [page]: _, ...rest } = pages
  const next = same(declaredPages(files, object)[page], value) ? rest : { ...rest, [page]: value }
  return setChange(own, 'pages', null, Object.keys(next).length ? next : undefined)
}

export function setObjectKey(files: readonly DefFile[], object: string, key: 'label' | 'plural' | 'icon', value: Json): Def {
  const own = ownFile(files, object)
  if (own.object) return { ...own, [key]: value }
  const base = partsOf(files, object)[0]?.json
  return setChange(own, key, null, same(base?.[key], value) ? undefined : value)
}

export interface ProcessView {
  name: string
  def: Def
  pack: string
  path: string
  /* As the pack has it, when one's own stands in its place. */
  base: Def | null
}

export function processViews(files: readonly DefFile[]): ProcessView[] {
  const out = new Map<string, ProcessView>()
  for (const f of files.filter(isProcess)) {
    const name = str(f.json.process)
    const before = out.get(name)
    out.set(name, { name, def: f.json, pack: before?.pack ?? packOf(f.path), path: isOwn(f.path) ? f.path : `custom/processes/${name}.json`, base: before?.def ?? null })
  }
  return [...out.values()]
}

export const processStates = (def: Def) => list(def.states)
export const processMoves = (def: Def) => list(def.moves)

const SHOWN = new Set(['boolean', 'integer', 'decimal', 'money', 'percent', 'text', 'date', 'datetime', 'duration'])

function fieldMeta(def: Def, processes: readonly ProcessView[]): Field {
  const process = processes.find((p) => p.name === def.process)
  const choices = process ? processStates(process.def) : list(def.choices)
  const number = (v: Json | undefined) => (v === undefined || v === null ? {} : { v: Number(v) })
  const max = number(def.max).v, min = number(def.min).v
  return {
    name: str(def.name),
    type: str(def.type) || 'text',
    label: labelsOf(def.label),
    ...(def.doc || def.help ? { help: labelsOf(def.help ?? def.doc) } : {}),
    required: def.required === true,
    readonly: def.readonly === true || def.type === 'formula' || def.type === 'rollup',
    private: def.private === true,
    ...(max === undefined ? {} : { max }),
    ...(min === undefined ? {} : { min }),
    ...(typeof def.scale === 'number' ? { scale: def.scale } : {}),
    ...(choices.length ? { choices: choices.map((c) => ({ code: str(c.code), label: labelsOf(c.label), color: str(c.color) || null })) } : {}),
    ...(def.type === 'file' ? { to: 'file' } : def.to ? { to: str(def.to) } : {}),
    ...(def.process ? { process: str(def.process) } : {}),
    ...(typeof def.returns === 'string' && SHOWN.has(def.returns) ? { returns: def.returns } : {}),
  }
}

/* The object as screens would know it, were these files published. */
export function previewObject(meta: Meta, files: readonly DefFile[], name: string): ObjectMeta | null {
  const view = objectView(files, name)
  if (!view) return null
  const now = meta.objects.find((o) => o.name === name)
  const system = (now ?? meta.objects[0])?.fields.filter((f) => f.system && (now || f.name !== 'owner')) ?? []
  const processes = processViews(files)
  return {
    name,
    pack: view.pack,
    label: view.label,
    plural: view.plural,
    icon: view.icon,
    title: view.title,
    owned: partsOf(files, name)[0]?.json.owned !== false,
    fields: [...system, ...partList(files, name, 'fields').map((p) => fieldMeta(p.def, processes))],
    relations: partList(files, name, 'relations').filter((p) => !p.off).map((p) => ({ name: p.name, object: str(p.def.object), field: str(p.def.field), label: labelsOf(p.def.label) })),
    pages: pagesOf(files, name),
    rights: now?.rights ?? { create: true, edit: 'all', delete: 'all', export: true, import: true },
  }
}

export function processMeta(def: Def): Process {
  return {
    name: str(def.process),
    label: labelsOf(def.label),
    start: str(def.start),
    states: processStates(def).map((s) => ({ code: str(s.code), label: labelsOf(s.label), kind: str(s.kind) || 'open', color: str(s.color) || null })),
    moves: processMoves(def).map((m) => ({ from: Array.isArray(m.from) ? (m.from as string[]) : [str(m.from) || '*'], to: str(m.to), label: labelsOf(m.label), require: (m.require ?? []) as string[] })),
  }
}

export function sectionsOf(pages: Pages): FormSection[] {
  return (pages.form ?? []).map((s) => ({ label: labelsOf(s.label as Json), fields: s.fields }))
}

/* "Floor area (m2)" → floor_area_m2: a name the engine takes, or '' when nothing is left. */
export function nameFrom(text: string): string {
  return text.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[\d_]+|_+$/g, '').slice(0, 40).replace(/_+$/, '')
}

export const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/
