/* axe.ts - a page as it stands: nothing that axe objects to, nothing wider than the screen. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Visit } from './kit.ts'

const AXE = path.join(import.meta.dirname, '..', '..', 'web', 'node_modules', 'axe-core', 'axe.min.js')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface Violation {
  id: string
  help: string
  nodes: { target: string[]; failureSummary?: string }[]
}

export async function check({ page, look }: Visit) {
  await page.waitForLoadState('networkidle')
  await page.evaluate(readFileSync(AXE, 'utf8'))
  const run = `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] })`
  const { violations } = (await page.evaluate(run)) as { violations: Violation[] }
  const said = violations.flatMap((x) => x.nodes.slice(0, 3).map((n) => `${x.id}: ${n.target.join(' ')} ${n.failureSummary ?? x.help}`))
  assert.deepEqual(said, [], said.join('\n'))
  const wide = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.querySelector('main')?.scrollWidth ?? 0))
  assert.ok(wide <= look.width, `the page is ${wide} wide`)
}
