/* expr.test.ts - what the builder says, it can read back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Condition, conditionText, filterText, type Kind, quote, readFilter } from '../src/lib/expr.ts'

const KINDS: Record<string, Kind> = {
  name: 'text', amount: 'number', active: 'bool', close_date: 'date', at: 'moment', stage: 'choice', flags: 'choices', owner: 'link',
}
const kindOf = (field: string) => KINDS[field] ?? null

const rows: [Condition, string][] = [
  [{ field: 'name', op: 'contains', value: '宏碁' }, 'name ~ "宏碁"'],
  [{ field: 'name', op: 'starts', value: 'A "b" \\c' }, 'name ^= "A \\"b\\" \\\\c"'],
  [{ field: 'name', op: 'eq', value: '' }, ''],
  [{ field: 'name', op: 'empty', value: '' }, 'name is empty'],
  [{ field: 'name', op: 'not_empty', value: '' }, 'name is not empty'],
  [{ field: 'amount', op: 'ge', value: '1000.5' }, 'amount >= 1000.5'],
  [{ field: 'amount', op: 'between', value: '-5', upper: '10' }, 'amount between -5 and 10'],
  [{ field: 'amount', op: 'between', value: '1' }, ''],
  [{ field: 'active', op: 'true', value: '' }, 'active = true'],
  [{ field: 'active', op: 'false', value: '' }, 'active = false'],
  [{ field: 'close_date', op: 'lt', value: '2026-11-30' }, 'close_date < 2026-11-30'],
  [{ field: 'name', op: 'ends', value: '公司' }, 'name $= "公司"'],
  [{ field: 'at', op: 'ge', value: '2026-11-21T08:00' }, 'at >= 2026-11-21T08:00'],
  [{ field: 'at', op: 'period', value: 'this_month' }, 'at in this_month'],
  [{ field: 'close_date', op: 'between', value: '2026-01-01', upper: '2026-12-31' }, 'close_date between 2026-01-01 and 2026-12-31'],
  [{ field: 'close_date', op: 'today', value: '' }, 'close_date = today()'],
  [{ field: 'at', op: 'last_days', value: '30' }, 'at between today() - 30d and today()'],
  [{ field: 'at', op: 'next_days', value: '7' }, 'at between today() and today() + 7d'],
  [{ field: 'stage', op: 'in', value: '', many: ['won', 'lost'] }, 'stage in ("won", "lost")'],
  [{ field: 'stage', op: 'not_in', value: '', many: ['won'] }, 'stage not in ("won")'],
  [{ field: 'stage', op: 'in', value: '', many: [] }, ''],
  [{ field: 'flags', op: 'has', value: 'a' }, 'has(flags, "a")'],
  [{ field: 'owner', op: 'me', value: '' }, 'owner = me'],
  [{ field: 'owner', op: 'eq', value: '12' }, 'owner = "12"'],
]

test('a condition becomes text, and the text that condition', () => {
  for (const [condition, text] of rows) {
    assert.equal(filterText({ join: 'and', conditions: [condition] }, kindOf), text)
    if (text) assert.deepEqual(readFilter(text, kindOf), { join: 'and', conditions: [condition] }, text)
  }
})

test('one code is a list of one', () => {
  assert.deepEqual(readFilter('stage = "won"', kindOf), { join: 'and', conditions: [{ field: 'stage', op: 'in', value: '', many: ['won'] }] })
  assert.deepEqual(readFilter('stage != "won"', kindOf), { join: 'and', conditions: [{ field: 'stage', op: 'not_in', value: '', many: ['won'] }] })
})

test('conditions are joined by all and or all or', () => {
  const two = rows.slice(0, 2).map(([c]) => c)
  for (const join of ['and', 'or'] as const) {
    const text = filterText({ join, conditions: two }, kindOf)
    assert.deepEqual(readFilter(text, kindOf), { join, conditions: two })
  }
  assert.deepEqual(readFilter('  ', kindOf), { join: 'and', conditions: [] })
})

test('what is richer stays text', () => {
  const richer = [
    'name = "a" and (amount > 1 or amount < 0)', 'name = "a" and amount > 1 or active = true', 'count(orders) > 2',
    'not name = "a"', 'nome = "a"', 'account.owner = me', 'amount > amount', 'name = "a', 'amount >', 'name', '🙂',
    'amount between 1', 'stage in ()', 'has(flags, "a", "b")', 'has(nothing, "a")', 'at in this_fiscal_year', 'at between today() - 30d and today() + 1d',
  ]
  for (const text of richer) assert.equal(readFilter(text, kindOf), null, text)
})

test('text that people give cannot leave its quotes', () => {
  assert.equal(quote('" or true or "'), '"\\" or true or \\""')
  assert.equal(conditionText({ field: 'amount', op: 'eq', value: '1 or true' }, 'number'), 'amount = "1 or true"')
})
