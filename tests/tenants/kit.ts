/* kit.ts - one server with many tenants: people of each, by path and by host name. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { PASSWORD, Person, type Reply, Server } from '../signin/kit.ts'

export { PASSWORD, Person, type Reply, Server, run, test, within } from '../signin/kit.ts'

/* Somebody of a tenant, who comes by its path. */
export function guest(server: Server, tenant: string, login = 'admin'): Person {
  return new Person(Object.create(server, { url: { get: () => `${server.url}/t/${tenant}` } }) as Server, login)
}

/* A tenant with its administrator signed in. */
export async function settle(server: Server, tenant: string, ...more: string[]): Promise<Person> {
  server.cli('tenant', 'create', tenant, '--password', PASSWORD, ...more)
  const admin = guest(server, tenant)
  assert.equal((await admin.password()).status, 200, tenant)
  return admin
}

export async function keyOf(person: Person): Promise<string> {
  const me = (await person.api('GET', '/session')) as { user: { id: string } }
  return ((await person.api('POST', `/user/${me.user.id}/key`, {})) as { key: string }).key
}

/* fetch() sets the Host itself. */
export function byHost(server: Server, host: string, path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string; type: string }> {
  const to = new URL(server.url)
  return new Promise((resolve, reject) => {
    const ask = request({ host: to.hostname, port: to.port, path, headers: { Host: host, ...headers } }, (reply) => {
      let text = ''
      reply.on('data', (part: Buffer) => (text += part.toString()))
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text, type: reply.headers['content-type'] ?? '' }))
    })
    ask.on('error', reject)
    ask.end()
  })
}

/* What a reply says, without what differs from one request to the next. */
export function gist(reply: Reply): string {
  const headers = [...reply.headers.entries()].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name))
  return JSON.stringify([reply.status, headers, reply.text.replace(/"request_id":"[^"]*"/, '')])
}
