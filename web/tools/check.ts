/*
 * check.ts - types, tidiness and unit tests of the web application; last line "N passed, N failed".
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { run } from 'node:test'
import { tidy } from './tidy.ts'

let [passed, failed] = [0, 0]
function count(name: string, problems: string[]) {
  if (problems.length === 0) passed++
  else {
    failed++
    console.log(`FAIL ${name}\n  ${problems.join('\n  ')}`)
  }
}

const tsc = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { encoding: 'utf8' })
count('types', tsc.status === 0 ? [] : (tsc.stdout + tsc.stderr).trim().split('\n'))
for (const [name, problems] of Object.entries(tidy())) count(`tidy: ${name}`, problems)

const files = readdirSync('tests').filter((f) => f.endsWith('.test.ts')).map((f) => path.resolve('tests', f))
const tests = run({ files, concurrency: 1 })
const isFile = (name: string) => files.includes(name)
tests.on('test:pass', (t) => {
  if (!isFile(t.name)) passed++
})
tests.on('test:fail', (t) => {
  if (!isFile(t.name)) count(t.name, [String(t.details.error.cause ?? t.details.error)])
})
tests.resume()
tests.on('end', () => {
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
})
