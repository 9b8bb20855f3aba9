import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backOff, isNews, mergeArrival, relatedObjects } from '../src/lib/live_rules.ts'
import type { LiveEvent, Meta } from '../src/lib/types.ts'

const event = (more: Partial<LiveEvent>): LiveEvent => ({
  object: 'account', id: '1', version: 3, kind: 'updated', by: { id: '7', title: 'Amy' }, at: '2026-11-22T00:00:00Z', fields: ['phone'], ...more,
})

test('live: what is shown already is no news', () => {
  assert.equal(isNews(event({}), { version: 3, me: '7' }), false)
  assert.equal(isNews(event({}), { version: 4, me: '7' }), false)
  assert.equal(isNews(event({}), { version: 2, me: '7' }), true)
  assert.equal(isNews(event({}), { version: undefined, me: '7' }), true)
  assert.equal(isNews({ object: 'account', kind: 'bulk', count: 9, by: null, at: '' }, { version: 9, me: '7' }), true)
})

test('live: the fields of one person add up, those of another begin anew', () => {
  const first = mergeArrival(undefined, event({}))
  assert.deepEqual(mergeArrival(first, event({ version: 4, fields: ['name', 'phone'] })).fields, ['phone', 'name'])
  assert.deepEqual(mergeArrival(first, event({ by: { id: '8', title: 'Bob' }, fields: ['name'] })).fields, ['name'])
  assert.deepEqual(mergeArrival(first, event({ kind: 'deleted', fields: [] })).fields, [])
})

test('live: records that show something of an object', () => {
  const meta = { objects: [{ name: 'account', relations: [{ object: 'contact' }] }, { name: 'tag', relations: [] }] } as unknown as Meta
  assert.deepEqual([...relatedObjects(meta, 'contact')], ['account'])
  assert.deepEqual([...relatedObjects(meta, 'tag')], [])
})

test('live: coming back takes ever longer, up to half a minute', () => {
  assert.deepEqual([0, 1, 2, 9].map((n) => backOff(n, 1)), [1000, 2000, 4000, 30_000])
  assert.equal(backOff(0, 0), 500)
})
