/* proxy.ts - who asks, behind a proxy: believed from one that was named, from nobody else. */
import assert from 'node:assert/strict'
import { b64, PASSWORD, Person, Server, test } from './kit.ts'

const from = async (server: Server, address: string) => {
  const reply = await new Person(server, 'nobody-here').ask('POST', '/api/v1/session', { name: 'nobody-here', password: 'wrong' }, { 'X-Forwarded-For': address })
  return reply.status
}

const passkey = (server: Server, address: string) =>
  new Person(server, 'x').ask('POST', '/api/v1/signin/passkey', { id: b64('none'), client_data: 'e30', authenticator_data: b64('x'), signature: b64('x') }, { 'X-Forwarded-For': address })

export function proxyTests() {
  test('proxy: tries are counted of the client, and inventions are not believed', async () => {
    const server = new Server(['--trusted-proxy', '127.0.0.1'])
    server.cli('init', '--admin', 'root', '--password', PASSWORD)
    await server.start()
    try {
      for (let i = 0; i < 10; i++) assert.equal(await from(server, `10.9.8.${i}, 198.51.100.7`), 401)
      assert.equal(await from(server, '10.9.8.99, 198.51.100.7'), 429, 'the left end is the client’s own word')
      assert.equal(await from(server, '198.51.100.8'), 401, 'another client comes in')
      assert.match(server.log, /peer=198\.51\.100\.7/)
      for (let i = 0; i < 10; i++) assert.equal((await passkey(server, '198.51.100.9')).status, 401)
      assert.equal((await passkey(server, '198.51.100.9')).status, 429, 'passkeys that fail have a limit')
      assert.equal((await passkey(server, '198.51.100.10')).status, 401, 'of that address alone')
    } finally {
      await server.end()
    }
    const bare = new Server()
    bare.cli('init', '--admin', 'root', '--password', PASSWORD)
    await bare.start()
    try {
      for (let i = 0; i < 10; i++) assert.equal(await from(bare, `198.51.100.${i}`), 401)
      assert.equal(await from(bare, '198.51.100.99'), 429, 'nobody was named')
    } finally {
      await bare.end()
    }
  })
}
