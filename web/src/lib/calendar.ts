/*
 * calendar.ts - days, weeks and months, and records as events on them; pure.
 *
 * A day is text, "2026-11-22", and a moment is local text, "2026-11-22T09:30", in the zone of the
 * reader; only lib/format.ts turns moments of the server into these and back.
 */
import { localToMoment, momentToLocal, parseDuration } from './format.ts'
import type { CalendarPage, Field, Json, Lang, ObjectMeta, Rec } from './types.ts'

const LOCALE: Record<Lang, string> = { 'zh-Hant': 'zh-Hant-TW', en: 'en-GB' }
const DAY_MS = 86_400_000
export const DAY_MIN = 1440
/* What is shorter, or has no length of its own, is drawn so long. */
export const SHOWN_MIN = 30

const ms = (day: string) => Date.parse(`${day.slice(0, 10)}T00:00:00Z`)
const text = (time: number) => new Date(time).toISOString().slice(0, 10)

/* --- days */

export function today(offsetMin: number, now = Date.now()): string {
  return momentToLocal(new Date(now).toISOString(), offsetMin).slice(0, 10)
}
export function addDays(day: string, n: number): string {
  return text(ms(day) + n * DAY_MS)
}
export function daysBetween(from: string, to: string): number {
  return Math.round((ms(to) - ms(from)) / DAY_MS)
}
export function isDay(day: string | undefined): day is string {
  return /^\d{4}-\d\d-\d\d$/.test(day ?? '') && !Number.isNaN(ms(day ?? ''))
}
export function addMonths(day: string, n: number): string {
  const [y, m, d] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 + n, Number(day.slice(8, 10))]
  const last = new Date(Date.UTC(y, m + 1, 0)).getUTCDate()
  return text(Date.UTC(y, m, Math.min(d, last)))
}
/* 0 is Sunday. */
export function weekday(day: string): number {
  return new Date(ms(day)).getUTCDay()
}
/* In Taiwan calendars begin with Sunday, elsewhere with Monday. */
export function firstWeekday(lang: Lang): number {
  return lang === 'zh-Hant' ? 0 : 1
}
export function startOfWeek(day: string, first: number): string {
  return addDays(day, -((weekday(day) - first + 7) % 7))
}

export const VIEWS = ['day', 'week', 'month', 'agenda'] as const
export type View = (typeof VIEWS)[number]
export const AGENDA_DAYS = 21

/* The days a view shows; whole weeks for a month. */
export function daysOf(view: View, day: string, first: number): string[] {
  const run = (from: string, n: number) => Array.from({ length: n }, (_, i) => addDays(from, i))
  if (view === 'day') return [day]
  if (view === 'week') return run(startOfWeek(day, first), 7)
  if (view === 'agenda') return run(day, AGENDA_DAYS)
  const from = startOfWeek(`${day.slice(0, 8)}01`, first)
  const to = `${addMonths(day, 1).slice(0, 8)}01`
  return run(from, Math.ceil(daysBetween(from, to) / 7) * 7)
}
export function step(view: View, day: string, n: number): string {
  if (view === 'month') return addMonths(day, n)
  return addDays(day, n * (view === 'week' ? 7 : view === 'agenda' ? AGENDA_DAYS : 1))
}

/* --- how they are called */

