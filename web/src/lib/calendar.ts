/*
 * calendar.ts - days, weeks and months as a calendar shows them; pure.
 *
 * A day is text, "2026-11-22", and a moment is local text, "2026-11-22T09:30", in the zone of the
 * reader; only lib/format.ts turns moments of the server into these and back.
 */
import { momentToLocal } from './format.ts'
import type { Lang } from './types.ts'

const LOCALE: Record<Lang, string> = { 'zh-Hant': 'zh-Hant-TW', en: 'en-GB' }

const ms = (day: string) => Date.parse(`${day.slice(0, 10)}T00:00:00Z`)
const text = (time: number) => new Date(time).toISOString().slice(0, 10)
const DAY_MS = 86_400_000

export function today(offsetMin: number, now = Date.now()): string {
  return momentToLocal(new Date(now).toISOString(), offsetMin).slice(0, 10)
}
export function addDays(day: string, n: number): string {
  return text(ms(day) + n * DAY_MS)
}
export function daysBetween(from: string, to: string): number {
  return Math.round((ms(to) - ms(from)) / DAY_MS)
}

const named = (lang: Lang, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LOCALE[lang], { ...options, timeZone: 'UTC' })

export function formatToday(lang: Lang, offsetMin: number): string {
  return named(lang, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(ms(today(offsetMin)))
}
