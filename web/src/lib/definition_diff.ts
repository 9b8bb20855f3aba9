/* definition_diff.ts - what publishing drafts would change, thing by thing, and whom it would touch. */
import { type Def, type DefFile, type Part, objectNames, objectView, PAGES, pagesOf, partList, processMoves, processStates, processViews, retiredOf, same } from './definition.ts'
import { quote } from './expr.ts'
import type { Json } from './types.ts'

export type ChangeKind =
  | 'object_added' | 'object_removed' | 'object_changed'
  | 'field_added' | 'field_removed' | 'field_restored' | 'field_changed'
  | 'rule_added' | 'rule_removed' | 'rule_changed'
  | 'relation_added' | 'relation_removed' | 'relation_changed'
  | 'page_changed'
  | 'process_added' | 'process_removed' | 'process_changed'
  | 'state_added' | 'state_removed' | 'state_changed' | 'states_order'
  | 'move_added' | 'move_removed' | 'move_changed'

export interface DefChange {
  kind: ChangeKind
  /* Object or process. */
  of: string
  name: string
  /* Which keys of it. */
  keys: string[]
  before: Def | null
  after: Def | null
}

const change = (kind: ChangeKind, of: string, name = '', keys: string[] = [], before: Def | null = null, after: Def | null = null): DefChange => ({ kind, of, name, keys, before, after })

function keysThatDiffer(a: Def, b: Def): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((k) => !same(a[k], b[k]))
}

function parts(what: 'field' | 'rule' | 'relation', of: string, before: Part[], after: Part[], retired: readonly Def[]): DefChange[] {
  const out: DefChange[] = []
  const on = (list: Part[]) => new Map(list.filter((p) => !p.off).map((p) => [p.name, p.def]))
  const old = on(before), now = on(after)
  for (const [name, def] of now) {
    const was = old.get(name)
    if (!was) out.push(change(what === 'field' && retired.some((r) => r.name === name) ? 'field_restored' : `${what}_added`, of, name, [], null, def))
    else if (!same(was, def)) out.push(change(`${what}_changed`, of, name, keysThatDiffer(was, def), was, def))
  }
  for (const [name, def] of old) if (!now.has(name)) out.push(change(`${what}_removed`, of, name, [], def))
  return out
}

function objects(before: readonly DefFile[], after: readonly DefFile[]): DefChange[] {
  const out: DefChange[] = []
  const old = objectNames(before)
  for (const name of objectNames(after)) {
    const now = objectView(after, name)
    if (!now) continue
    if (!old.includes(name)) {
      out.push(change('object_added', name))
      for (const p of partList(after, name, 'fields')) out.push(change('field_added', name, p.name, [], null, p.def))
      continue
    }
    const was = objectView(before, name)
    if (!was) continue
    const keys = (['label', 'plural', 'icon', 'title'] as const).filter((k) => !same(was[k] as Json, now[k] as Json))
    if (keys.length) out.push(change('object_changed', name, '', keys))
    out.push(...parts('field', name, partList(before, name, 'fields'), partList(after, name, 'fields'), retiredOf(before, name)))
    out.push(...parts('rule', name, partList(before, name, 'rules'), partList(after, name, 'rules'), []))
    out.push(...parts('relation', name, partList(before, name, 'relations'), partList(after, name, 'relations'), []))
    const a = pagesOf(before, name), b = pagesOf(after, name)
    for (const page of PAGES) if (!same(a[page] as unknown as Json, b[page] as unknown as Json)) out.push(change('page_changed', name, page))
  }
  for (const name of old) if (!objectNames(after).includes(name)) out.push(change('object_removed', name))
  return out
}

const moveKey = (m: Def) => `${JSON.stringify(m.from)}>${String(m.to)}`

function oneProcess(name: string, a: Def, b: Def): DefChange[] {
  const out: DefChange[] = []
  const keys = ['label', 'start'].filter((k) => !same(a[k], b[k]))
  if (keys.length) out.push(change('process_changed', name, '', keys))
  const pairs = [
    ['state', processStates(a), processStates(b), (d: Def) => String(d.code)],
    ['move', processMoves(a), processMoves(b), moveKey],
  ] as const
  for (const [what, old, now, key] of pairs) {
    for (const d of now) {
      const was = old.find((o) => key(o) === key(d))
      if (!was) out.push(change(`${what}_added`, name, key(d), [], null, d))
      else if (!same(was, d)) out.push(change(`${what}_changed`, name, key(d), keysThatDiffer(was, d), was, d))
    }
    for (const d of old) if (!now.some((o) => key(o) === key(d))) out.push(change(`${what}_removed`, name, key(d), [], d))
  }
  const codes = (d: Def, among: Def) => processStates(d).map((s) => s.code).filter((c) => processStates(among).some((s) => s.code === c))
  if (!same(codes(a, b) as Json, codes(b, a) as Json)) out.push(change('states_order', name))
  return out
}

export function diffFiles(before: readonly DefFile[], after: readonly DefFile[]): DefChange[] {
  const old = new Map(processViews(before).map((p) => [p.name, p.def]))
  const now = new Map(processViews(after).map((p) => [p.name, p.def]))
  const out = objects(before, after)
  for (const [name, def] of now) {
    const was = old.get(name)
    if (!was) out.push(change('process_added', name))
    else if (!same(was, def)) out.push(...oneProcess(name, was, def))
  }
  for (const name of old.keys()) if (!now.has(name)) out.push(change('process_removed', name))
  return out
}

/* Records that a change touches: a question for the list of the object, and whether any at all forbid it. */
export interface Effect {
  kind: 'empty' | 'filled' | 'code' | 'all'
  object: string
  field: string
  code: string
  filter: string
  blocks: boolean
}

const codesOf = (def: Def | null, key: string) => (Array.isArray(def?.[key]) ? (def[key] as Def[]).map((c) => String(c.code)) : [])
const has = (field: string, type: Json | undefined, code: string) => (type === 'choices' ? `has(${field}, ${quote(code)})` : `${field} = ${quote(code)}`)

export function effectsOf(changes: readonly DefChange[], before: readonly DefFile[]): Effect[] {
  const out: Effect[] = []
  for (const c of changes) {
    const stored = c.before && c.before.type !== 'formula' && c.before.type !== 'rollup'
    if (c.kind === 'object_removed') out.push({ kind: 'all', object: c.of, field: '', code: '', filter: '', blocks: false })
    if (c.kind === 'field_removed' && stored) out.push({ kind: 'filled', object: c.of, field: c.name, code: '', filter: `${c.name} is not empty`, blocks: false })
    if (c.kind === 'field_changed' && c.after?.required === true && c.before?.required !== true)
      out.push({ kind: 'empty', object: c.of, field: c.name, code: '', filter: `${c.name} is empty`, blocks: false })
    if (c.kind === 'field_changed' && c.keys.includes('choices')) {
      const kept = codesOf(c.after, 'choices')
      for (const code of codesOf(c.before, 'choices'))
        if (!kept.includes(code)) out.push({ kind: 'code', object: c.of, field: c.name, code, filter: has(c.name, c.before?.type, code), blocks: true })
    }
    if (c.kind === 'state_removed')
      for (const object of objectNames(before))
        for (const p of partList(before, object, 'fields'))
          if (p.def.process === c.of) out.push({ kind: 'code', object, field: p.name, code: c.name, filter: has(p.name, 'choice', c.name), blocks: true })
  }
  return out
}
