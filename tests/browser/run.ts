/*
 * run.ts - makes the journeys of *.spec.ts and says how they went.
 *
 * A journey that failed is made once more when all others are through, alone and with a server of its own.  If it then
 * holds, it was the crowd, not the product: it counts as passed, and what it said stands in the output as UNSTEADY.
 *
 *   T=word     only those whose file or name has the word
 *   LOOKS=all  at each width in each language, not only as the specs say; LOOKS=other, only at the others
 *   LANES=n    so many at one time (2), each lane with servers of its own
 *   TIMES=1    how long each took
 *   SHOTS=d    instead, a picture of every page into the folder d
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { type Browser, DESK, DESK_EN, forgetInitial, type Journey, launch, type Look, PHONE, PHONE_ZH, type Server, signIn, type Spec, startEmptyServer, startFreshServer, startServer, visit } from './kit.ts'
import { shoot } from './shots.ts'

const LIMIT_MS = 60_000
/* A server under a sanitizer, a browser and this program keep two processors busy with two lanes. */
const LANES = Number(process.env.LANES || 2)
const SHOWN = path.join(import.meta.dirname, '..', '..', 'build', 'browser-failure.png')

interface Trip {
  file: string
  name: string
  look: Look
  make: Journey
  spec: Spec
}

async function journey(browser: Browser, server: Server, { look, make, spec }: Trip): Promise<string[]> {
  const v = Object.assign(await visit(browser, server.url, look, spec.worker), { setup: server.setup })
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error('took too long')), spec.limitMs ?? LIMIT_MS)))
  const problems: string[] = []
  try {
    if (!spec.fresh) await signIn(v)
    await Promise.race([make(v, server), limit])
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    await v.page.screenshot({ path: SHOWN }).catch(() => null)
  }
  clearTimeout(timer)
  problems.push(...v.complaints)
  await v.close()
  return problems
}

/* As the spec says; in the slow check at its widths in the other languages. */
function looksOf(spec: Spec): Look[] {
  const looks = spec.looks ?? [DESK, PHONE]
  const wanted = process.env.LOOKS
  if (!wanted || spec.fixed) return wanted === 'other' ? [] : looks
  const same = (a: Look, b: Look) => a.width === b.width && a.lang === b.lang
  const more = [DESK, DESK_EN, PHONE, PHONE_ZH].filter((l) => looks.some((m) => m.width === l.width) && !looks.some((m) => same(l, m)))
  return wanted === 'other' ? more : [...looks, ...more]
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
        for (const look of looksOf(spec)) out.push({ file, name, look, make, spec })
      }
    }
  }
  return out
}

/* The usual server starts when it is first needed and serves the whole lane; an empty one only one journey. */
function servers() {
  let usual: Promise<Server> | null = null
  return {
    usual: () => (usual ??= startServer()),
    stop: async () => (await usual)?.stop(),
  }
}

interface Outcome {
  passed: number
  failed: Failure[]
}

interface Failure {
  trip: Trip
  said: string
}

async function make(browser: Browser, trip: Trip, usual: () => Promise<Server>, sum: Outcome) {
  const { name, look, spec } = trip
  const title = `${name} (${look.width} ${look.lang} ${look.scheme})`
  const start = spec.fresh ? startFreshServer : spec.empty ? () => startEmptyServer(spec.init, spec.fill, spec.serve) : null
  const own = start && !spec.skip?.() ? await start() : null
  const why = spec.skip?.() || (start && !own ? 'it needs a server of its own' : '')
  if (why) return console.log(`skipped: ${title}: ${why}`)
  const began = performance.now()
  const problems = await journey(browser, own ?? (await usual()), trip)
  if (process.env.TIMES) console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${title}`)
  own?.stop()
  if (problems.length === 0) sum.passed++
  else sum.failed.push({ trip, said: `${title}\n  ${problems.join('\n  ').replaceAll('\n', '\n  ')}` })
}

/* More than a few are no matter of the crowd. */
const AGAIN_MAX = 5

async function again(browser: Browser, sum: Outcome) {
  const first = sum.failed.splice(0)
  for (const failure of first) {
    const { usual, stop } = servers()
    const second: Outcome = { passed: 0, failed: [] }
    if (first.length <= AGAIN_MAX) await make(browser, failure.trip, usual, second).finally(stop)
    if (second.passed) console.log(`UNSTEADY ${failure.said}`)
    else console.log(`FAIL ${failure.said}`)
    sum.passed += second.passed
    if (!second.passed) sum.failed.push(failure)
  }
}

/* Takes one file after the other, so that what its journeys expect of each other holds. */
async function lane(browser: Browser, files: Trip[][], sum: Outcome) {
  const { usual, stop } = servers()
  try {
    for (let trips = files.shift(); trips; trips = files.shift()) for (const trip of trips) await make(browser, trip, usual, sum)
  } finally {
    await stop()
  }
}

async function main() {
  const browser = await launch()
  try {
    if (process.env.SHOTS) {
      const server = await startServer()
      await shoot(browser, server.url, process.env.SHOTS).finally(server.stop)
      return
    }
    const sum: Outcome = { passed: 0, failed: [] }
    const files = [...Map.groupBy(await specs(process.env.T ?? ''), (t) => t.file).values()]
    /* The longest first, so that no lane is left alone with one. */
    files.sort((a, b) => b.length - a.length)
    await Promise.all(Array.from({ length: process.env.BASE_URL ? 1 : LANES }, () => lane(browser, files, sum)))
    await again(browser, sum)
    console.log(`${sum.passed} passed, ${sum.failed.length} failed`)
    process.exitCode = sum.failed.length > 0 || sum.passed === 0 ? 1 : 0
  } finally {
    await browser.close()
    forgetInitial()
  }
}

await main()
