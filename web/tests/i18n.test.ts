/* i18n.test.ts - both languages say everything, with the same gaps to fill. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const SRC = path.join(import.meta.dirname, '..', 'src')

function flat(o: object, prefix = ''): [string, string][] {
  return Object.entries(o).flatMap(([k, v]) => (typeof v === 'string' ? [[prefix + k, v] as [string, string]] : flat(v as object, `${prefix}${k}.`)))
}
/* i18n/<lang>.json and i18n/<area>/<lang>.json */
const read = (lang: string) =>
  readdirSync(path.join(SRC, 'i18n'), { recursive: true, encoding: 'utf8' })
    .filter((f) => path.basename(f) === `${lang}.json`)
    .flatMap((f) => flat(JSON.parse(readFileSync(path.join(SRC, 'i18n', f), 'utf8')) as object))
/* English has a form for one; Chinese does not. */
const base = (key: string) => key.replace(/_(one|other)$/, '')
const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1] ?? '').sort()

test('the keys agree', () => {
  const keys = (lang: string) => [...new Set(read(lang).map(([k]) => base(k)))].sort()
  assert.deepEqual(keys('zh-Hant'), keys('en'))
})

test('nothing is empty, and the gaps agree', () => {
  const zh = new Map(read('zh-Hant'))
  for (const [key, text] of read('en')) {
    assert.notEqual(text.trim(), '', key)
    const other = zh.get(base(key)) ?? ''
    assert.notEqual(other.trim(), '', key)
    if (!key.endsWith('_one')) assert.deepEqual(gaps(text), gaps(other), key)
  }
})

test('Chinese text uses Chinese punctuation', () => {
  for (const [key, text] of read('zh-Hant')) assert.doesNotMatch(text, /\p{Script=Han}[,;:?!]/u, key)
})

test('every key is used', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f))
  const code = files.map((f) => readFileSync(path.join(SRC, f), 'utf8')).join('\n')
  const stems = [...code.matchAll(/`((?:\w+\.)+(?:\w+_)?)\$\{/g)].map((m) => m[1] ?? '')
  for (const [key] of read('zh-Hant'))
    assert.ok(code.includes(`'${key}'`) || stems.some((s) => key.startsWith(s)), `${key} is not used`)
})
