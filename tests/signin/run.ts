/*
 * run.ts - signing in, against the real program: what needs a telephone, a key or a provider.
 *
 *   T=word   only tests whose name has the word
 */
import { PASSWORD, run, Server } from './kit.ts'
import { linkTests } from './link.ts'
import { oidcTests } from './oidc.ts'
import { passkeyTests } from './passkey.ts'
import { proxyTests } from './proxy.ts'
import { scimTests } from './scim.ts'
import { stepUpTests } from './step_up.ts'
import { totpTests } from './totp.ts'

const server = new Server(['--trusted-proxy', '127.0.0.1'])
server.cli('init', '--admin', 'root', '--password', PASSWORD)
await server.start()
totpTests(server)
passkeyTests(server)
linkTests(server)
stepUpTests(server)
oidcTests(server)
scimTests()
proxyTests()
const failed = await run(process.env.T ?? '')
await server.end()
process.exit(failed > 0 ? 1 : 0)
