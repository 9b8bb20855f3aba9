/* import.mjs - the import contract: guess, check, run and undo, with time passing. */
import { Refuse, create, me, objectOf, resolve, titleText, write } from './api.mjs'
import { flat } from './expr.mjs'
import { newId, tables } from './data.mjs'

const jobs = new Map()
const FAST = 600

function cells(line) {
  return [...line.matchAll(/("([^"]|"")*"|[^,]*)(,|$)/g)].slice(0, -1).map((m) => m[1].replace(/^"|"$/g, '').replaceAll('""', '"'))
}

function guess(object, columns) {
  return columns.map((column, index) => {
    const name = column.toLowerCase().replace(/\W+/g, '_')
    const f = objectOf(object).fields.find((x) => x.name === name || Object.values(x.label).some((l) => l.toLowerCase() === column.toLowerCase()))
    return { column, index, field: f && !f.readonly ? f.name : null, score: f ? 1000 : 0 }
  })
}

function plan(job) {
  const o = objectOf(job.object)
  const links = new Map()
  job.diff = job.rows.map((row, i) => {
    const out = { row: i + 2, action: 'create', title: '', changes: [], errors: [] }
    const values = {}
    job.mapping.forEach((m) => {
      const f = o.fields.find((x) => x.name === m.field)
      const text = (m.index < 0 ? m.value : row[m.index]) ?? ''
      if (!f || text === '') return
      if (f.type === 'link') {
        const hit = tables[f.to].find((r) => titleText(f.to, r) === text)?.id ?? job.chosen[f.name]?.[text]
        if (hit) values[f.name] = hit
        else {
          const key = `${f.name}\n${text}`
          const squeeze = (s) => s.replace(/\s/g, '').toLowerCase()
          const near = tables[f.to].filter((r) => squeeze(titleText(f.to, r)) === squeeze(text)).slice(0, 3)
          const entry = links.get(key) ?? { field: f.name, text, count: 0, suggestions: near.map((r) => ({ id: r.id, title: titleText(f.to, r), score: 930 })) }
          entry.count++
          links.set(key, entry)
          out.errors.push({ field: f.name, detail: `找不到「${text}」` })
        }
      } else if (['integer', 'decimal', 'percent', 'money'].includes(f.type) && Number.isNaN(Number(text))) out.errors.push({ field: f.name, detail: `「${text}」不是數字` })
      else values[f.name] = f.type === 'boolean' ? text === 'true' : text
    })
    const record = resolve(job.object, values)
    out.title = flat(record[o.title]) || `#${i + 2}`
    if (!record[o.title]) out.errors.push({ field: o.title, detail: '必須填寫' })
    const key = job.match[0]
    const old = key && job.mode !== 'create' ? tables[job.object].find((r) => !r.deleted_at && record[key] !== undefined && flat(r[key]) === flat(record[key])) : null
    out.old = old
    out.values = record
    out.changes = Object.entries(record).map(([field, v]) => ({ field, old: old?.[field] ?? null, new: v })).filter((c) => !old || flat(c.old) !== flat(c.new))
    out.action = out.errors.length ? 'fail' : old ? (out.changes.length ? 'update' : 'same') : 'create'
    return out
  })
  job.links = [...links.values()]
  const count = (action) => job.diff.filter((d) => d.action === action).length
  job.counts = { create: count('create'), update: count('update'), same: count('same'), failed: count('fail') }
  job.errors = job.diff.flatMap((d) => d.errors.map((e) => ({ row: d.row, ...e }))).slice(0, 100)
}

function work(job, state, then, end) {
  job.state = state
  job.started = Date.now()
  job.timer = setTimeout(() => {
    end()
    job.state = then
  }, FAST)
}

function apply(job) {
  job.undo = []
  for (const d of job.diff) {
    if (d.action === 'create') {
      const record = create(job.object, d.values, 'import')
      job.undo.push(() => tables[job.object].splice(tables[job.object].indexOf(record), 1))
    } else if (d.action === 'update') {
      const before = Object.fromEntries(d.changes.map((c) => [c.field, c.old]))
      write(job.object, d.old, Object.fromEntries(d.changes.map((c) => [c.field, c.new])), 'import')
      job.undo.push(() => write(job.object, d.old, before, 'update'))
    }
  }
}

function view(job) {
  const total = job.rows.length
  const busy = ['checking', 'running', 'undoing'].includes(job.state)
  const done = busy ? Math.min(total, Math.round(((Date.now() - job.started) / FAST) * total)) : total
  const { id, state, object, mode, match, file_name, created_at, by, info, mapping, counts, links, errors } = job
  return { id, state, object, mode, match, file_name, created_at, by, info, mapping, counts, links, errors, chosen: job.chosen, kept: [], problem: '', date_order: 'ymd', written: (job.undo?.length ?? 0) > 0, sample: job.rows.slice(0, 8), progress: { done, total, rows_per_s: Math.round((total / FAST) * 1000) } }
}

function start(req, query, raw) {
  const text = raw.toString('utf8').replace(/^\uFEFF/, '')
  const lines = text.split(/\r?\n/).filter(Boolean)
  if (!lines.length) throw new Refuse(400, 'syntax', '檔案是空的')
  const columns = cells(lines[0])
  const object = query.get('object') || 'account'
  const job = {
    id: newId(), state: 'draft', object, mode: 'both', match: [], chosen: {}, by: { id: me.id, title: me.display_name },
    created_at: new Date().toISOString(), file_name: decodeURIComponent(req.headers['x-file-name'] ?? ''), rows: lines.slice(1).map(cells), mapping: guess(object, columns),
    info: { format: 'csv', encoding: 'UTF-8', encoding_sure: true, delimiter: ',', header_row: 1, sheets: [], sheet: '', columns, rows_estimate: lines.length - 1 },
  }
  jobs.set(job.id, job)
  return job
}

const VERBS = {
  check: (job) => work(job, 'checking', 'checked', () => plan(job)),
  run: (job) => work(job, 'running', 'done', () => apply(job)),
  resume: (job) => work(job, 'running', 'done', () => apply(job)),
  undo: (job) => work(job, 'undoing', 'undone', () => {
    job.undo.toReversed().forEach((back) => back())
    job.undo = []
  }),
  cancel: (job) => {
    clearTimeout(job.timer)
    job.state = 'cancelled'
  },
}

export function importRoutes(req, res, [id, verb], query, body, raw) {
  if (!id && req.method === 'GET') return { rows: [...jobs.values()].toReversed().map(view) }
  if (!id) {
    res.statusCode = 201
    return view(start(req, query, raw))
  }
  const job = jobs.get(id)
  if (!job) throw new Refuse(404, 'not_found', '找不到這次匯入')
  if (verb === 'diff') return { rows: job.diff?.filter((d) => !query.get('action') || d.action === query.get('action')).map(({ row, action, title, changes, errors }) => ({ row, action, title, changes, errors })) ?? [], next: null }
  if (verb === 'failed') {
    res.writeHead(200, { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': 'attachment; filename="failed.csv"' })
    res.end(['row,reason', ...job.diff.filter((d) => d.action === 'fail').map((d) => `${d.row},${d.errors.map((e) => e.detail).join(' ')}`)].join('\r\n'))
    return undefined
  }
  if (req.method === 'PATCH') {
    if (body.object && body.object !== job.object) job.mapping = guess(body.object, job.info.columns)
    for (const key of ['object', 'mode', 'match', 'mapping']) if (body[key]) job[key] = body[key]
    for (const key of ['encoding', 'delimiter', 'header_row', 'sheet']) if (body[key] !== undefined) job.info[key] = body[key]
    if (body.links) job.chosen = body.links
  } else if (VERBS[verb]) VERBS[verb](job)
  return view(job)
}
