/* api.mjs - the REST contract over records in memory, for working on the web alone. */
import { compare, compile, ExprError, flat } from './expr.mjs'
import { history, newId, tables, titleOf } from './data.mjs'
import { meta } from './meta.mjs'
import { importRoutes } from './import.mjs'

const NOW = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z')
export const me = tables.user[0]
const CSRF = 'mock-csrf'

export class Refuse extends Error {
  constructor(status, code, detail, more = {}) {
    super(detail)
    Object.assign(this, { status, body: { type: 'about:blank', title: code, status, code, detail, ...more } })
  }
}
export const objectOf = (name) => meta.objects.find((o) => o.name === name)
const live = (object, deleted) => (tables[object] ?? []).filter((r) => !!r.deleted_at === deleted)

function bodyOf(req) {
  return new Promise((resolve) => {
    const parts = []
    req.on('data', (part) => parts.push(part))
    req.on('end', () => resolve(Buffer.concat(parts)))
  })
}

export function titleText(object, record) {
  return titleOf(objectOf(object), record) || `#${record.id}`
}

function checkRecord(object, values) {
  const o = objectOf(object)
  const names = o.fields.map((f) => f.name)
  const test = (text) => compile(text, names, me.id)(values)
  const hidden = o.fields.filter((f) => f.when && !test(f.when)).map((f) => f.name)
  const required = o.fields.filter((f) => (f.required || (f.required_when && test(f.required_when))) && !hidden.includes(f.name)).map((f) => f.name)
  const errors = []
  for (const f of o.fields) {
    const value = values[f.name]
    const text = flat(value)
    const wrong = (code, detail) => errors.push({ path: f.name, code, detail })
    if (required.includes(f.name) && text === '') wrong('required', `請填寫「${f.label['zh-Hant']}」`)
    else if (text === '') continue
    else if (f.type === 'email' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) wrong('email', '這不是電子郵件地址')
    else if (['text'].includes(f.type) && f.max && [...text].length > f.max) wrong('max', `最多 ${f.max} 個字`)
    else if (['integer', 'percent', 'decimal'].includes(f.type)) {
      if (f.min !== undefined && Number(text) < f.min) wrong('min', `不能小於 ${f.min}`)
      if (f.max !== undefined && Number(text) > f.max) wrong('max', `不能大於 ${f.max}`)
    }
  }
  return { hidden, required, errors }
}

export function resolve(object, body) {
  const out = {}
  for (const [name, value] of Object.entries(body)) {
    const f = objectOf(object).fields.find((x) => x.name === name)
    if (!f) throw new Refuse(422, 'invalid', `沒有「${name}」這個欄位`, { errors: [{ path: name, code: 'unknown', detail: '沒有這個欄位' }] })
    const one = (id) => {
      const to = tables[f.to].find((r) => r.id === String(id))
      return to ? { id: to.id, title: titleText(f.to, to) } : null
    }
    if (f.type === 'link') out[name] = value ? one(value) : null
    else if (f.type === 'links') out[name] = (value ?? []).map(one).filter(Boolean)
    else if (f.type === 'money' && typeof value === 'string') out[name] = { amount: value, currency: 'TWD' }
    else out[name] = value
  }
  return out
}

export function write(object, record, values, kind) {
  const changes = Object.entries(values)
    .filter(([k, v]) => JSON.stringify(record[k] ?? null) !== JSON.stringify(v ?? null))
    .map(([field, v]) => ({ field, old: record[field] ?? null, new: v }))
  Object.assign(record, values, { version: record.version + 1, updated_at: NOW() })
  history.get(record.id)?.push({ at: NOW(), by: { id: me.id, title: me.display_name }, kind, changes })
  return changes
}

function defaults(object) {
  const out = Object.fromEntries(objectOf(object).fields.filter((f) => f.default !== undefined).map((f) => [f.name, f.default]))
  const state = objectOf(object).fields.find((f) => f.type === 'process')
  if (state) out[state.name] = meta.processes.find((p) => p.name === (state.process ?? object))?.start
  return out
}

export function create(object, values, kind = 'create') {
  const owner = objectOf(object).owned ? { owner: { id: me.id, title: me.display_name } } : {}
  const record = { id: newId(), version: 1, ...defaults(object), ...owner, ...values, created_at: NOW(), updated_at: NOW() }
  tables[object].push(record)
  history.set(record.id, [{ at: NOW(), by: { id: me.id, title: me.display_name }, kind, changes: [] }])
  return record
}

