/* turns.test.ts - changes of one record wait for each other and build on each other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTurn } from '../src/lib/turns.ts'

test('the second is sent after the first, with the version that the first has made', async () => {
  const said: string[] = []
  const send = (name: string, made: number) => async (version: number) => {
    said.push(`${name} on ${version}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
    said.push(`${name} done`)
    return { version: made }
  }
  const first = inTurn('/activity/1', 3, send('first', 4))
  const second = inTurn('/activity/1', 3, send('second', 5))
  const other = inTurn('/activity/2', 7, send('other', 8))
  assert.deepEqual([(await first).last, (await second).last, (await other).last], [false, true, true])
  assert.deepEqual(said.filter((s) => !s.startsWith('other')), ['first on 3', 'first done', 'second on 4', 'second done'])
})

test('what was refused does not stop the next, which has its own version', async () => {
  const first = inTurn('/activity/3', 3, () => Promise.reject(new Error('refused')))
  const second = inTurn('/activity/3', 3, async (version) => ({ version: version + 1 }))
  await assert.rejects(first, /refused/)
  assert.equal((await second).saved.version, 4)
})
