/* expr.mjs - enough of the expression language to filter the mock's records. */

const TOKEN = /\s*(?:([\p{L}_][\p{L}\p{N}_.]*)|"((?:[^"\\]|\\.)*)"|(\d+)([dwh])\b|(\d{4}-\d\d-\d\d(?:T[\d:]+Z?)?|-?\d+(?:\.\d+)?)|(<=|>=|!=|\^=|\$=|[~=<>(),+-]))/uy

export class ExprError extends Error {
  constructor(message, at) {
    super(message)
    this.at = at
  }
}

function scan(text) {
  const out = []
  let i = 0
  while (text.slice(i).trim() !== '') {
    TOKEN.lastIndex = i
    const m = TOKEN.exec(text)
    if (!m) throw new ExprError(`這裡看不懂:${text.slice(i, i + 10)}`, i)
    const at = i + (m[0].length - m[0].trimStart().length)
    i = TOKEN.lastIndex
    if (m[1] !== undefined) out.push({ t: 'name', v: m[1], at })
    else if (m[2] !== undefined) out.push({ t: 'value', v: m[2].replace(/\\(.)/g, '$1'), at })
    else if (m[3] !== undefined) out.push({ t: 'days', v: Number(m[3]) * { d: 1, w: 7, h: 1 / 24 }[m[4]], at })
    else if (m[5] !== undefined) out.push({ t: 'value', v: m[5], at })
    else out.push({ t: 'op', v: m[6], at })
  }
  return out
}

export function flat(value) {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(flat).join(' ')
  if (typeof value === 'object') return value.amount ?? value.title ?? Object.values(value).join(' ')
  return String(value)
}
export function compare(a, b) {
  const [x, y] = [flat(a), flat(b)]
  if (x !== '' && y !== '' && !Number.isNaN(Number(x)) && !Number.isNaN(Number(y))) return Number(x) - Number(y)
  return x < y ? -1 : x > y ? 1 : 0
}
const same = (value, text) =>
  Array.isArray(value) ? value.some((v) => same(v, text))
  : value && typeof value === 'object' && 'id' in value ? value.id === text || value.title === text
  : compare(value ?? '', text) === 0

/* A function from record to true or false. */
export function compile(text, fields, me) {
  const list = scan(text)
  let i = 0
  const peek = (...words) => words.every((w, k) => list[i + k]?.t !== 'value' && list[i + k]?.v === w)
  const eat = (...words) => peek(...words) && ((i += words.length), true)
  const fail = (what) => {
    throw new ExprError(what, list[i]?.at ?? text.length)
  }
  const or = () => {
    let left = and()
    while (eat('or')) { const [a, b] = [left, and()]; left = (r) => a(r) || b(r) }
    return left
  }
  const and = () => {
    let left = not()
    while (eat('and')) { const [a, b] = [left, not()]; left = (r) => a(r) && b(r) }
    return left
  }
  const not = () => {
    if (eat('not')) { const a = not(); return (r) => !a(r) }
    if (eat('(')) { const a = or(); if (!eat(')')) fail('缺少右括號'); return a }
    return test()
  }
  const value = () => {
    const t = list[i]
    if (!t) fail('這裡需要一個值')
    if (eat('me')) return me
    if (eat('true')) return 'true'
    if (eat('false')) return 'false'
    if (eat('today', '(', ')')) {
      let ms = Date.parse('2026-11-21T00:00:00Z')
      if (peek('+') || peek('-')) { const sign = list[i++].v === '+' ? 1 : -1; ms += sign * list[i++].v * 86400000 }
      return new Date(ms).toISOString().slice(0, 10)
    }
    if (t.t !== 'value') fail('這裡需要一個值')
    i++
    return t.v
  }
  const test = () => {
    const t = list[i]
    if (eat('has', '(')) {
      const name = list[i++].v
      eat(',')
      const v = value()
      eat(')')
      return (r) => same(r[name] ?? [], v)
    }
    if (t?.t !== 'name') fail('這裡需要一個欄位')
    const head = t.v.split('.')[0]
    if (!fields.includes(head)) fail(`沒有「${t.v}」這個欄位`)
    i++
    const get = (r) => r[head]
    if (eat('is', 'not', 'empty')) return (r) => flat(get(r)) !== ''
    if (eat('is', 'empty')) return (r) => flat(get(r)) === ''
    if (eat('~')) { const v = value(); return (r) => same(get(r), v) || flat(get(r)).toLowerCase().includes(v.toLowerCase()) }
    if (eat('^=')) { const v = value(); return (r) => flat(get(r)).toLowerCase().startsWith(v.toLowerCase()) }
    if (eat('between')) { const a = value(); if (!eat('and')) fail('between 之後需要 and'); const b = value(); return (r) => flat(get(r)) !== '' && compare(get(r), a) >= 0 && compare(get(r), b) <= 0 }
    const negated = eat('not')
    if (eat('in')) {
      if (!eat('(')) fail('in 之後需要括號')
      const many = [value()]
      while (eat(',')) many.push(value())
      if (!eat(')')) fail('缺少右括號')
      return (r) => many.some((v) => same(get(r), v)) !== negated
    }
    for (const [sign, ok] of [['=', null], ['!=', null], ['<=', (n) => n <= 0], ['>=', (n) => n >= 0], ['<', (n) => n < 0], ['>', (n) => n > 0]]) {
      if (!eat(sign)) continue
      const v = value()
      if (sign === '=') return (r) => same(get(r), v)
      if (sign === '!=') return (r) => !same(get(r), v)
      return (r) => flat(get(r)) !== '' && ok(compare(get(r), v))
    }
    return (r) => get(r) === true
  }
  const result = or()
  if (i < list.length) fail('這裡看不懂')
  return result
}
