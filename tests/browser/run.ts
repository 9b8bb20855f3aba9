/*
 * run.ts - makes the journeys of *.spec.ts and says how they went.
 *
 *   T=word   only those whose file or name has the word
 *   SHOTS=d  instead, a picture of every page into the folder d
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { type Browser, DESK, type Journey, launch, type Look, PHONE, type Server, signIn, type Spec, startEmptyServer, startFreshServer, startServer, visit } from './kit.ts'
import { shoot } from './shots.ts'

const LIMIT_MS = 60_000

interface Trip {
  name: string
  look: Look
  make: Journey
  spec: Spec
}

async function journey(browser: Browser, { url, setup }: Server, { look, make, spec }: Trip): Promise<string[]> {
  const v = Object.assign(await visit(browser, url, look), { setup })
  const limit = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('took too long')), spec.limitMs ?? LIMIT_MS).unref())
  const problems: string[] = []
  try {
    if (!spec.fresh) await signIn(v)
    await Promise.race([make(v), limit])
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    await v.page.screenshot({ path: path.join(import.meta.dirname, '..', '..', 'build', 'browser-failure.png') }).catch(() => null)
  }
  problems.push(...v.complaints)
  await v.close()
  return problems
}

async function specs(word: string): Promise<Trip[]> {
  const files = readdirSync(import.meta.dirname).filter((f) => f.endsWith('.spec.ts')).sort()
  const out: Trip[] = []
  for (const file of files) {
    const found = (await import(path.join(import.meta.dirname, file))) as Record<string, Spec>
    for (const spec of Object.values(found)) {
      for (const [title, make] of Object.entries(spec.journeys)) {
        const name = `${file.replace('.spec.ts', '')}: ${title}`
        if (!name.includes(word)) continue
        for (const look of spec.looks ?? [DESK, PHONE]) out.push({ name, look, make, spec })
      }
    }
  }
  return out
}

/* The usual server starts when it is first needed and serves all; an empty one only one journey. */
function servers() {
  let usual: Promise<Server> | null = null
  return {
    usual: () => (usual ??= startServer()),
    stop: async () => (await usual)?.stop(),
  }
}

async function main() {
  const { usual, stop } = servers()
  const browser = await launch()
  try {
    if (process.env.SHOTS) return await shoot(browser, (await usual()).url, process.env.SHOTS)
    let [passed, failed] = [0, 0]
    for (const trip of await specs(process.env.T ?? '')) {
      const { name, look, spec } = trip
      const title = `${name} (${look.width} ${look.lang} ${look.scheme})`
      const start = spec.fresh ? startFreshServer : spec.empty ? () => startEmptyServer(spec.init) : null
      const own = start && !spec.skip?.() ? await start() : null
      const why = spec.skip?.() || (start && !own ? 'it needs a server of its own' : '')
      if (why) {
        console.log(`skipped: ${title}: ${why}`)
        continue
      }
      const problems = await journey(browser, own ?? (await usual()), trip)
      own?.stop()
      if (problems.length === 0) passed++
      else {
        failed++
        console.log(`FAIL ${title}\n  ${problems.join('\n  ').replaceAll('\n', '\n  ')}`)
      }
    }
    console.log(`${passed} passed, ${failed} failed`)
    process.exitCode = failed > 0 || passed === 0 ? 1 : 0
  } finally {
    await browser.close()
    await stop()
  }
}

await main()
