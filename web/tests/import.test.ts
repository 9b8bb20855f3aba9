/* import.test.ts - the mapping of an import as the wizard shows and changes it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImportJob, ObjectMeta } from '../src/lib/types.ts'
import { keysOf, mappingOf, planOf, readDate, takenFields, tidyPlan, unclearDates } from '../src/views/import/plan.ts'

const job = {
  info: { columns: ['Name', 'Name', 'Day'], dates_unclear: ['Day'] },
  mapping: [
    { column: 'Name', index: 0, field: 'name', score: 1000 },
    { column: 'Name', index: 0, field: 'external_id', score: 700 },
    { column: 'Day', index: 2, field: 'since', score: 900 },
    { column: '', index: -1, field: 'status', value: 'active', score: 1000 },
  ],
  sample: [['a', 'b', ''], ['c', 'd', '03/04/2024']],
} as unknown as ImportJob
const object = {
  fields: [
    { name: 'name', type: 'text' },
    { name: 'since', type: 'date' },
    { name: 'status', type: 'choice' },
    { name: 'external_id', type: 'text', unique: true },
    { name: 'address', type: 'address' },
  ],
} as unknown as ObjectMeta

test('a column may go into several fields or into none', () => {
  const plan = planOf(job)
  assert.deepEqual(plan.columns.map((c) => c.goals.map((g) => g.field)), [['name', 'external_id'], [null], ['since']])
  assert.deepEqual(plan.constants, [{ field: 'status', value: 'active' }])
  assert.deepEqual([...takenFields(plan)].sort(), ['external_id', 'name', 'since', 'status'])
})

test('the mapping is what the server gave, and the column that it left out', () => {
  const back = mappingOf(planOf(job))
  assert.deepEqual(back.filter((m) => m.field).map((m) => [m.index, m.field, m.value]), job.mapping.map((m) => [m.index, m.field, m.value]))
  assert.equal(back.filter((m) => !m.field).length, 1)
})

test('what was begun and left empty goes', () => {
  const plan = planOf(job)
  assert.equal(tidyPlan(plan), plan)
  const first = plan.columns[0]
  assert.ok(first)
  const begun = { columns: [{ ...first, goals: [...first.goals, { field: null, score: 1000 }] }, ...plan.columns.slice(1)], constants: [...plan.constants, { field: null, value: 'x' }] }
  assert.deepEqual(tidyPlan(begun), plan)
})

test('records are best found by what is unique', () => {
  assert.deepEqual(keysOf(object, planOf(job)).map((f) => f.name), ['external_id', 'name', 'since', 'status'])
})

test('an unclear date is shown with a value', () => {
  assert.deepEqual(unclearDates(job, object, planOf(job)), [{ column: 'Day', example: '03/04/2024' }])
})

test('dates in each order', () => {
  const rows: [string, 'ymd' | 'dmy' | 'mdy', string][] = [
    ['03/04/2024', 'dmy', '2024-04-03'],
    ['03/04/2024', 'mdy', '2024-03-04'],
    ['03/04/2024', 'ymd', ''],
    ['03-04-05', 'ymd', '2003-04-05'],
    ['3.4.99', 'dmy', '1999-04-03'],
    ['31/04/2024', 'dmy', ''],
    ['03/04/2024 10:30', 'dmy', '2024-04-03'],
    ['soon', 'dmy', ''],
  ]
  for (const [text, order, iso] of rows) assert.equal(readDate(text, order), iso, `${text} ${order}`)
})
