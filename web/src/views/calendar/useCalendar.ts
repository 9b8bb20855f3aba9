/*
 * useCalendar.ts - the events of the days shown, and moving them: at once on the screen, then on the
 * server, with a way back; if somebody was faster, the newer state comes and says so.
 */
import { queryOptions, useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { get, patch } from '../../lib/api.ts'
import { addDays, durationText, type Event, eventOf, movedValues, type Source } from '../../lib/calendar.ts'
import { both } from '../../lib/group.ts'
import { mayDo, titleFields, titleOf } from '../../lib/meta.ts'
import { forget, queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { inTurn } from '../../lib/turns.ts'
import type { Json, Rec, RecordPage } from '../../lib/types.ts'
import { useOffset } from '../../lib/use.ts'
import { useProblemText } from '../states.tsx'

const EVENTS_MAX = 1000
/* What began before and is not over yet. */
const BEFORE_DAYS = 7

export interface CalendarAsk {
  from: string
  to: string
  mine: boolean
  filter?: string | undefined
}

function filterOf(source: Source, ask: CalendarAsk): string {
  const { start, page, object } = source
  const from = page.end ? addDays(ask.from, -BEFORE_DAYS) : ask.from
  const parts = [`${start.name} >= ${from}`, `${start.name} < ${addDays(ask.to, 1)}`]
  if (page.filter) parts.unshift(`(${page.filter})`)
  if (ask.mine && object.owned) parts.push('owner = me')
  return ask.filter ? both(ask.filter, parts.join(' and ')) : parts.join(' and ')
}

function eventsQuery(source: Source, ask: CalendarAsk) {
  const { object, page, start } = source
  const asked = [...titleFields(object), start.name, page.end, page.duration, page.all_day, page.color, page.done?.field, object.owned ? 'owner' : undefined, ...(object.pages.card ?? [])]
  const fields = [...new Set(asked.filter((n): n is string => !!n && object.fields.some((f) => f.name === n)))].join(',')
  return queryOptions({
    queryKey: ['list', object.name, 'calendar', ask],
    queryFn: ({ signal }) => get<RecordPage>(`/${object.name}`, { filter: filterOf(source, ask), sort: start.name, fields, may: true, limit: EVENTS_MAX }, signal),
  })
}

export interface Calendar {
  events: Event[]
  loading: boolean
  error: unknown
  /* More than are shown here. */
  cut: boolean
  again: () => void
  mayMove: (event: Event) => boolean
  move: (event: Event, day: string, at: number | null) => void
  resize: (event: Event, min: number) => void
  write: (event: Event, values: Record<string, Json>) => void
}

export function useCalendar(sources: readonly Source[], ask: CalendarAsk): Calendar {
  const { t } = useTranslation()
  const offset = useOffset()
  const problemText = useProblemText()
  const queries = useQueries({ queries: sources.map((s) => eventsQuery(s, ask)) })
  const events = queries.flatMap((q, i) => {
    const source = sources[i]
    return source ? (q.data?.rows ?? []).flatMap((r) => eventOf(source, r, offset) ?? []) : []
  })

  const show = (object: string, id: string, values: Partial<Rec>) =>
    queryClient.setQueriesData<RecordPage>(
      { queryKey: ['list', object, 'calendar'] },
      (page) => page && { ...page, rows: page.rows.map((r) => (r.id === id ? ({ ...r, ...values } as Rec) : r)) },
    )

  const send = async (event: Event, values: Record<string, Json>, version: number, back: boolean) => {
    const { object } = event.source
    const before = Object.fromEntries(Object.keys(values).map((k) => [k, (event.record[k] as Json | undefined) ?? null]))
    show(object.name, event.record.id, values as Partial<Rec>)
    try {
      const address = `/${object.name}/${event.record.id}`
      const { saved, last } = await inTurn(address, version, (now) => patch<Rec>(address, values, now))
      show(object.name, event.record.id, { ...(last ? values : {}), version: saved.version } as Partial<Rec>)
      queryClient.setQueryData(['record', object.name, event.record.id], saved)
      const undo = { label: t('undo'), run: () => void send({ ...event, record: { ...event.record, ...values } as Rec }, before, saved.version, true) }
      toast(t(back ? 'calendar.moved_back' : 'calendar.moved', { name: titleOf(object, event.record) }), back ? {} : { undo })
      await queryClient.invalidateQueries({ queryKey: ['page'], predicate: (q) => q.queryKey.length > 2 })
    } catch (error) {
      show(object.name, event.record.id, before as Partial<Rec>)
      toast(problemText(error), { kind: 'wrong' })
      await forget(object.name, event.record.id)
    }
  }

  const write = (event: Event, values: Record<string, Json>) => {
    const same = Object.entries(values).every(([k, v]) => JSON.stringify(event.record[k] ?? null) === JSON.stringify(v))
    if (!same) void send(event, values, event.record.version, false)
  }
  return {
    events,
    loading: queries.some((q) => q.isPending),
    error: queries.find((q) => q.isError)?.error ?? null,
    cut: queries.some((q) => !!q.data?.next),
    again: () => queries.forEach((q) => void q.refetch()),
    mayMove: (event) => !event.source.start.readonly && mayDo(event.record, 'edit'),
    move: (event, day, at) => {
      if (day !== event.day || at !== event.at) write(event, movedValues(event, day, at, offset))
    },
    resize: (event, min) => {
      const field = event.source.page.duration
      if (field && min !== event.lasts) write(event, { [field]: durationText(min) })
    },
    write,
  }
}
