/*
 * format.ts - numbers, money, dates and durations as people read them.
 *
 * Numbers arrive as decimal text and stay text: Intl takes them without going through floating
 * point.  Moments are shown in the user's own time zone, given by the session as an offset.
 */
import type { Lang, Money } from './types.ts'

const LOCALE: Record<Lang, string> = { 'zh-Hant': 'zh-Hant-TW', en: 'en-GB' }

/* Intl takes decimal text exactly; its TypeScript type wants a literal. */
type Numeric = Intl.StringNumericLiteral

export function isDecimal(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text)
}

const numberFormats = new Map<string, Intl.NumberFormat>()
function numberFormat(locale: string, options: Intl.NumberFormatOptions) {
  const key = locale + JSON.stringify(options)
  let format = numberFormats.get(key)
  if (!format) numberFormats.set(key, (format = new Intl.NumberFormat(locale, options)))
  return format
}

export function formatNumber(value: unknown, lang: Lang, scale?: number): string {
  const text = String(value ?? '')
  if (!isDecimal(text)) return text
  return numberFormat(LOCALE[lang], {
    useGrouping: 'min2',
    maximumFractionDigits: scale ?? 20,
    minimumFractionDigits: scale && text.includes('.') ? scale : 0,
  }).format(text as Numeric)
}

/* "NT$" in both languages: a bare "$" leaves people guessing whose dollar it is. */
export function formatMoney(value: Money, lang: Lang): string {
  if (!isDecimal(value.amount)) return `${value.currency} ${value.amount}`
  try {
    return numberFormat('en', {
      style: 'currency',
      currency: value.currency,
      maximumFractionDigits: 4,
      trailingZeroDisplay: 'stripIfInteger',
    } as Intl.NumberFormatOptions).format(value.amount as Numeric)
  } catch {
    return `${value.currency} ${formatNumber(value.amount, lang)}`
  }
}

/* Years as the Republic of China counts them: 民國115年 is 2026. */
let roc = false
export function setRoc(on: boolean) {
  roc = on
  dateFormats.clear()
}
export const isRoc = () => roc

const dateFormats = new Map<string, Intl.DateTimeFormat>()
function dateFormat(lang: Lang, kind: 'date' | 'moment') {
  const key = lang + kind
  let format = dateFormats.get(key)
  if (!format) {
    const zh = lang === 'zh-Hant'
    const day: Intl.DateTimeFormatOptions = {
      year: 'numeric', month: !zh ? 'short' : roc ? 'long' : '2-digit', day: zh && roc ? 'numeric' : '2-digit',
    }
    const time: Intl.DateTimeFormatOptions =
      kind === 'moment' ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : {}
    format = new Intl.DateTimeFormat(LOCALE[lang] + (roc ? '-u-ca-roc' : ''), { ...day, ...time, timeZone: 'UTC' })
    dateFormats.set(key, format)
  }
  return format
}

export function formatDate(iso: string, lang: Lang): string {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`)
  return Number.isNaN(date.getTime()) ? iso : dateFormat(lang, 'date').format(date)
}

export function formatMoment(iso: string, lang: Lang, offsetMin: number): string {
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) return iso
  /* Some browsers put a thin space here. */
  return dateFormat(lang, 'moment').format(new Date(ms + offsetMin * 60_000)).replace(/\s/g, ' ')
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

export function formatAgo(iso: string, lang: Lang, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000
  const format = new Intl.RelativeTimeFormat(LOCALE[lang], { numeric: 'auto' })
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit)
  }
  return lang === 'zh-Hant' ? '剛剛' : 'just now'
}

/*
 * A date as people type it, with a year of either count, to "2026-11-21"; null when it is none:
 * 民國115年11月21日, 115/11/21, 1151121, 2026/11/21, 2026-11-21, 20261121, ５／… in full width.
 */
export function readDate(typed: string): string | null {
  const text = typed.normalize('NFKC').replace(/\s/g, '')
  const m =
    /^(民國|民)?(\d{1,4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?$/.exec(text) ?? /^(民國|民)?(\d{2,4})(\d\d)(\d\d)$/.exec(text)
  if (!m) return null
  const [year, month, day] = [Number(m[2]), Number(m[3]), Number(m[4])]
  const ad = m[1] || year < 1000 ? year + 1911 : year
  const iso = `${String(ad).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const date = new Date(`${iso}T00:00:00Z`)
  return year > 0 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null
}

/* "2026-11-21" as 115/11/21: short, for inputs. */
export function rocDate(iso: string): string {
  const m = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso)
  return m && Number(m[1]) > 1911 ? `${Number(m[1]) - 1911}/${m[2]}/${m[3]}` : iso
}

/* "2026-11-21T08:00:00Z" to and from what <input type="datetime-local"> holds. */
export function momentToLocal(iso: string, offsetMin: number): string {
  const ms = Date.parse(iso)
  return Number.isNaN(ms) ? '' : new Date(ms + offsetMin * 60_000).toISOString().slice(0, 16)
}
export function localToMoment(local: string, offsetMin: number): string | null {
  if (!/^\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)) return null
  const ms = Date.parse(`${local}Z`)
  if (Number.isNaN(ms)) return null
  return new Date(ms - offsetMin * 60_000).toISOString().replace('.000Z', 'Z')
}

export interface DurationParts {
  days: number
  hours: number
  minutes: number
}

export function parseDuration(iso: string): DurationParts | null {
  const m = /^(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$/.exec(iso)
  if (!m) return null
  const n = (i: number) => Number(m[i] ?? 0)
  return { days: n(2) * 7 + n(3), hours: n(4), minutes: n(5) + Math.round(n(6) / 60) }
}

/* People type 90, 1:30, 1h30m, 2d, 1.5h; null when it is none of these. */
export function readDuration(typed: string): string | null {
  const text = typed.trim().toLowerCase().replace(/\s+/g, '')
  let minutes: number | null = null
  const clock = /^(\d+):([0-5]?\d)$/.exec(text)
  if (clock) minutes = Number(clock[1]) * 60 + Number(clock[2])
  else if (/^\d+$/.test(text)) minutes = Number(text)
  else {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(d|天|日|h|小時|時|min|m|分鐘|分)/g)]
    if (parts.length > 0 && parts.map((p) => p[0]).join('') === text) {
      const size = (unit: string) => (/^(d|天|日)$/.test(unit) ? 1440 : /^(h|小時|時)$/.test(unit) ? 60 : 1)
      minutes = parts.reduce((sum, p) => sum + Number(p[1]) * size(p[2] ?? 'm'), 0)
    }
  }
  if (minutes === null) return null
  minutes = Math.round(minutes)
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  const time = (h ? `${h}H` : '') + (m ? `${m}M` : '')
  return d || time ? `P${d ? `${d}D` : ''}${time ? `T${time}` : ''}` : 'PT0M'
}

export function formatDuration(iso: string, lang: Lang): string {
  const parts = parseDuration(iso)
  if (!parts) return iso
  const unit = lang === 'zh-Hant' ? ['天', '小時', '分'] : ['d', 'h', 'min']
  const out = [parts.days, parts.hours, parts.minutes]
    .map((n, i) => (n ? `${n} ${unit[i]}` : ''))
    .filter(Boolean)
  return out.length ? out.join(' ') : `0 ${unit[2]}`
}

export function formatBytes(bytes: number, lang: Lang): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let i = 0
  let n = bytes
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000
    i++
  }
  return `${formatNumber(n.toFixed(n < 10 && i > 0 ? 1 : 0), lang)} ${units[i]}`
}
