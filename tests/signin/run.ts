/*
 * run.ts - signing in, against the real program: what needs a telephone, a key or a provider.
 *
 *   T=word   only tests whose name has the word
 */
import { PASSWORD, run, Server } from './kit.ts'
import { linkTests } from './link.ts'
import { oidcTests } from './oidc.ts'
import { passkeyTests } from './passkey.ts'
import { scimTests } from './scim.ts'
import { stepUpTests } from './step_up.ts'
import { totpTests } from './totp.ts'

const server = new Server()
server.cli('init', '--admin', 'root', '--password', PASSWORD)
await server.start()
totpTests(server)
passkeyTests(server)
linkTests(server)
stepUpTests(server)
oidcTests(server)
scimTests(server)
const failed = await run(process.env.T ?? '')
await server.end()
process.exit(failed > 0 ? 1 : 0)
