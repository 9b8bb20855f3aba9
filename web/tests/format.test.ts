/* format.test.ts - numbers, money and times as people read and type them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  formatAgo, formatBytes, formatDate, formatDuration, formatMoment, formatMoney, formatNumber, localToMoment, momentToLocal, readDate, readDuration,
  rocDate, setRoc,
} from '../src/lib/format.ts'

test('numbers keep every digit', () => {
  assert.equal(formatNumber('12345678901234567890.12', 'en'), '12,345,678,901,234,567,890.12')
  assert.equal(formatNumber('2026', 'zh-Hant'), '2026')
  assert.equal(formatNumber(12345, 'zh-Hant'), '12,345')
  assert.equal(formatNumber('2.5', 'en', 2), '2.50')
  assert.equal(formatNumber('2', 'en', 2), '2')
  assert.equal(formatNumber('many', 'en'), 'many')
})

test('money says whose dollar it is', () => {
  assert.equal(formatMoney({ amount: '1234567', currency: 'TWD' }, 'zh-Hant'), 'NT$1,234,567')
  assert.equal(formatMoney({ amount: '1234.5', currency: 'TWD' }, 'en'), 'NT$1,234.50')
  assert.equal(formatMoney({ amount: '9007199254740993.1234', currency: 'USD' }, 'en'), '$9,007,199,254,740,993.1234')
  assert.equal(formatMoney({ amount: '5', currency: '?' }, 'en'), '? 5')
})

test('dates and moments, in the time zone of the user', () => {
  assert.equal(formatDate('2026-11-30', 'zh-Hant'), '2026/11/30')
  assert.equal(formatDate('2026-11-30', 'en'), '30 Nov 2026')
  assert.equal(formatDate('soon', 'en'), 'soon')
  assert.equal(formatMoment('2026-11-21T18:30:00Z', 'zh-Hant', 480), '2026/11/22 02:30')
  assert.equal(momentToLocal('2026-11-21T18:30:00Z', 480), '2026-11-22T02:30')
  assert.equal(localToMoment('2026-11-22T02:30', 480), '2026-11-21T18:30:00Z')
  assert.equal(localToMoment('2026-11-22T02:30:15', 480), '2026-11-21T18:30:15Z')
  assert.equal(localToMoment('whenever', 480), null)
})

test('how long ago', () => {
  const now = Date.parse('2026-11-21T08:00:00Z')
  assert.equal(formatAgo('2026-11-21T07:59:30Z', 'zh-Hant', now), '剛剛')
  assert.equal(formatAgo('2026-11-21T05:00:00Z', 'en', now), '3 hours ago')
  assert.equal(formatAgo('2026-11-20T05:00:00Z', 'en', now), 'yesterday')
})

test('durations as typed', () => {
  const rows: [string, string | null][] = [
    ['90', 'PT1H30M'], ['1:30', 'PT1H30M'], ['1h30m', 'PT1H30M'], ['1.5 小時', 'PT1H30M'], ['2d', 'P2D'], ['1 天 2 小時', 'P1DT2H'],
    ['30分鐘', 'PT30M'], ['0', 'PT0M'], ['1:75', null], ['soon', null], ['1h x', null], ['', null],
  ]
  for (const [typed, iso] of rows) assert.equal(readDuration(typed), iso, typed)
  for (const iso of ['PT1H30M', 'P2D', 'P1DT2H']) {
    for (const lang of ['zh-Hant', 'en'] as const) assert.equal(readDuration(formatDuration(iso, lang)), iso)
  }
  assert.equal(formatDuration('P1W', 'en'), '7 d')
  assert.equal(formatDuration('nonsense', 'en'), 'nonsense')
})

test('sizes of files', () => {
  assert.equal(formatBytes(999, 'en'), '999 B')
  assert.equal(formatBytes(1500, 'en'), '1.5 kB')
  assert.equal(formatBytes(25_000_000, 'en'), '25 MB')
})

test('years of the Republic, shown and typed', () => {
  setRoc(true)
  assert.equal(formatDate('2026-11-02', 'zh-Hant'), '民國115年11月2日')
  assert.equal(formatMoment('2026-11-21T18:30:00Z', 'zh-Hant', 480), '民國115年11月22日 02:30')
  assert.match(formatDate('2026-11-02', 'en'), /115/)
  setRoc(false)
  assert.equal(formatDate('2026-11-02', 'zh-Hant'), '2026/11/02')
  assert.equal(rocDate('2026-11-02'), '115/11/02')
  assert.equal(rocDate('1900-01-01'), '1900-01-01')
  const rows: [string, string | null][] = [
    ['115/11/22', '2026-11-22'], ['民國115年11月22日', '2026-11-22'], ['民國 115 年 1 月 2 日', '2026-01-02'], ['1151122', '2026-11-22'],
    ['990228', '2010-02-28'], ['２０２６／１１／２２', '2026-11-22'], ['2026-11-22', '2026-11-22'], ['20261122', '2026-11-22'],
    ['2026.1.2', '2026-01-02'], ['115/02/30', null], ['115/13/01', null], ['soon', null], ['', null], ['0/1/1', null], ['115/11', null],
  ]
  for (const [typed, iso] of rows) assert.equal(readDate(typed), iso, typed)
})
