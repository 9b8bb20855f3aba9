/* meta.mjs - the shipped packs, in the shape of GET /api/v1/meta. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const PACKS = path.join(import.meta.dirname, '..', '..', 'packs')
const L = (zh, en) => ({ 'zh-Hant': zh, en })

function* files(kind) {
  for (const pack of ['core', 'sales']) {
    const folder = path.join(PACKS, pack, kind)
    let names = []
    try {
      names = readdirSync(folder).sort()
    } catch {
      continue
    }
    for (const name of names) yield JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
  }
}

/* Columns, related lists and sections that a pack adds come after those that are there. */
function extend(o, more) {
  o.fields.push(...(more.fields ?? []))
  o.relations = [...(o.relations ?? []), ...(more.relations ?? [])]
  for (const [page, what] of Object.entries(more.pages ?? {})) o.pages[page] = [...(o.pages[page] ?? []), ...what]
}

const SYSTEM = [
  { name: 'created_at', type: 'datetime', label: L('建立時間', 'Created'), system: true, readonly: true },
  { name: 'updated_at', type: 'datetime', label: L('更新時間', 'Changed'), system: true, readonly: true },
]
const OWNER = { name: 'owner', type: 'link', label: L('負責人', 'Owner'), to: 'user' }
const MADE = new Set(['formula', 'rollup', 'autonumber'])

function field({ doc, expr: _, default: given, ...f }) {
  return {
    required: false, unique: false, sortable: true, filterable: true, private: false, ...f,
    readonly: f.readonly ?? MADE.has(f.type),
    help: typeof doc === 'object' ? doc : {},
    ...(given !== undefined && typeof given !== 'object' ? { default: given } : {}),
  }
}

function object(o) {
  const owned = o.owned !== false
  const user = o.object === 'user'
  return {
    name: o.object, label: o.label, plural: o.plural, icon: o.icon, title: o.title, owned,
    fields: [...o.fields.map(field), ...(owned ? [OWNER] : []), ...SYSTEM],
    relations: o.relations ?? [],
    pages: o.pages,
    rights: { read: 'all', create: !user, edit: user ? 'none' : 'all', delete: user ? 'none' : 'all', export: true, import: !user },
    pack: 'core',
    converts: !!o.convert,
  }
}

const raw = new Map([...files('objects')].map((o) => [o.object, o]))
for (const more of files('extend')) extend(raw.get(more.extend), more)
const FIRST = ['account', 'contact', 'lead', 'opportunity', 'activity', 'product']
const names = [...FIRST, ...[...raw.keys()].filter((n) => !FIRST.includes(n))]

export const meta = {
  version: '1',
  menu: FIRST,
  objects: names.filter((n) => raw.has(n)).map((n) => object(raw.get(n))),
  processes: [...files('processes')].map(({ process, ...p }) => ({ name: process, ...p })),
}