function list(object, query) {
  const o = objectOf(object)
  let rows = live(object, query.get('deleted') === 'true')
  if (query.get('filter')) {
    try {
      rows = rows.filter(compile(query.get('filter'), ['id', ...o.fields.map((f) => f.name)], me.id))
    } catch (error) {
      if (!(error instanceof ExprError)) throw error
      throw new Refuse(422, 'invalid', error.message, { errors: [{ path: 'filter', code: 'syntax', detail: error.message, at: error.at }] })
    }
  }
  const q = query.get('q')?.toLowerCase()
  if (q) rows = rows.filter((r) => o.fields.some((f) => ['text', 'phone', 'email', 'link'].includes(f.type) && flat(r[f.name]).toLowerCase().includes(q)))
  const keys = (query.get('sort') ?? '').split(',').filter(Boolean)
  rows = rows.toSorted((a, b) => {
    for (const key of keys) {
      const n = compare(a[key.replace('-', '')], b[key.replace('-', '')])
      if (n) return key.startsWith('-') ? -n : n
    }
    return Number(b.id) - Number(a.id)
  })
  return rows
}

const csvCell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function listReply(object, query, res) {
  const rows = list(object, query)
  if (query.get('format')) {
    const names = query.get('fields')?.split(',') ?? objectOf(object).fields.map((f) => f.name)
    res.writeHead(200, { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': `attachment; filename="${object}.${query.get('format')}"` })
    res.end([names.join(','), ...rows.map((r) => names.map((n) => csvCell(flat(r[n]))).join(','))].join('\r\n'))
    return undefined
  }
  const from = Number(query.get('cursor') ?? 0)
  const limit = Number(query.get('limit') ?? 50)
  const next = from + limit < rows.length ? String(from + limit) : null
  return { rows: rows.slice(from, from + limit), next, total: query.get('total') ? rows.length : null }
}

function search(query) {
  const text = query.get('q').toLowerCase()
  const out = []
  for (const o of meta.objects) {
    if (query.get('object') && query.get('object') !== o.name) continue
    for (const r of live(o.name, false)) {
      const f = o.fields.find((x) => ['text', 'phone', 'email'].includes(x.type) && flat(r[x.name]).toLowerCase().includes(text))
      if (!f) continue
      const found = flat(r[f.name])
      const from = [...found.slice(0, found.toLowerCase().indexOf(text))].length
      out.push({ object: o.name, id: r.id, title: titleText(o.name, r), subtitle: flat(r.account ?? r.phone ?? r.company ?? ''), match: { field: f.name, text: found, from, to: from + [...text].length } })
      if (out.length >= 500) break
    }
  }
  return { rows: out.slice(0, Number(query.get('limit') ?? 20)) }
}

function one(object, id) {
  const record = (tables[object] ?? []).find((r) => r.id === id)
  if (!record) throw new Refuse(404, 'not_found', '找不到這筆資料')
  return record
}

function refuseIfWrong(object, values) {
  const { errors } = checkRecord(object, values)
  if (errors.length) throw new Refuse(422, 'invalid', '有欄位需要修正', { errors })
}

function preview(id) {
  const lead = one('lead', id)
  const same = live('account', false).filter((a) => a.name === (lead.company || lead.name))
  return {
    converted: !!lead.converted_at,
    targets: [
      { object: 'account', optional: false, title: lead.company || lead.name, matches: same.map((a) => ({ record: { id: a.id, title: a.name }, field: 'name' })) },
      ...(lead.company ? [{ object: 'contact', optional: false, title: lead.name, matches: [] }] : []),
      { object: 'opportunity', optional: true, title: `${lead.company || lead.name} 商機`, matches: [] },
    ],
  }
}

function convert(id, body) {
  const lead = one('lead', id)
  const link = (r) => r && { id: r.id, title: r.name }
  const account = typeof body.account === 'string' ? one('account', body.account) : create('account', { name: lead.company || lead.name, kind: lead.company ? 'organisation' : 'person', phone: lead.phone })
  const contact = lead.company ? create('contact', { name: lead.name, account: link(account), mobile: lead.mobile, email: lead.email }) : null
  const opportunity = body.opportunity === false ? null : create('opportunity', { name: `${account.name} 商機`, account: link(account) })
  write('lead', lead, { status: 'converted', converted_at: NOW() }, 'update')
  return { account: link(account), contact: link(contact), opportunity: link(opportunity) }
}

const session = () => ({ user: { id: me.id, name: me.login, display_name: me.display_name, locale: 'zh-Hant' }, csrf: CSRF, roles: ['admin'], locale: 'zh-Hant', time_zone_offset_min: 480, currency: 'TWD', tenant: 'main' })

async function sessionRoute(req, res, body) {
  if (req.method === 'POST') {
    if (body.password !== 'guanxi-demo') throw new Refuse(401, 'unauthenticated', '名稱或密碼不正確')
    res.setHeader('Set-Cookie', 'gx_session=mock; Path=/; HttpOnly; SameSite=Lax')
    return session()
  }
  if (req.method === 'DELETE') {
    res.setHeader('Set-Cookie', 'gx_session=; Path=/; Max-Age=0')
    return null
  }
  if (!/gx_session=mock/.test(req.headers.cookie ?? '')) throw new Refuse(401, 'unauthenticated', '請先登入')
  return session()
}

function recordRoute(req, res, body, object, id, verb) {
  const record = one(object, id)
  if (verb === 'moves') {
    const state = object.fields.find((f) => f.type === 'process')
    const process = state && meta.processes.find((p) => p.name === (state.process ?? object.name))
    const rows = (process?.moves ?? []).filter((m) => m.from.includes(record[state.name]) || m.from === '*')
    return { rows: rows.map((m) => ({ field: state.name, to: m.to, label: m.label['zh-Hant'], possible: true, reason: '', require: m.require ?? [] })) }
  }
  if (verb === 'history') return { rows: history.get(id)?.toReversed() ?? [], next: null }
  if (verb === 'restore') {
    delete record.deleted_at
    write(object, record, {}, 'restore')
  } else if (verb === 'convert') return req.method === 'POST' ? convert(id, body) : preview(id)
  else if (req.method === 'DELETE') {
    record.deleted_at = NOW()
    write(object, record, {}, 'delete')
    res.statusCode = 204
    return null
  } else if (req.method === 'PATCH') {
    const asked = req.headers['if-match']?.replaceAll('"', '')
    if (asked && asked !== String(record.version)) throw new Refuse(409, 'conflict', '有人同時修改了這筆資料', { current: record })
    const values = resolve(object, body)
    refuseIfWrong(object, { ...record, ...values })
    write(object, record, values, 'update')
  }
  res.setHeader('ETag', `"${record.version}"`)
  return record
}

async function route(req, res) {
  const url = new URL(req.url, 'http://x')
  const parts = url.pathname.split('/').slice(3).map(decodeURIComponent)
  const query = url.searchParams
  const raw = ['POST', 'PATCH'].includes(req.method) ? await bodyOf(req) : null
  const isFile = parts[0] === 'import' && parts.length === 1
  const body = raw?.length && !isFile ? JSON.parse(raw.toString()) : {}
  if (parts[0] === 'session') return sessionRoute(req, res, body)
  await sessionRoute({ method: 'GET', headers: req.headers }, res)
  if (req.method !== 'GET' && req.headers['x-csrf-token'] !== CSRF) throw new Refuse(403, 'forbidden', 'CSRF')
  if (parts[0] === 'meta') return meta
  if (parts[0] === 'search') return search(query)
  if (parts[0] === 'import') return importRoutes(req, res, parts.slice(1), query, body, raw)
  const [object, id, verb] = parts
  if (!objectOf(object)) throw new Refuse(404, 'not_found', '沒有這種資料')
  if (id === 'check') return checkRecord(object, resolve(object, body))
  if (id) return recordRoute(req, res, body, object, id, verb)
  if (req.method === 'POST') {
    const values = { ...defaults(object), ...resolve(object, body) }
    refuseIfWrong(object, values)
    res.statusCode = 201
    return create(object, values)
  }
  return listReply(object, query, res)
}

export async function api(req, res) {
  try {
    const reply = await route(req, res)
    if (reply === undefined) return
    if (reply === null) res.statusCode = 204
    res.setHeader('Content-Type', 'application/json')
    res.end(reply === null ? '' : JSON.stringify(reply))
  } catch (error) {
    const known = error instanceof Refuse
    if (!known) console.error(error)
    res.writeHead(known ? error.status : 500, { 'Content-Type': 'application/problem+json' })
    res.end(JSON.stringify(known ? error.body : { status: 500, title: 'internal', detail: String(error) }))
  }
}