const formats = new Map<string, Intl.DateTimeFormat>()
function named(lang: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(options)
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(LOCALE[lang], { ...options, timeZone: 'UTC' })))
  return format
}
export const dayName = (day: string, lang: Lang) => named(lang, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(ms(day))
export const shortDay = (day: string, lang: Lang) => named(lang, { weekday: 'short', day: 'numeric', month: 'short' }).format(ms(day))
export const weekdayName = (day: string, lang: Lang) => named(lang, { weekday: 'short' }).format(ms(day))
export const monthName = (day: string, lang: Lang) => named(lang, { month: 'long', year: 'numeric' }).format(ms(day))
export const formatToday = (lang: Lang, offsetMin: number) => dayName(today(offsetMin), lang)

export function rangeName(view: View, days: readonly string[], day: string, lang: Lang): string {
  const [from, to] = [days[0] ?? day, days.at(-1) ?? day]
  if (view === 'day') return dayName(day, lang)
  if (view === 'month') return monthName(day, lang)
  return named(lang, { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(ms(from), ms(to))
}
export function clock(min: number): string {
  return `${String(Math.floor(min / 60)).padStart(2, '0')}:${String(min % 60).padStart(2, '0')}`
}

/* --- records on them */

export interface Source {
  object: ObjectMeta
  page: CalendarPage
  start: Field
  /* A start that is a moment has a time; else only days are known. */
  timed: boolean
}

/* Where records of an object stand: as its pack says, else by its first own date. */
export function sourceOf(object: ObjectMeta): Source | null {
  const dates = object.fields.filter((f) => !f.system && (f.type === 'date' || f.type === 'datetime'))
  const page = object.pages.calendar ?? (dates[0] ? { start: dates[0].name } : null)
  const start = page && object.fields.find((f) => f.name === page.start)
  return page && start ? { object, page, start, timed: start.type === 'datetime' } : null
}

export interface Event {
  key: string
  source: Source
  record: Rec
  day: string
  /* Minutes of the day; null: the whole day. */
  at: number | null
  /* Drawn so long; `lasts` is what the record says. */
  min: number
  lasts: number | null
  /* The last day, of what spans several. */
  until: string
}

export function durationMin(iso: unknown): number | null {
  const parts = typeof iso === 'string' ? parseDuration(iso) : null
  return parts ? parts.days * DAY_MIN + parts.hours * 60 + parts.minutes : null
}
export function durationText(min: number): string {
  const [h, m] = [Math.floor(min / 60), min % 60]
  return `PT${h ? `${h}H` : ''}${m || !h ? `${m}M` : ''}`
}

export function eventOf(source: Source, record: Rec, offsetMin: number): Event | null {
  const value = record[source.start.name]
  if (typeof value !== 'string' || value === '') return null
  const local = source.timed ? momentToLocal(value, offsetMin) : value
  const day = local.slice(0, 10)
  const whole = !source.timed || (source.page.all_day !== undefined && record[source.page.all_day] === true)
  const lasts = source.page.duration ? durationMin(record[source.page.duration]) : null
  const end = source.page.end ? record[source.page.end] : null
  const until = typeof end === 'string' && end !== '' ? (source.timed ? momentToLocal(end, offsetMin) : end).slice(0, 10) : day
  const at = whole ? null : Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))
  return { key: `${source.object.name}/${record.id}`, source, record, day, at, min: Math.max(lasts ?? SHOWN_MIN, SHOWN_MIN), lasts, until: until < day ? day : until }
}

export function byTime(a: Event, b: Event): number {
  return (a.at ?? -1) - (b.at ?? -1) || b.min - a.min || a.key.localeCompare(b.key)
}
export function onDay(events: readonly Event[], day: string): Event[] {
  return events.filter((e) => e.day <= day && day <= e.until).sort(byTime)
}

export interface Placed {
  event: Event
  lane: number
  lanes: number
}

/* Side by side where they overlap. */
export function lanes(events: readonly Event[]): Placed[] {
  const out: Placed[] = []
  let group: Placed[] = []
  let ends: number[] = []
  const close = () => {
    for (const p of group) p.lanes = ends.length
    group = []
    ends = []
  }
  for (const event of [...events].sort(byTime)) {
    const at = event.at ?? 0
    if (ends.length && ends.every((end) => end <= at)) close()
    let lane = ends.findIndex((end) => end <= at)
    if (lane < 0) lane = ends.length
    ends[lane] = at + event.min
    const placed = { event, lane, lanes: 1 }
    group.push(placed)
    out.push(placed)
  }
  close()
  return out
}

/* What is written when an event begins at another time; `at` null keeps it a matter of days. */
export function movedValues(event: Event, day: string, at: number | null, offsetMin: number): Record<string, Json> {
  const { source, record } = event
  const moment = (d: string, min: number) => localToMoment(`${d}T${clock(min)}`, offsetMin)
  const out: Record<string, Json> = {}
  const kept = source.timed ? Number(momentToLocal(String(record[source.start.name]), offsetMin).slice(11, 13)) * 60 + Number(momentToLocal(String(record[source.start.name]), offsetMin).slice(14, 16)) : 0
  out[source.start.name] = source.timed ? moment(day, at ?? kept) : day
  if (source.page.all_day && source.timed && at !== null && event.at === null) out[source.page.all_day] = false
  if (source.page.end && record[source.page.end]) {
    const days = daysBetween(event.day, day)
    out[source.page.end] = shifted(String(record[source.page.end]), source.timed ? days * DAY_MIN + ((at ?? kept) - kept) : days * DAY_MIN, source.timed)
  }
  return out
}

function shifted(value: string, min: number, timed: boolean): string {
  if (!timed) return addDays(value, Math.round(min / DAY_MIN))
  return new Date(Date.parse(value) + min * 60_000).toISOString().replace('.000Z', 'Z')
}
