/* open.ts - open tenants: closed when others need the place or nobody comes; many come to one at a time. */
import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { guest, keyOf, Person, Server, settle, test } from './kit.ts'

/* Which tenants' files the server has open. */
function opened(server: Server): string[] {
  const { pid } = server as unknown as { pid: number }
  const names = new Set<string>()
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const name = /\/house\/([^/]+)\//.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      if (name) names.add(name)
    } catch {
      /* closed meanwhile */
    }
  }
  return [...names].sort()
}

const lru = (server: Server) => opened(server).filter((name) => name.startsWith('lru'))

async function until(what: string, is: () => boolean) {
  const end = Date.now() + 80_000
  while (!is()) {
    assert.ok(Date.now() < end, what)
    await new Promise((go) => setTimeout(go, 100))
  }
}

export function openTests(server: Server) {
  const people: Person[] = []
  const keys: string[] = []
  const add = (i: number, name: string) =>
    fetch(`${server.url}/t/lru${i}/api/v1/account`, { method: 'POST', body: JSON.stringify({ name }), headers: { Authorization: `Bearer ${keys[i]}`, 'Content-Type': 'application/json' } })

  test('open: more tenants than places, and what was acknowledged is there', async () => {
    for (let i = 0; i < 8; i++) {
      const admin = await settle(server, `lru${i}`)
      people.push(admin)
      keys.push(await keyOf(admin))
    }
    const kept: string[][] = keys.map(() => [])
    let busy = 0
    await Promise.all(
      keys.map(async (_, i) => {
        for (let n = 0; n < 6; n++) {
          const reply = await add(i, `row ${i}-${n}`)
          if (reply.status === 201) kept[i]?.push(((await reply.json()) as { id: string }).id)
          else busy += Number(reply.status === 503)
        }
      }),
    )
    assert.equal(kept.flat().length + busy, 48)
    assert.ok(kept.flat().length > 30, `${busy} were busy`)
    for (const [i, ids] of kept.entries())
      for (const id of ids) {
        const reply = await fetch(`${server.url}/t/lru${i}/api/v1/account/${id}`, { headers: { Authorization: `Bearer ${keys[i]}` } })
        assert.equal(reply.status, 200, `lru${i} ${id}`)
      }
    assert.ok(opened(server).length <= 6, opened(server).join())
  })

  test('open: whom nobody visits has no file open', async () => {
    /* Where passwords were tried wrong it stays open; a stream that was cut off is noticed after a while. */
    await until('idle tenants are closed', () => opened(server).every((name) => name === 'bbb'))
    assert.equal((await guest(server, 'lru1').ask('GET', '/api/v1/health')).status, 200)
    assert.deepEqual(lru(server), ['lru1'])
  })

  test('open: a hundred at one time at a closed tenant', async () => {
    await until('it is closed', () => lru(server).length === 0)
    const replies = await Promise.all(Array.from({ length: 100 }, (_, n) => add(2, `all at once ${n}`)))
    assert.deepEqual([...new Set(replies.map((r) => r.status))], [201])
    assert.deepEqual(lru(server), ['lru2'])
    const list = await fetch(`${server.url}/t/lru2/api/v1/account/count?filter=${encodeURIComponent('name ~ "all at once"')}`, { headers: { Authorization: `Bearer ${keys[2]}` } })
    assert.equal(((await list.json()) as { count: number }).count, 100)
  })

  test('open: others are served while a tenant opens', async () => {
    await until('it is closed', () => lru(server).length === 0)
    const cold = Array.from({ length: 5 }, (_, i) => add(i, 'cold'))
    const start = performance.now()
    const front = await new Person(server, 'root').ask('GET', '/api/v1/health')
    assert.equal(front.status, 200)
    const took = performance.now() - start
    await Promise.all(cold)
    assert.ok(took < 2_000, `${took} ms`)
  })

  test('open: figures of the house have no names', async () => {
    const text = (await new Person(server, 'root').ask('GET', '/metrics')).text
    assert.match(text, /guanxi_tenants 1\d\n/)
    assert.match(text, /guanxi_tenants_open \d+\n/)
    assert.doesNotMatch(text, /lru|acme/)
  })
}
