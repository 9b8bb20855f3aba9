/* expiry.ts - what runs out: which kinds there are, and what is due. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from './api.ts'
import type { Labels, Rec } from './types.ts'

export interface Expiry {
  name: string
  label: Labels
  object: string
  field: string
  account: string
  outcome: string
  reason: string
  /* An expression over the object: still to be dealt with. */
  live: string
  renewed: string[]
  lost: string[]
  elsewhere: string[]
  overdue: number | null
  week: number | null
  month: number | null
}

export interface Reminder {
  distance: number
  channel: string
  at: string
  due: string
}

export interface Due {
  record: Rec
  reminders: Reminder[]
}

export const expiriesQuery = (whose: string) =>
  queryOptions({
    queryKey: ['expiry', whose],
    queryFn: ({ signal }) => get<{ rows: Expiry[] }>('/expiry', { whose }, signal),
  })

export interface DueAsk {
  from: string
  to: string
  whose: string
}

export const dueQuery = (name: string, ask: DueAsk) =>
  infiniteQueryOptions({
    queryKey: ['expiry', 'due', name, ask],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<{ rows: Due[]; next: string | null }>(`/expiry/${name}/due`, { ...ask, cursor: pageParam || undefined }, signal),
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: name !== '',
  })

/* A day so many days from today, as the person's own clock has it. */
export function dayFrom(offsetMin: number, days: number, now = Date.now()): string {
  return new Date(now + offsetMin * 60_000 + days * 86_400_000).toISOString().slice(0, 10)
}

/* Whole days from one date to another. */
export const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
