import assert from 'node:assert/strict'
import { test } from 'node:test'
import { belongings, byDay, statusOf, subjectOf } from '../src/lib/timeline.ts'
import type { ObjectMeta, Rec, TimelineEntry } from '../src/lib/types.ts'

test('timeline: the first line of a note is its subject', () => {
  assert.equal(subjectOf('\n  # 客戶來電\n詢問交期'), '客戶來電')
  assert.equal(subjectOf('- one\n- two'), 'one')
  assert.equal(subjectOf('x'.repeat(200)).length, 80)
  assert.equal(subjectOf('  '), '')
})

test('timeline: what was is done, what is to come is planned', () => {
  const now = Date.parse('2026-11-22T08:00:00Z')
  assert.deepEqual(statusOf('note', undefined, now), { status: 'done', done_at: '2026-11-22T08:00:00.000Z' })
  assert.deepEqual(statusOf('call', '2026-11-22T07:00:00Z', now), { status: 'done', done_at: '2026-11-22T07:00:00Z' })
  assert.deepEqual(statusOf('visit', '2026-11-23T07:00:00Z', now), { status: 'planned' })
  assert.deepEqual(statusOf('task', '2026-11-22T07:00:00Z', now), { status: 'planned' })
})

test('timeline: an activity of a deal is one of its account too', () => {
  const link = (name: string, to = name) => ({ name, type: 'link', label: {}, to })
  const activity = { name: 'activity', fields: [link('account'), link('contact'), link('opportunity')] } as unknown as ObjectMeta
  const deal = { name: 'opportunity', fields: [link('account')], relations: [{ object: 'activity', field: 'opportunity' }] } as unknown as ObjectMeta
  const record: Rec = { id: '9', version: 1, account: { id: '4', title: 'Acme' } }
  assert.deepEqual(belongings(activity, deal, record), { opportunity: '9', account: '4' })
  assert.deepEqual(belongings(activity, deal, { id: '9', version: 1, account: null }), { opportunity: '9' })
})

test('timeline: days in the zone of the reader, what is to come first', () => {
  const entry = (at: string) => ({ at }) as TimelineEntry
  const now = Date.parse('2026-11-22T08:00:00Z')
  const days = byDay(['2027-01-01T00:00:00Z', '2026-11-21T17:00:00Z', '2026-11-21T16:00:00Z', '2026-11-21T15:59:00Z'].map(entry), 480, now)
  assert.deepEqual(days.map((d) => [d.day, d.entries.length]), [['', 1], ['2026-11-22', 2], ['2026-11-21', 1]])
})
