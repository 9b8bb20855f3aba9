/* lib.test.ts - the order of lists, what a form sends, what metadata says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labelOf, pickLang } from '../src/lib/lang.ts'
import { cardLine, findPath, formSections, listColumns, may, mayDo, processOf, titleFields, titleOf } from '../src/lib/meta.ts'
import { choose, chosenMay, EVERYTHING, NOTHING } from '../src/lib/selection.ts'
import { clickSort, readSort, sortText } from '../src/lib/sort.ts'
import type { Field, Meta, ObjectMeta, Rec, Session } from '../src/lib/types.ts'
import { mergeOf, resolve } from '../src/lib/merge.ts'
import { changed, errorField, freshValues } from '../src/lib/values.ts'

const field = (name: string, type = 'text', more: Partial<Field> = {}): Field => ({ name, type, label: { en: name }, ...more })
const object = (name: string, fields: Field[], more: Partial<ObjectMeta> = {}): ObjectMeta => ({
  name, label: {}, plural: {}, title: 'name', fields, relations: [], pages: {},
  rights: { create: true, edit: 'own', delete: 'none', export: true, import: false }, ...more,
})
const deal = object('deal', [
  field('name', 'text', { default: 'New' }), field('account', 'link', { to: 'account' }), field('stage', 'process', { process: 'sale' }),
  field('computed', 'text', { default: { expr: 'name' } }), field('owner', 'link', { to: 'user' }), field('created_at', 'datetime', { system: true }),
], { owned: true })
const meta: Meta = {
  version: '1', menu: ['deal'], objects: [deal, object('account', [field('name'), field('city')])],
  processes: [{ name: 'sale', label: {}, states: [{ code: 'new', label: {} }, { code: 'won', label: {} }], moves: [{ from: ['new'], to: 'won' }, { from: ['*'], to: 'new' }] }],
}
const session = { user: { id: '7', name: 'chen', display_name: '陳' }, csrf: '' } as Session
const wire = (_: Field, value: unknown) => (value ?? null) as string | null

test('sorting by clicks', () => {
  assert.deepEqual(readSort('-amount,name'), [{ field: 'amount', down: true }, { field: 'name', down: false }])
  assert.equal(sortText(readSort('-amount,name')), '-amount,name')
  const click = (from: string, name: string, add = false) => sortText(clickSort(readSort(from), name, add))
  assert.equal(click('', 'a'), 'a')
  assert.equal(click('a', 'a'), '-a')
  assert.equal(click('-a', 'a'), '')
  assert.equal(click('a', 'b'), 'b')
  assert.equal(click('a', 'b', true), 'a,b')
  assert.equal(click('a,b', 'a', true), '-a,b')
  assert.equal(click('-a,b', 'a', true), 'b')
})

test('languages', () => {
  assert.equal(pickLang([null, 'zh-CN', 'en']), 'zh-Hant')
  assert.equal(pickLang(['fr', 'en-US']), 'en')
  assert.equal(pickLang(['fr']), 'en')
  assert.equal(labelOf({ 'zh-Hant': '客戶', en: 'Account' }, 'zh-Hant'), '客戶')
  assert.equal(labelOf({ ja: '顧客' }, 'en'), '顧客')
  assert.equal(labelOf(undefined, 'en', 'account'), 'account')
})

test('titles, by field or by template', () => {
  const rec = (more: object): Rec => ({ id: '5', version: 1, ...more })
  assert.equal(titleOf(deal, rec({ name: '案子' })), '案子')
  assert.equal(titleOf(deal, rec({ name: '' })), '#5')
  const both = { ...deal, title: '{name} ({account})' }
  assert.deepEqual(titleFields(both), ['name', 'account'])
  assert.equal(titleOf(both, rec({ name: 'x', account: { id: '1', title: '宏碁' } })), 'x (宏碁)')
})

test('pages fall back on the fields', () => {
  assert.deepEqual(listColumns(deal), ['name', 'account', 'stage', 'computed', 'owner'])
  assert.deepEqual(formSections(deal)[0]?.fields[0], ['name', 'account'])
  assert.deepEqual(cardLine({ ...deal, pages: { card: ['name', 'account'] } }), ['name', 'stage', 'account'])
  assert.equal(findPath(meta, deal, 'account.city')?.name, 'account.city')
  assert.equal(findPath(meta, deal, 'account.nowhere'), null)
})

test('what may be done', () => {
  const shared = { id: '1', version: 1, _may: { edit: true, delete: false, share: true, assign: false, restore: false } }
  const unsaid = { id: '2', version: 1 }
  assert.ok(mayDo(shared, 'edit') && !mayDo(shared, 'delete') && !mayDo(unsaid, 'edit'))
  const these = (...ids: string[]) => choose(NOTHING, ids, true)
  assert.ok(chosenMay(these('1', '2'), [shared, unsaid], 'edit'))
  assert.ok(!chosenMay(these('2'), [shared, unsaid], 'edit') && !chosenMay(these('1'), [shared, unsaid], 'delete'))
  assert.ok(chosenMay(these('3'), [shared, unsaid], 'delete') && chosenMay(EVERYTHING, [unsaid], 'edit'))
  assert.ok(may(deal, 'create') && !may(deal, 'import'))
  assert.equal(processOf(meta, deal)?.process.name, 'sale')
})

test('a form sends what changed', () => {
  assert.deepEqual(freshValues(meta, deal, session), { name: 'New', stage: 'new', owner: { id: '7', title: '陳' } })
  const [name, account] = deal.fields as [Field, Field]
  assert.deepEqual(changed([name, account], { name: 'a' }, { name: 'b' }, wire), { name: 'b' })
  assert.deepEqual(changed([name], { name: 'a' }, { name: null }, wire), { name: null })
  const theirs = { id: '1', version: 2, name: 'c', account: 'z' }
  const both = mergeOf([name, account], { name: 'a' }, { name: 'b' }, theirs, wire)
  assert.deepEqual(both, { both: [name], theirs: [account] })
  assert.deepEqual(mergeOf([name], { name: 'a' }, { name: 'c' }, theirs, wire), { both: [], theirs: [] })
  assert.deepEqual(mergeOf([name], { name: 'c' }, { name: 'b' }, theirs, wire), { both: [], theirs: [] })
  const mine = { name: 'b', account: 'x', note: 'mine' }
  assert.deepEqual(resolve(mine, { ...theirs, note: 'theirs' }, { name: 'theirs', note: 'joined' }), { account: 'x', note: 'theirs\n\nmine' })
  for (const [path, want] of [['address.city', 'address'], ['/amount', 'amount'], ['$.tags[0]', 'tags'], [undefined, '']] as const)
    assert.equal(errorField(path), want)
})
