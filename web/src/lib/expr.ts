/*
 * expr.ts - conditions that people click together, as text of the expression language and back.
 *
 * The server alone understands the whole language.  What is read back here is only what the
 * builder itself can show: conditions joined by all `and` or all `or`; anything else stays text.
 */

export type Op =
  | 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'between'
  | 'contains' | 'starts' | 'in' | 'not_in' | 'has'
  | 'ends' | 'empty' | 'not_empty' | 'true' | 'false' | 'me' | 'today' | 'last_days' | 'next_days' | 'period'

export type Kind = 'text' | 'number' | 'bool' | 'date' | 'moment' | 'duration' | 'choice' | 'choices' | 'link'

/* What a condition compares with; `many` for in, `pair` for between. */
export interface Condition {
  field: string
  op: Op
  value: string
  many?: string[]
  upper?: string
}

export interface Filter {
  join: 'and' | 'or'
  conditions: Condition[]
}

export type KindOf = (field: string) => Kind | null

export const NO_VALUE: ReadonlySet<Op> = new Set<Op>(['empty', 'not_empty', 'true', 'false', 'me', 'today'])
const COMPARE: Partial<Record<Op, string>> = { eq: '=', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' }
const MATCH: Partial<Record<Op, string>> = { contains: '~', starts: '^=', ends: '$=' }
export const PERIODS = ['this_week', 'last_week', 'next_week', 'this_month', 'last_month', 'next_month', 'this_quarter', 'last_quarter', 'next_quarter', 'this_year', 'last_year', 'next_year'] as const

export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, (c) => `\\${c}`)}"`
}

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/

function literal(value: string, kind: Kind): string {
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(value.trim()) ? value.trim() : quote(value)
  if (kind === 'bool') return value === 'true' ? 'true' : 'false'
  if ((kind === 'date' || kind === 'moment') && DATE.test(value)) return value
  return quote(value)
}

export function complete(c: Condition): boolean {
  if (NO_VALUE.has(c.op)) return true
  if (c.op === 'in' || c.op === 'not_in') return (c.many ?? []).length > 0
  if (c.op === 'between') return c.value !== '' && !!c.upper
  if (c.op === 'last_days' || c.op === 'next_days') return /^\d+$/.test(c.value)
  return c.value !== ''
}

export function conditionText(c: Condition, kind: Kind): string {
  const f = c.field
  const one = () => literal(c.value, kind)
  switch (c.op) {
    case 'empty': return `${f} is empty`
    case 'not_empty': return `${f} is not empty`
    case 'true': return `${f} = true`
    case 'false': return `${f} = false`
    case 'me': return `${f} = me`
    case 'today': return `${f} = today()`
    case 'period': return `${f} in ${c.value}`
    case 'last_days': return `${f} between today() - ${c.value}d and today()`
    case 'next_days': return `${f} between today() and today() + ${c.value}d`
    case 'between': return `${f} between ${one()} and ${literal(c.upper ?? '', kind)}`
    case 'has': return `has(${f}, ${quote(c.value)})`
    case 'contains':
    case 'starts':
    case 'ends': return `${f} ${MATCH[c.op]} ${quote(c.value)}`
    case 'in': return `${f} in (${(c.many ?? []).map((v) => literal(v, kind)).join(', ')})`
    case 'not_in': return `${f} not in (${(c.many ?? []).map((v) => literal(v, kind)).join(', ')})`
    default: return `${f} ${COMPARE[c.op]} ${one()}`
  }
}

/* Conditions still lacking a value are left out, so that the list does not jump while typing. */
export function filterText(filter: Filter, kindOf: KindOf): string {
  return filter.conditions
    .filter(complete)
    .map((c) => conditionText(c, kindOf(c.field) ?? 'text'))
    .join(` ${filter.join} `)
}

interface Token {
  t: 'name' | 'text' | 'number' | 'date' | 'days' | 'op'
  v: string
}

function tokens(text: string): Token[] | null {
  const out: Token[] = []
  const re = /\s*(?:([\p{L}_][\p{L}\p{N}_.]*)|"((?:[^"\\]|\\.)*)"|(\d{4}-\d\d-\d\d(?:T[\d:]+(?:Z|[+-]\d\d:\d\d)?)?)|(\d+)d\b|(-?\d+(?:\.\d+)?)|(<=|>=|!=|\^=|\$=|[~=<>(),+-]))/uy
  let rest = 0
  while (rest < text.trimEnd().length) {
    re.lastIndex = rest
    const m = re.exec(text)
    if (!m) return null
    rest = re.lastIndex
    if (m[1] !== undefined) out.push({ t: 'name', v: m[1] })
    else if (m[2] !== undefined) out.push({ t: 'text', v: m[2].replace(/\\(.)/g, '$1') })
    else if (m[3] !== undefined) out.push({ t: 'date', v: m[3] })
    else if (m[4] !== undefined) out.push({ t: 'days', v: m[4] })
    else if (m[5] !== undefined) out.push({ t: 'number', v: m[5] })
    else out.push({ t: 'op', v: m[6] ?? '' })
  }
  return out
}

