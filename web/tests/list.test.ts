/* list.test.ts - choosing, grouping and pasting, without a screen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meant } from '../src/lib/batch.ts'
import { readBlock } from '../src/lib/clipboard.ts'
import { type Group, groupExpr, groupFilter, groupOrder, keyText, readGrouping } from '../src/lib/group.ts'
import { choose, chosenCount, EVERYTHING, isChosen, NOTHING } from '../src/lib/selection.ts'
import type { Field, Meta, ObjectMeta } from '../src/lib/types.ts'

test('records are chosen one by one, or all but some', () => {
  const two = choose(NOTHING, ['1', '2'], true)
  assert.deepEqual([...two.ids], ['1', '2'])
  assert.equal(chosenCount(two, 10), 2)
  assert.equal(chosenCount(choose(two, ['1'], false), 10), 1)
  const but = choose(EVERYTHING, ['3'], false)
  assert.equal(isChosen(but, '3'), false)
  assert.equal(isChosen(but, '4'), true)
  assert.equal(chosenCount(but, 10), 9)
  assert.equal(chosenCount(but, null), null)
  assert.equal(chosenCount(choose(but, ['3'], true), 10), 10)
  assert.deepEqual(meant(two, { filter: 'a = 1' }), { ids: ['1', '2'] })
  assert.deepEqual(meant(but, { filter: 'a = 1', q: 'x' }), { filter: 'a = 1', q: 'x', ids: ['3'], except: true })
  assert.deepEqual(meant(EVERYTHING, {}), {})
})

test('a block of a spreadsheet', () => {
  assert.deepEqual(readBlock('a\tb\r\nc\td\r\n'), [['a', 'b'], ['c', 'd']])
  assert.deepEqual(readBlock('one'), [['one']])
  assert.deepEqual(readBlock('"two\nlines"\t"a ""word"""\n\tz'), [['two\nlines', 'a "word"'], ['', 'z']])
  assert.deepEqual(readBlock('5" screen\tb'), [['5" screen', 'b']])
})

const field = (name: string, type: string, more: Partial<Field> = {}): Field => ({ name, type, label: {}, ...more })
const deal = {
  name: 'deal',
  fields: [field('stage', 'process', { process: 'sale' }), field('close', 'date'), field('owner', 'link'), field('hot', 'boolean')],
} as unknown as ObjectMeta
const meta = { processes: [{ name: 'sale', states: [{ code: 'new' }, { code: 'won' }], moves: [] }] } as unknown as Meta

test('groups as the server is asked for them', () => {
  const by = (text: string) => {
    const g = readGrouping(deal, text)
    assert.ok(g)
    return g
  }
  assert.equal(readGrouping(deal, 'nothing'), null)
  assert.equal(readGrouping(deal, undefined), null)
  assert.equal(groupExpr(by('stage')), 'stage')
  assert.equal(groupExpr(by('month:close')), 'year(close) * 100 + month(close)')
  assert.equal(groupExpr(by('year:close')), 'year(close)')
  assert.equal(groupFilter(by('stage'), 'won'), 'stage = "won"')
  assert.equal(groupFilter(by('stage'), null), 'stage is empty')
  assert.equal(groupFilter(by('owner'), { id: '7', title: 'x' }), 'owner = "7"')
  assert.equal(groupFilter(by('hot'), true), 'hot = true')
  assert.equal(groupFilter(by('month:close'), 202612), 'close >= 2026-12-01 and close < 2027-01-01')
  assert.equal(groupFilter(by('year:close'), 2026), 'close >= 2026-01-01 and close < 2027-01-01')
  const group = (key: unknown): Group => ({ key, count: 1, sums: {} })
  const order = (text: string, keys: unknown[]) => keys.map(group).sort(groupOrder(meta, by(text))).map((g) => keyText(g.key))
  assert.deepEqual(order('stage', [null, 'won', 'new']), ['new', 'won', ''])
  assert.deepEqual(order('month:close', [202501, null, 202612]), ['202612', '202501', ''])
})
