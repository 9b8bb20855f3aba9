/* Links for setting a password. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { PASSWORD, Person, type Server, test, within } from './kit.ts'

const NEW = 'a longer horse of mine'

export function linkTests(server: Server) {
  test('link: used once, by one of fifty at one time', async () => {
    const id = server.person('lena', 'sales')
    const admin = new Person(server, 'root')
    await admin.password()
    const lena = new Person(server, 'lena')
    await lena.password()
    assert.equal(await lena.says('POST', `/admin/users/${id}/link`), '403 forbidden')
    const first = await admin.api('POST', `/admin/users/${id}/link`)
    const { secret, expires_at } = await admin.api('POST', `/admin/users/${id}/link`)
    assert.equal(Buffer.from(secret, 'base64url').length, 24)
    const minutes = (Date.parse(expires_at) - Date.now()) / 60_000
    assert.ok(minutes > 58 && minutes <= 60.1, `${minutes} minutes`)
    const stranger = new Person(server, '')
    /* A new one ends the one before; the password stays until one is used. */
    assert.equal(await stranger.says('POST', '/signin/link/look', { secret: first.secret }), '404 not_found')
    assert.equal((await new Person(server, 'lena').password()).status, 200)
    assert.equal((await stranger.api('POST', '/signin/link/look', { secret })).name, 'lena')
    for (const password of ['short', 'Password2026!', 'lena12345'])
      assert.equal(await stranger.says('POST', '/signin/link', { secret, password }), '422 invalid', password)
    const tries = await Promise.all(Array.from({ length: 50 }, () => stranger.says('POST', '/signin/link', { secret, password: NEW })))
    assert.equal(tries.filter((t) => t === '204').length, 1, tries.join())
    assert.ok(tries.every((t) => ['204', '404 not_found', '429 rate', '503 busy'].includes(t)), tries.join())
    assert.equal(await stranger.says('POST', '/signin/link', { secret, password: NEW }), '404 not_found')
    await within('signed out', async () => (await lena.says('GET', '/session')).startsWith('401'))
    assert.equal((await new Person(server, 'lena').password()).status, 401)
    assert.equal((await lena.password(NEW)).status, 200)
    assert.ok(!server.log.includes(secret))
    assert.equal(spawnSync('grep', ['-rlaF', secret, server.data], { encoding: 'utf8' }).stdout, '')
  })

  test('link: not for who is out, not for oneself', async () => {
    const id = server.person('otto', 'sales')
    const admin = new Person(server, 'root')
    await admin.password()
    const me = (await admin.api('GET', '/session')).user.id
    assert.equal(await admin.says('POST', `/admin/users/${me}/link`), '403 forbidden')
    const { secret } = await admin.api('POST', `/admin/users/${id}/link`)
    await admin.api('PUT', `/admin/users/${id}/active`, { active: false })
    assert.equal(await new Person(server, '').says('POST', '/signin/link', { secret, password: PASSWORD }), '404 not_found')
  })
}
