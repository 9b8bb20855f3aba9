/* gone.ts - taken along, and deleted: no byte is left, and a signed record is. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { guest, keyOf, PASSWORD, Person, Server, settle, test } from './kit.ts'

const MARK = 'canarymark7d3f'

/* Files that have the word, in names or contents. */
function found(folder: string, word: string): string {
  const inside = spawnSync('grep', ['-rlaF', word, folder], { encoding: 'utf8' }).stdout
  return inside + execFileSync('find', [folder, '-name', `*${word}*`], { encoding: 'utf8' })
}

async function fill(admin: Person, server: Server, tenant: string) {
  await admin.api('POST', '/account', { name: `${MARK} & Sons`, phone: '02 2345 6789' })
  const key = await keyOf(admin)
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/octet-stream' }
  const at = `${server.url}/t/${tenant}/api/v1`
  assert.equal((await fetch(`${at}/file/upload`, { method: 'POST', body: `inside ${MARK}`, headers: { ...headers, 'X-File-Name': `${MARK}.txt` } })).status, 201)
  const draft = await fetch(`${at}/import?object=account`, { method: 'POST', body: `name\n${MARK} imported\n`, headers: { ...headers, 'X-File-Name': `${MARK}.csv` } })
  assert.ok(draft.status < 300, await draft.text())
}

/* By the key of the house, whose public half lies in the data folder. */
function isSigned(server: Server, line: { record: unknown; signer: string; signature: string }, raw: string): boolean {
  const known = readFileSync(path.join(server.data, 'main.audit.pub'), 'utf8')
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(line.signer, 'hex')])
  const record = /"record":(\{[^}]*\})/.exec(raw)?.[1] ?? ''
  return known.includes(line.signer) && verify(null, Buffer.from(record), createPublicKey({ key: der, format: 'der', type: 'spki' }), Buffer.from(line.signature, 'hex'))
}

export function goneTests(server: Server) {
  test('gone: taken along, it lives on elsewhere', async () => {
    const admin = await settle(server, 'leaving', '--organisation', MARK)
    await fill(admin, server, 'leaving')
    const folder = mkdtempSync(path.join(tmpdir(), 'guanxi-tenants-'))
    server.cli('tenant', 'export', 'leaving', path.join(folder, 'out'))
    const restored = spawnSync(process.env.GUANXI ?? '', ['restore', path.join(folder, 'out'), '--data', path.join(folder, 'new'), '--tenant', 'leaving'], { encoding: 'utf8' })
    assert.equal(restored.status, 0, restored.stderr)
    const rows = spawnSync(process.env.GUANXI ?? '', ['list', 'account', '--json', '--data', path.join(folder, 'new'), '--tenant', 'leaving'], { encoding: 'utf8' })
    assert.match(rows.stdout, new RegExp(MARK), rows.stderr)
    rmSync(folder, { recursive: true })
  })

  test('gone: deleted, no byte of it is left, and the record is signed', async () => {
    assert.ok(found(server.data, MARK))
    assert.throws(() => server.cli('tenant', 'delete', 'leaving'), /--yes leaving/)
    assert.throws(() => server.cli('tenant', 'delete', 'main', '--yes', 'main'), /runs this server/)
    const admin = guest(server, 'leaving')
    await admin.password()
    const stream = await fetch(`${server.url}/t/leaving/api/v1/events`, { headers: { Authorization: `Bearer ${await keyOf(admin)}`, Accept: 'text/event-stream' } })
    const raw = server.cli('tenant', 'delete', 'leaving', '--yes', 'leaving', '--reason', 'the contract ended').trim()
    await stream.text()
    assert.equal(found(server.data, MARK), '')
    assert.equal(execFileSync('find', [server.data, '-name', '*leaving*'], { encoding: 'utf8' }), '')
    const line = JSON.parse(raw) as { record: Record<string, unknown>; signer: string; signature: string }
    assert.deepEqual([line.record.deleted, line.record.reason], ['leaving', 'the contract ended'])
    assert.ok(isSigned(server, line, raw))
    assert.equal(server.cli('tenant', 'deletions').trim(), raw)
    assert.equal((await admin.ask('GET', '/api/v1/session')).status, 404)
    assert.throws(() => server.cli('tenant', 'create', 'leaving', '--password', PASSWORD), /is taken/)
  })

  test('gone: killed while it deletes, the next start goes on', async () => {
    const admin = await settle(server, 'halfway', '--organisation', MARK)
    await fill(admin, server, 'halfway')
    await server.stop()
    /* As the row stands once the deletion has begun. */
    const sql = spawnSync('python3', ['-c', `import sqlite3; c = sqlite3.connect(${JSON.stringify(path.join(server.data, 'guanxi.tenants'))}); c.execute("PRAGMA secure_delete = ON"); c.execute("UPDATE tenant SET state = 3 WHERE name = 'halfway'"); c.commit()`], { encoding: 'utf8' })
    assert.equal(sql.status, 0, sql.stderr)
    await server.start()
    assert.equal((await guest(server, 'halfway').ask('GET', '/api/v1/session')).status, 404)
    assert.equal(found(server.data, MARK), '')
    assert.match(server.cli('tenant', 'deletions'), /"deleted":"halfway"/)
  })

  const pg = process.env.GUANXI_TEST_PG
  if (pg)
    test('gone: in PostgreSQL the schema and the role too', async () => {
      const admin = await settle(server, 'in-pg', '--store', pg)
      await admin.api('POST', '/account', { name: MARK })
      const ask = (sql: string) => execFileSync('psql', ['-XAt', '-d', pg, '-c', sql], { encoding: 'utf8' }).trim()
      const here = "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'gx_in-pg') || ',' || (SELECT count(*) FROM pg_roles WHERE rolname = 'gx_in-pg')"
      assert.equal(ask(here), '1,1')
      assert.match(server.cli('tenant', 'show', 'in-pg'), /postgresql/)
      server.cli('tenant', 'delete', 'in-pg', '--yes', 'in-pg')
      assert.equal(ask(here), '0,0')
      assert.equal(found(server.data, MARK), '')
      assert.equal((await admin.ask('GET', '/api/v1/session')).status, 404)
    })

  test('gone: confined, tenants come and go as well', async () => {
    const other = new Server(['--confine', '--console'], { ASAN_OPTIONS: 'detect_leaks=0' } /* which would look into itself */)
    other.cli('init', '--admin', 'root', '--password', PASSWORD)
    await other.start()
    const root = new Person(other, 'root')
    await root.password()
    const made = await root.api('POST', '/house/tenants', { name: 'boxed', password: PASSWORD, limits: { seats: 5 } })
    assert.match(made.address as string, /\/t\/boxed$/)
    assert.equal((await guest(other, 'boxed').password()).status, 200)
    assert.deepEqual((await root.api('GET', '/house/tenants')).rows.map((t: { name: string }) => t.name), ['boxed', 'main'])
    assert.equal(await root.says('POST', '/house/tenants', { name: 'away', password: PASSWORD, store: 'postgresql:///x' }), '403 forbidden')
    assert.equal(await root.says('POST', '/house/tenants/boxed/export', { path: '/tmp/x' }), '403 forbidden')
    assert.equal((await root.api('DELETE', '/house/tenants/boxed')).record.deleted, 'boxed')
    assert.match((await root.ask('GET', '/api/v1/admin/audit?what=setting')).text, /tenant boxed/)
    await other.end()
  })
}
