import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clashes, isUnsure, keepAs, type Kept, KEPT_MS, nextOf, outcomeOf, overlaid, RECORDS_MAX, REPEAT_MS, surplus, type Waiting } from '../src/lib/offline/rules.ts'

const NOW = Date.parse('2026-11-22T08:00:00Z')
const objects = new Set(['account', 'activity'])
const as = (address: string) => {
  const url = new URL(address, 'http://x')
  return keepAs(url.pathname, url.searchParams, objects)?.kind ?? null
}

test('kept: what pages read, and nothing else', () => {
  const rows: [string, string | null][] = [
    ['/session', 'session'], ['/meta', 'meta'], ['/page/home', 'list'],
    ['/account', 'list'], ['/account?filter=x&limit=200', 'list'], ['/account?cursor=abc', null], ['/account?deleted=true', null], ['/account?format=csv', null],
    ['/account/7', 'record'], ['/account/7?fields=name', null], ['/account/new', null],
    ['/account/7/timeline?kinds=', 'part'], ['/account/7/timeline?cursor=1', null], ['/account/7/moves', 'part'],
    ['/account/7/history', null], ['/account/7/timeline/more', null], ['/search?q=wang', null], ['/import', null], ['/user', null],
  ]
  for (const [address, kind] of rows) assert.equal(as(address), kind, address)
})

const kept = (key: string, more: Partial<Kept> = {}): Kept => ({ key, user: '7', kind: 'record', owner: key, at: NOW, bytes: 1000, ...more })

test('kept: of others, too old and too many goes; the parts of a record go with it', () => {
  assert.deepEqual(surplus([kept('a'), kept('b', { user: '8' }), kept('c', { at: NOW - KEPT_MS - 1 })], '7', NOW), ['b', 'c'])
  const many = Array.from({ length: RECORDS_MAX + 2 }, (_, i) => kept(`account/${i}`, { at: NOW - i * 7_200_000 / 1000 }))
  const part = kept('p', { kind: 'part', owner: `account/${RECORDS_MAX + 1}`, at: NOW - 7_200_000 })
  assert.deepEqual(surplus([...many, part], '7', NOW), [`account/${RECORDS_MAX}`, `account/${RECORDS_MAX + 1}`, 'p'])
  assert.deepEqual(surplus([kept('big', { bytes: 1e9 }), kept('s', { kind: 'session', bytes: 1e9 })], '7', NOW), ['big'])
})

const waiting = (n: number, more: Partial<Waiting> = {}): Waiting => ({
  n, user: '7', key: `k${n}`, method: 'PATCH', path: '/account/1', body: {}, kind: 'edit', object: 'account', id: '1', title: '', made: NOW, state: 'waiting', tried: 0, look: {}, ...more,
})

test('queue: in order, only one’s own, and nothing overtakes what is stuck', () => {
  assert.equal(nextOf([waiting(1), waiting(2)], '7')?.n, 1)
  assert.equal(nextOf([waiting(1, { user: '8' }), waiting(2)], '7')?.n, 2)
  assert.equal(nextOf([waiting(1, { state: 'conflict' }), waiting(2), waiting(3, { id: '2' })], '7')?.n, 3)
  assert.equal(nextOf([waiting(1, { state: 'refused' }), waiting(2)], '7'), null)
  /* New things are of no record yet: one that is stuck holds up nothing but what needs it. */
  const made = [waiting(1, { id: '', state: 'refused' }), waiting(2, { id: '' }), waiting(3, { id: '', needs: 'k1' })]
  assert.equal(nextOf(made, '7')?.n, 2)
  assert.equal(nextOf([waiting(1, { id: '', needs: 'k9' })], '7'), null)
  assert.equal(nextOf([], '7'), null)
})

test('queue: what an answer means', () => {
  const rows: [number, string, string][] = [
    [401, 'unauthenticated', 'signed_out'], [409, 'conflict', 'conflict'], [409, 'duplicate', 'refused'], [422, 'invalid', 'refused'],
    [403, 'forbidden', 'refused'], [404, 'not_found', 'refused'], [429, 'rate', 'later'], [503, 'busy', 'later'], [502, '', 'later'], [500, 'internal', 'refused'],
  ]
  for (const [status, code, outcome] of rows) assert.equal(outcomeOf(status, code), outcome, String(status))
})

test('queue: sent so long ago that the server has forgotten it', () => {
  assert.equal(isUnsure(waiting(1, { tried: 0, made: 0 }), NOW), false)
  assert.equal(isUnsure(waiting(1, { tried: NOW - REPEAT_MS + 1 }), NOW), false)
  assert.equal(isUnsure(waiting(1, { tried: NOW - REPEAT_MS - 1 }), NOW), true)
})

test('queue: two changes stand when they touch different fields', () => {
  const base = { id: '1', version: 1, name: 'A', owner: { id: '7', title: 'x' } }
  assert.equal(clashes(base, { ...base, version: 2, name: 'B' }, ['phone']), false)
  assert.equal(clashes(base, { ...base, version: 2, name: 'B' }, ['name']), true)
  assert.equal(clashes(base, { ...base, phone: null }, ['phone', 'owner']), false)
})

test('queue: a record as it will be', () => {
  const record = { id: '1', version: 1, name: 'A', phone: '1' }
  const queue = [waiting(1, { look: { name: 'B' } }), waiting(2, { look: { name: 'C' } }), waiting(3, { user: '8', look: { phone: '2' } }), waiting(4, { id: '2', look: { phone: '3' } })]
  assert.deepEqual(overlaid(record, queue, '7', 'account'), { ...record, name: 'C' })
})
