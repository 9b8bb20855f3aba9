/* calendar.test.ts - days, weeks and months; records as events; where tiles stand. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { arranged, hide, moved, put, show } from '../src/lib/arrange.ts'
import { addMonths, daysOf, durationText, type Event, eventOf, lanes, movedValues, onDay, sourceOf, startOfWeek, step } from '../src/lib/calendar.ts'
import type { Field, ObjectMeta, Rec } from '../src/lib/types.ts'

const field = (name: string, type: string, more: Partial<Field> = {}): Field => ({ name, type, label: {}, ...more })
const object = (fields: Field[], calendar?: ObjectMeta['pages']['calendar']): ObjectMeta => ({
  name: 'activity', label: {}, plural: {}, title: 'subject', fields, relations: [], pages: calendar ? { calendar } : {},
  rights: { create: true, edit: 'all', delete: 'all', export: true, import: true },
})
const visit = object([field('subject', 'text'), field('at', 'datetime'), field('lasts', 'duration'), field('whole', 'boolean')], { start: 'at', duration: 'lasts', all_day: 'whole' })
const rec = (values: object) => ({ id: '1', version: 1, ...values }) as unknown as Rec
const TAIPEI = 480

test('months keep the day as far as there is one', () => {
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28')
  assert.equal(addMonths('2028-01-31', 1), '2028-02-29')
  assert.equal(addMonths('2026-01-15', -1), '2025-12-15')
})

test('weeks begin with Sunday or Monday', () => {
  assert.equal(startOfWeek('2026-11-22', 0), '2026-11-22')
  assert.equal(startOfWeek('2026-11-22', 1), '2026-11-16')
  const month = daysOf('month', '2026-11-22', 1)
  assert.deepEqual([month[0], month.at(-1), month.length % 7], ['2026-10-26', '2026-12-06', 0])
  assert.equal(daysOf('month', '2026-02-10', 0).length, 28)
  assert.equal(step('week', '2026-11-22', -1), '2026-11-15')
})

test('a record stands at its local time, or on its day', () => {
  const source = sourceOf(visit)
  assert.ok(source)
  const event = eventOf(source, rec({ at: '2026-11-22T16:30:00Z', lasts: 'PT1H30M' }), TAIPEI)
  assert.deepEqual([event?.day, event?.at, event?.min], ['2026-11-23', 30, 90])
  assert.equal(eventOf(source, rec({ at: '2026-11-22T01:00:00Z', whole: true }), TAIPEI)?.at, null)
  assert.equal(eventOf(source, rec({ at: null }), TAIPEI), null)
  const dated = sourceOf(object([field('subject', 'text'), field('from', 'date'), field('to', 'date')], { start: 'from', end: 'to' }))
  assert.ok(dated)
  const span = eventOf(dated, rec({ from: '2026-11-20', to: '2026-11-22' }), TAIPEI)
  assert.ok(span)
  assert.deepEqual(['2026-11-19', '2026-11-21', '2026-11-23'].map((d) => onDay([span], d).length), [0, 1, 0])
  assert.deepEqual(movedValues(span, '2026-11-25', null, TAIPEI), { from: '2026-11-25', to: '2026-11-27' })
  assert.equal(sourceOf(object([field('subject', 'text')])), null)
  assert.equal(sourceOf(object([field('made', 'datetime', { system: true }), field('due', 'date')]))?.start.name, 'due')
})

test('moving writes the start alone; out of "all day" it gets a time', () => {
  const source = sourceOf(visit)
  assert.ok(source)
  const event = eventOf(source, rec({ at: '2026-11-22T01:00:00Z' }), TAIPEI) as Event
  assert.deepEqual(movedValues(event, '2026-11-24', 600, TAIPEI), { at: '2026-11-24T02:00:00Z' })
  const whole = eventOf(source, rec({ at: '2026-11-22T01:00:00Z', whole: true }), TAIPEI) as Event
  assert.deepEqual(movedValues(whole, '2026-11-24', null, TAIPEI), { at: '2026-11-24T01:00:00Z' })
  assert.deepEqual(movedValues(whole, '2026-11-24', 600, TAIPEI), { at: '2026-11-24T02:00:00Z', whole: false })
  assert.deepEqual([durationText(90), durationText(45), durationText(120)], ['PT1H30M', 'PT45M', 'PT2H'])
})

test('what overlaps stands side by side, and only that', () => {
  const source = sourceOf(visit)
  assert.ok(source)
  const at = (id: string, time: string, lasts: string) => eventOf(source, { ...rec({ at: `2026-11-22T${time}:00Z`, lasts }), id }, 0) as Event
  const placed = lanes([at('a', '09:00', 'PT2H'), at('b', '09:30', 'PT1H'), at('c', '10:30', 'PT1H'), at('d', '14:00', 'PT1H')])
  assert.deepEqual(placed.map((p) => [p.event.record.id, p.lane, p.lanes]), [['a', 0, 2], ['b', 1, 2], ['c', 1, 2], ['d', 0, 1]])
})

test('tiles keep the place one gave them; new ones come to their usual one', () => {
  const usual = { left: ['day', 'alerts', 'news'], right: ['numbers', 'recent'], hidden: [] }
  assert.deepEqual(arranged(usual, null), usual)
  assert.deepEqual(arranged(usual, { left: ['news', 'gone', 'numbers'], right: [], hidden: ['recent'] }), { left: ['day', 'alerts', 'news', 'numbers'], right: [], hidden: ['recent'] })
  assert.deepEqual(arranged(usual, { left: ['day', 'day'], right: 5 as unknown as string[] }).right, ['numbers', 'recent'])
  assert.deepEqual(moved(usual, 'alerts', 'up').left, ['alerts', 'day', 'news'])
  assert.deepEqual(moved(usual, 'day', 'up'), usual)
  assert.deepEqual(moved(usual, 'alerts', 'side').right, ['numbers', 'alerts', 'recent'])
  assert.deepEqual(put(usual, 'news', 'left', 0).left, ['news', 'day', 'alerts'])
  assert.deepEqual(show(hide(usual, 'numbers'), usual, 'numbers').right, ['recent', 'numbers'])
})
