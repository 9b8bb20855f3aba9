/*
 * run.ts - one program, many tenants: made, kept apart, limited, suspended, closed and opened again,
 * taken along, deleted to the last byte; docs/TENANTS.md.
 *
 *   T=word             only tests whose name has the word
 *   GUANXI_TEST_PG     a PostgreSQL for tenants that live there (tools/pg-test)
 */
import { apartTests } from './apart.ts'
import { goneTests } from './gone.ts'
import { PASSWORD, run, Server } from './kit.ts'
import { lifeTests } from './life.ts'
import { openTests } from './open.ts'

const server = new Server(['--open-tenants', '6', '--host-suffix', 'crm.example.com', '--idle-close', '2'])
server.cli('init', '--admin', 'root', '--password', PASSWORD)
await server.start()
lifeTests(server)
apartTests(server)
openTests(server)
goneTests(server)
const failed = await run(process.env.T ?? '')
await server.end()
if (/Sanitizer|runtime error/.test(server.log)) console.log(server.log)
process.exit(failed > 0 || /Sanitizer|runtime error/.test(server.log) ? 1 : 0)