/* null: valid or not, it is more than the builder can show. */
export function readFilter(text: string, kindOf: KindOf): Filter | null {
  if (text.trim() === '') return { join: 'and', conditions: [] }
  const list = tokens(text)
  if (!list) return null
  const reader = new Reader(list, kindOf)
  return reader.filter()
}

class Reader {
  private at = 0
  private readonly list: Token[]
  private readonly kindOf: KindOf
  constructor(list: Token[], kindOf: KindOf) {
    this.list = list
    this.kindOf = kindOf
  }

  filter(): Filter | null {
    const conditions: Condition[] = []
    let join: 'and' | 'or' | null = null
    for (;;) {
      const c = this.condition()
      if (!c) return null
      conditions.push(c)
      if (this.at === this.list.length) return { join: join ?? 'and', conditions }
      const word = this.list[this.at++]
      if (word?.t !== 'name' || (word.v !== 'and' && word.v !== 'or')) return null
      if (join && join !== word.v) return null
      join = word.v
    }
  }

  private eat(...words: string[]): boolean {
    const ok = words.every((w, i) => {
      const t = this.list[this.at + i]
      return t !== undefined && t.t !== 'text' && t.v === w
    })
    if (ok) this.at += words.length
    return ok
  }

  private value(): string | null {
    const t = this.list[this.at]
    if (!t || (t.t !== 'text' && t.t !== 'number' && t.t !== 'date' && !(t.t === 'name' && /^(true|false)$/.test(t.v)))) return null
    this.at++
    return t.v
  }

  private days(): string | null {
    const t = this.list[this.at]
    if (t?.t !== 'days') return null
    this.at++
    return t.v
  }

  private many(): string[] | null {
    if (!this.eat('(')) return null
    const out: string[] = []
    do {
      const v = this.value()
      if (v === null) return null
      out.push(v)
    } while (this.eat(','))
    return this.eat(')') ? out : null
  }

  private between(field: string): Condition | null {
    if (this.eat('today', '(', ')', 'and', 'today', '(', ')', '+')) {
      const days = this.days()
      return days && { field, op: 'next_days', value: days } || null
    }
    if (this.eat('today', '(', ')', '-')) {
      const days = this.days()
      return days && this.eat('and', 'today', '(', ')') ? { field, op: 'last_days', value: days } : null
    }
    const low = this.value()
    if (low === null || !this.eat('and')) return null
    const upper = this.value()
    return upper === null ? null : { field, op: 'between', value: low, upper }
  }

  private condition(): Condition | null {
    const name = this.list[this.at]
    if (name?.t !== 'name') return null
    if (this.eat('has', '(')) return this.has()
    const kind = this.kindOf(name.v)
    if (!kind) return null
    this.at++
    const field = name.v
    if (this.eat('is', 'empty')) return { field, op: 'empty', value: '' }
    if (this.eat('is', 'not', 'empty')) return { field, op: 'not_empty', value: '' }
    if (this.eat('between')) return this.between(field)
    const period = this.period(field)
    if (period) return period
    for (const op of ['in', 'not_in'] as const) {
      if (!this.eat(...op.split('_'))) continue
      const many = this.many()
      return many && { field, op, value: '', many }
    }
    if (this.eat('=', 'me')) return { field, op: 'me', value: '' }
    if (this.eat('=', 'today', '(', ')')) return { field, op: 'today', value: '' }
    for (const [op, sign] of Object.entries({ ...MATCH, ...COMPARE })) {
      if (!this.eat(sign)) continue
      const c = this.one(field, op as Op)
      /* One code is a list of one: that is how choices are chosen. */
      if (c && kind === 'choice' && (c.op === 'eq' || c.op === 'ne'))
        return { field, op: c.op === 'eq' ? 'in' : 'not_in', value: '', many: [c.value] }
      if (c && kind === 'bool' && c.op === 'eq') return { field, op: c.value === 'true' ? 'true' : 'false', value: '' }
      return c
    }
    return null
  }

  private has(): Condition | null {
    const name = this.list[this.at++]
    if (name?.t !== 'name' || !this.kindOf(name.v) || !this.eat(',')) return null
    const c = this.one(name.v, 'has')
    return this.eat(')') ? c : null
  }

  private period(field: string): Condition | null {
    const word = this.list[this.at + 1]
    const known = PERIODS.find((p) => p === word?.v)
    return known && this.eat('in', known) ? { field, op: 'period', value: known } : null
  }

  private one(field: string, op: Op): Condition | null {
    const value = this.value()
    return value === null ? null : { field, op, value }
  }
}
