/* audit.test.ts - whatever a check finds has words in each language, and its place is taken apart. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { readWhere, slug, type Where } from '../src/lib/audit.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
const CALLS: [string, RegExp][] = [
  ['seal_check.c', /\bsay\(k[^;]*;/g],
  ['upkeep.c', /\bcount\(v, b[^;]*;/g],
  ['file.c', /(?:return|NULL :) "[^;]*;/g],
]

function details(): string[] {
  return CALLS.flatMap(([file, call]) =>
    [...readFileSync(path.join(ROOT, 'src', 'store', file), 'utf8').matchAll(call)].flatMap(([text]) =>
      [...text.matchAll(/"([^"]*)"/g)].map((m) => m[1] ?? '').filter((s) => s.includes(' ') && !s.includes('%')),
    ),
  )
}

test('every detail of a check has words in each language', () => {
  const found = details()
  assert.ok(found.length >= 25, `only ${found.length} details were found in the sources`)
  for (const lang of ['en', 'zh-Hant']) {
    const words = (JSON.parse(readFileSync(path.join(ROOT, 'web', 'src', 'i18n', 'audit', `${lang}.json`), 'utf8')) as { audit: { found: Record<string, string> } }).audit.found
    for (const detail of found) assert.ok(words[slug(detail)], `${lang}: ${detail}`)
  }
})

test('where something was found', () => {
  const rows: [string, Where][] = [
    ['entry 12', { key: 'entry', a: '12' }],
    ['seal 3, entries 1-40', { key: 'seal', a: '3', b: '1', c: '40' }],
    ['seal 3, entry 41', { key: 'seal_entry', a: '3', b: '41' }],
    ['record 77 of account, entry 9', { key: 'record', a: '77', b: '9', object: 'account' }],
    ['erasure 5', { key: 'erasure', a: '5' }],
    ['database', { key: 'database' }],
    ['gx_change', { key: 'log' }],
    ['account.owner', { key: 'field', object: 'account', field: 'owner' }],
    ['account', { key: 'field', object: 'account', field: '' }],
    ['*** what SQLite says', { key: 'other', text: '*** what SQLite says' }],
  ]
  for (const [text, where] of rows) assert.deepEqual(readWhere(text), where, text)
})
