/* people.test.ts - small things of the administration of people. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserName, levelsOf } from '../src/lib/people.ts'

test('a browser is called what people call it', () => {
  const rows: [string, string][] = [
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36', 'Chrome · Windows'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge · Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1', 'Safari · iPhone'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux'],
    ['Mozilla/5.0 (Linux; Android 15; Pixel) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36', 'Chrome · Android'],
    ['curl/8.0', 'curl'],
    ['something else', 'something else'],
    ['', ''],
  ]
  for (const [agent, name] of rows) assert.equal(browserName(agent), name, agent)
})

test('what has no owner yet is allowed or not', () => {
  assert.deepEqual(levelsOf('create'), ['none', 'all'])
  assert.deepEqual(levelsOf('import'), ['none', 'all'])
  assert.deepEqual(levelsOf('export'), ['none', 'own', 'team', 'unit', 'book', 'all'])
})
