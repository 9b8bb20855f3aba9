/* definition.test.ts - one's own changes laid over packs, the words of a plan, and fields moved about. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as d from '../src/lib/definition.ts'
import { diffFiles, effectsOf } from '../src/lib/definition_diff.ts'
import { addField, dropField, moveField, moveItem, removeField } from '../src/lib/layout.ts'
import type { FormSection } from '../src/lib/types.ts'

const PACKS: d.Pack[] = [
  {
    name: 'core',
    installed_at: '2026-01-01',
    examples: [],
    files: [
      { path: 'packs/core/objects/account.json', json: { object: 'account', label: { en: 'Account' }, plural: { en: 'Accounts' }, title: 'name', fields: [{ name: 'name', type: 'text', label: { en: 'Name' }, required: true }, { name: 'kind', type: 'choice', label: { en: 'Kind' }, choices: [{ code: 'a', label: 'A' }, { code: 'b', label: 'B' }] }], rules: [{ name: 'r', check: 'true' }], pages: { list: ['name'] } } },
      { path: 'packs/core/processes/p.json', json: { process: 'p', label: { en: 'P' }, start: 'x', states: [{ code: 'x' }, { code: 'y' }], moves: [{ from: ['x'], to: 'y' }] } },
    ],
  },
  { name: 'sales', installed_at: '2026-01-01', examples: [], files: [{ path: 'packs/sales/extend/account.json', json: { extend: 'account', fields: [{ name: 'won', type: 'integer', label: 'Won' }], pages: { list: ['won'] } } }] },
  { name: 'other', installed_at: null, examples: [], files: [{ path: 'packs/other/objects/x.json', json: { object: 'x' } }] },
]
const files = d.filesOf(PACKS, [])
const draft = (json: d.Def) => d.filesOf(PACKS, [], { 'custom/extend/account.json': json })
const own = () => d.ownFile(files, 'account')

test('packs in use, with what extends', () => {
  assert.deepEqual(d.objectNames(files), ['account'])
  assert.deepEqual(d.partList(files, 'account', 'fields').map((p) => [p.name, p.pack]), [['name', 'core'], ['kind', 'core'], ['won', 'sales']])
  assert.deepEqual(d.pagesOf(files, 'account'), { list: ['name', 'won'] })
  assert.equal(d.ownPath(files, 'account'), 'custom/extend/account.json')
})

test('a pack\'s field takes a change beside it, and loses it again', () => {
  const name = d.partList(files, 'account', 'fields')[0] as d.Part
  const changed = d.setPart(own(), 'fields', name, { ...name.def, label: { en: 'Shop' }, max: 5 })
  assert.deepEqual(changed, { extend: 'account', change: { fields: { name: { label: { en: 'Shop' }, max: 5 } } } })
  const after = d.partList(draft(changed), 'account', 'fields')[0] as d.Part
  assert.equal(after.changed, true)
  assert.deepEqual(after.def.label, { en: 'Shop' })
  const { required: _, ...rest } = name.def
  assert.deepEqual(d.setPart(own(), 'fields', name, rest).change, { fields: { name: { required: null } } })
  assert.deepEqual(d.setPart(changed, 'fields', name, name.base), { extend: 'account' })
  assert.equal(d.saysNothing(d.resetPart(changed, 'fields', 'name')), true)
})

test('rules of a pack can be switched off', () => {
  const rule = d.partList(files, 'account', 'rules')[0] as d.Part
  const off = d.setPart(own(), 'rules', rule, null)
  assert.deepEqual(off.change, { rules: { r: null } })
  assert.equal(d.partList(draft(off), 'account', 'rules')[0]?.off, true)
})

test('one\'s own fields come, go and come back', () => {
  const added = d.addPart(own(), 'fields', { name: 'area', type: 'integer', label: 'Area' })
  const on = d.setPage(draft(added), 'account', 'list', ['name', 'area'])
  const gone = d.retireField(on, 'area')
  assert.deepEqual(gone, { extend: 'account', change: { pages: { list: ['name'] } }, retired: [{ name: 'area', type: 'integer', label: 'Area' }] })
  assert.equal(d.partList(draft(d.restoreField(gone, 'area')), 'account', 'fields').at(-1)?.name, 'area')
  assert.deepEqual(d.setPage(draft(on), 'account', 'list', ['name', 'won']), added)
})

test('names', () => {
  for (const [text, name] of [['Floor area (m²)', 'floor_area_m2'], ['坪數', ''], ['2nd Phone', 'nd_phone'], ['__', '']] as const) assert.equal(d.nameFrom(text), name)
})

test('the plan in words', () => {
  const kind = d.partList(files, 'account', 'fields')[1] as d.Part
  let json = d.setPart(own(), 'fields', kind, { ...kind.def, required: true, choices: [{ code: 'a', label: 'A' }] })
  json = d.addPart(json, 'fields', { name: 'area', type: 'integer', label: 'Area' })
  const after = d.filesOf(PACKS, [], { 'custom/extend/account.json': json, 'custom/processes/p.json': { process: 'p', label: { en: 'P' }, start: 'x', states: [{ code: 'x' }, { code: 'z' }], moves: [{ from: ['x'], to: 'z' }] } })
  const changes = diffFiles(files, after)
  assert.deepEqual(changes.map((c) => [c.kind, c.of, c.name]), [['field_changed', 'account', 'kind'], ['field_added', 'account', 'area'], ['state_added', 'p', 'z'], ['state_removed', 'p', 'y'], ['move_added', 'p', '["x"]>z'], ['move_removed', 'p', '["x"]>y']])
  assert.deepEqual(effectsOf(changes, files).map((e) => [e.kind, e.filter, e.blocks]), [['empty', 'kind is empty', false], ['code', 'kind = "b"', true]])
  assert.deepEqual(diffFiles(files, files), [])
})

const sections: FormSection[] = [{ fields: [['a', 'b'], ['c']] }, { fields: [['d']] }]
const rows = (s: FormSection[]) => s.map((x) => x.fields.map((r) => r.join('')).join(' ')).join(' | ')

test('a field of a form goes up and down, left and right', () => {
  const steps = [
    ['b', 'left', 'ba c | d'], ['a', 'right', 'ba c | d'], ['a', 'left', 'ab c | d'],
    ['a', 'down', 'b a c | d'], ['b', 'up', 'b a c | d'], ['c', 'up', 'abc | d'], ['c', 'down', 'ab | c d'],
    ['d', 'up', 'ab c d | '], ['d', 'down', 'ab c | d'], ['x', 'up', 'ab c | d'],
  ] as const
  for (const [field, step, want] of steps) assert.equal(rows(moveField(sections, field, step)), want, `${field} ${step}`)
  assert.equal(rows(moveField([{ fields: [['a', 'b', 'c', 'd'], ['e']] }], 'e', 'up')), 'e abcd')
})

test('a field is dropped, added, removed', () => {
  assert.equal(rows(dropField(sections, 'd', { section: 0, row: 1, at: 0 })), 'ab dc | ')
  assert.equal(rows(dropField(sections, 'c', { section: 0, row: 0, at: null })), 'c ab | d')
  assert.equal(rows(dropField(sections, 'a', { section: 0, row: 0, at: 2 })), 'ba c | d')
  assert.equal(rows(dropField(sections, 'new', { section: 1, row: 1, at: null })), 'ab c | d new')
  assert.equal(rows(removeField(sections, 'c')), 'ab | d')
  assert.equal(rows(addField(sections, 'e', 1)), 'ab c | d e')
  assert.deepEqual(moveItem(['a', 'b', 'c'], 0, 2), ['b', 'c', 'a'])
})
