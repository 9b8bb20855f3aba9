/*
 * tidy.ts - habits that no compiler checks: layers, sizes, field types that packs use, and what
 * the content security policy would refuse.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

const WEB = path.join(import.meta.dirname, '..')
const SRC = path.join(WEB, 'src')

/* A folder may import from itself and from those before it. */
const LAYERS = ['i18n', 'lib', 'fields', 'views', 'actions', 'pages', 'app']
const LINES_MAX = 400
/* What comes over the network before the sign-in page shows, compressed. */
const FIRST_BYTES_MAX = 250_000

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((f) => statSync(path.join(SRC, f)).isFile())
}
const read = (file: string) => readFileSync(path.join(SRC, file), 'utf8')
const code = () => sources().filter((f) => /\.tsx?$/.test(f))

function layers(): string[] {
  const out: string[] = []
  for (const file of code()) {
    const here = LAYERS.indexOf(file.split(path.sep)[0] ?? '')
    if (here < 0) out.push(`${file}: this folder is in no layer`)
    for (const m of read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const to = path.relative(SRC, path.join(SRC, path.dirname(file), m[1] ?? ''))
      const there = LAYERS.indexOf(to.split(path.sep)[0] ?? '')
      if (there > here) out.push(`${file}: may not import ${to}`)
    }
  }
  return out
}

const FORBIDDEN: [RegExp, string][] = [
  [/dangerouslySetInnerHTML|\.innerHTML\b|insertAdjacentHTML/, 'text becomes markup'],
  [/<style\b|createElement\('style'\)/, 'a <style> element, which the content security policy refuses'],
  [/\beval\(|new Function\(/, 'code from text'],
  [/:\s*any\b|\bas any\b|@ts-(ignore|expect-error)/, 'a way around the types'],
  [/console\.(log|debug)/, 'left from debugging'],
  [/https?:\/\/(?!www\.w3\.org)[a-z]/, 'an address outside'],
]

function forbidden(): string[] {
  return code().flatMap((file) =>
    read(file).split('\n').flatMap((line, i) => FORBIDDEN.filter(([bad]) => bad.test(line)).map(([, why]) => `${file}:${i + 1}: ${why}`)),
  )
}

function long(): string[] {
  return sources().flatMap((f) => {
    const lines = f.endsWith('.json') ? 0 : read(f).split('\n').length
    return lines > LINES_MAX ? [`${f}: ${lines} lines`] : []
  })
}

function fieldTypes(): string[] {
  const packs = path.join(WEB, '..', 'packs')
  if (!existsSync(packs)) return []
  const used = new Set<string>()
  for (const file of readdirSync(packs, { recursive: true, encoding: 'utf8' })) {
    if (!/^[^/]+\/(objects|extend)\/.*\.json$/.test(file)) continue
    const { fields = [] } = JSON.parse(readFileSync(path.join(packs, file), 'utf8')) as { fields?: { type: string }[] }
    for (const field of fields) used.add(field.type)
  }
  return [...used].filter((type) => !existsSync(path.join(SRC, 'fields', type, 'index.tsx'))).map((type) => `web/src/fields/${type} is missing`)
}

function built(): string[] {
  const dist = path.join(WEB, 'dist')
  const html = readFileSync(path.join(dist, 'index.html'), 'utf8')
  const out: string[] = []
  if (/<style|style=|<script(?![^>]*\bsrc=)|\bon[a-z]+=/.test(html)) out.push('index.html has inline script or style')
  const first = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map((m) => path.join(dist, m[1] ?? ''))
  const bytes = first.reduce((sum, f) => sum + statSync(existsSync(`${f}.br`) ? `${f}.br` : f).size, 0)
  if (bytes > FIRST_BYTES_MAX) out.push(`the first load is ${bytes} bytes`)
  for (const file of readdirSync(path.join(dist, 'assets'))) {
    if (!/-[\w-]{8}\.\w+(\.br)?$/.test(file)) out.push(`assets/${file}: no hash in the name`)
  }
  return out
}

function lock(): string[] {
  const text = readFileSync(path.join(WEB, 'package-lock.json'), 'utf8')
  return /"resolved"/.test(text) ? ['package-lock.json names a registry'] : []
}

export function tidy(): Record<string, string[]> {
  return {
    layers: layers(), 'nothing forbidden': forbidden(), 'short files': long(), 'a folder for every field type': fieldTypes(),
    'what is built': built(), 'the lock file names no host': lock(),
  }
}
