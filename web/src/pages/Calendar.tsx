/* Calendar.tsx - records on days: of one object, or all of one's own activities together. */
import { DndContext, type DragEndEvent, MouseSensor, pointerWithin, TouchSensor, useSensor, useSensors } from '@dnd-kit/core'
import { ActionIcon, Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { IconChevronLeft, IconChevronRight, IconPlus } from '@tabler/icons-react'
import { type KeyboardEvent, lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../lib/api.ts'
import { addDays, addMonths, clock, daysOf, type Event, firstWeekday, isDay, rangeName, type Source, sourceOf, step, today as todayOf, type View, VIEWS } from '../lib/calendar.ts'
import { localToMoment } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findObject, may } from '../lib/meta.ts'
import { recall, remember } from '../lib/storage.ts'
import { useLabel, useMeta, useOffset } from '../lib/use.ts'
import { AgendaList } from '../views/calendar/AgendaList.tsx'
import styles from '../views/calendar/calendar.module.css'
import type { ColorBy } from '../views/calendar/EventLink.tsx'
import { type GridProps, HOUR_PX, snap, SNAP_MIN } from '../views/calendar/grid.ts'
import { Hours } from '../views/calendar/Hours.tsx'
import { Month } from '../views/calendar/Month.tsx'
import { useCalendar } from '../views/calendar/useCalendar.ts'
import { Layouts } from '../views/list/toolbar.tsx'
import { Failed } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'

const MoveDialog = lazy(() => import('../views/calendar/MoveDialog.tsx'))
const one = getRouteApi('/shell/o/$object/calendar')
const together = getRouteApi('/shell/calendar')

/* As it stands in the address, by whomever written. */
export interface CalendarSearch {
  view?: string
  day?: string
  who?: string
  color?: string
  filter?: string
}

export function ObjectCalendar() {
  const { object: name } = one.useParams()
  const search = one.useSearch()
  const meta = useMeta()
  const object = findObject(meta, name)
  const source = useMemo(() => object && sourceOf(object), [object])
  const navigate = useNavigate()
  if (!object || !source) return <Failed error={new Problem(404, {})} />
  const change = (next: CalendarSearch) => void navigate({ to: '/o/$object/calendar', params: { object: name }, search: next, replace: true })
  return <Shown key={name} sources={[source]} search={search} usualWho={object.pages.calendar?.main ? 'mine' : 'all'} onChange={change} />
}

export function MyCalendar() {
  const { t } = useTranslation()
  const search = together.useSearch()
  const meta = useMeta()
  const sources = useMemo(() => meta.objects.filter((o) => o.pages.calendar?.main).flatMap((o) => sourceOf(o) ?? []), [meta])
  const navigate = useNavigate()
  const change = (next: CalendarSearch) => void navigate({ to: '/calendar', search: next, replace: true })
  return <Shown sources={sources} search={search} usualWho="mine" name={t('calendar.title')} onChange={change} />
}

/* The click that ends a drag is not one on the link under it. */
const noClick = (e: MouseEvent) => {
  e.preventDefault()
  e.stopPropagation()
}
const AFTER_MS = 60
const dragBegins = () => window.addEventListener('click', noClick, { capture: true })
const dragEnds = () => window.setTimeout(() => window.removeEventListener('click', noClick, { capture: true }), AFTER_MS)

interface ShownProps {
  sources: Source[]
  search: CalendarSearch
  usualWho: 'mine' | 'all'
  name?: string
  onChange: (next: CalendarSearch) => void
}

const KEY = 'calendar.view'

function useSettings({ sources, search, usualWho, onChange }: ShownProps) {
  const lang = useLang()
  const offset = useOffset()
  const today = todayOf(offset)
  const narrow = window.matchMedia('(max-width: 47.99em)').matches
  const view: View = VIEWS.find((v) => v === search.view) ?? recall<View>(KEY + (narrow ? '.phone' : '')) ?? (narrow ? 'agenda' : 'week')
  const day = isDay(search.day) ? search.day : today
  const days = useMemo(() => daysOf(view, day, firstWeekday(lang)), [view, day, lang])
  const who = search.who === 'mine' || search.who === 'all' ? search.who : usualWho
  const color: ColorBy = search.color === 'owner' || search.color === 'kind' ? search.color : who === 'all' && !sources.some((s) => s.page.color) ? 'owner' : 'kind'
  const change = (next: CalendarSearch) => {
    if (next.view) remember(KEY + (narrow ? '.phone' : ''), next.view)
    onChange({ ...search, ...next })
  }
  return { lang, offset, today, narrow, view, day, days, who, color, change }
}

function Shown(props: ShownProps) {
  const { sources, search, name } = props
  const { t } = useTranslation()
  const label = useLabel()
  const navigate = useNavigate()
  const { lang, offset, today, narrow, view, day, days, who, color, change } = useSettings(props)
  const [moving, setMoving] = useState<Event | null>(null)
  const root = useRef<HTMLDivElement>(null)
  const calendar = useCalendar(sources, { from: days[0] ?? day, to: days.at(-1) ?? day, mine: who === 'mine', filter: search.filter })
  const sensors = useSensors(useSensor(MouseSensor, { activationConstraint: { distance: 5 } }), useSensor(TouchSensor, { activationConstraint: { delay: 250, tolerance: 8 } }))
  const object = sources[0]?.object
  const title = name ?? label(object?.plural, object?.name)
  const range = rangeName(view, days, day, lang)
  useTitle(`${title} · ${name ? range : t('layout.calendar')}`)

  const focusDay = (to: string) => {
    change({ day: to })
    /* It may first have to be drawn. */
    requestAnimationFrame(() => requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-head="${to}"]`)?.focus()))
  }
  /* An event that went to another day is drawn anew there; the focus goes along. */
  const wanted = useRef('')
  useEffect(() => {
    const idle = document.activeElement === null || document.activeElement === document.body
    if (wanted.current && idle) root.current?.querySelector<HTMLElement>(`[data-event="${wanted.current}"] a`)?.focus()
  })
  const focusEvent = (key: string) => {
    wanted.current = key
  }
  const create = (on: string, at: number | null) => {
    const source = sources[0]
    if (!source || !may(source.object, 'create')) return
    const start = source.timed ? (localToMoment(`${on}T${clock(at ?? 9 * 60)}`, offset) ?? '') : on
    const more = at === null && source.timed && source.page.all_day ? { [source.page.all_day]: 'true' } : {}
    void navigate({ to: '/o/$object/new', params: { object: source.object.name }, search: { [source.start.name]: start, ...more } })
  }
  const drop = (e: DragEndEvent) => {
    dragEnds()
    const event = (e.active.data.current as { event: Event } | undefined)?.event
    if (!event || !e.over) return
    const [to = event.day, kind] = String(e.over.id).split('/')
    if (kind === 'hours' && event.at !== null) calendar.move(event, to, Math.min(Math.max(snap(event.at + (e.delta.y / HOUR_PX) * 60), 0), 1440 - SNAP_MIN))
    else if (kind === 'hours' && event.source.timed) {
      const top = document.querySelector(`[data-hours="${to}"]`)?.getBoundingClientRect().top ?? 0
      const y = (e.active.rect.current.translated?.top ?? 0) - top
      calendar.move(event, to, Math.min(Math.max(snap((y / HOUR_PX) * 60), 0), 1440 - SNAP_MIN))
    } else calendar.move(event, to, event.at)
  }

  /* Arrows go from day to day; Enter shows one, N makes something on it. */
  const onDayKey = (e: KeyboardEvent, at: string) => {
    const week = view === 'month' ? 7 : 0
    const steps: Record<string, () => string> = {
      ArrowLeft: () => addDays(at, -1), ArrowRight: () => addDays(at, 1),
      ...(week ? { ArrowUp: () => addDays(at, -week), ArrowDown: () => addDays(at, week) } : {}),
      PageUp: () => (view === 'month' ? addMonths(at, -1) : addDays(at, -7)), PageDown: () => (view === 'month' ? addMonths(at, 1) : addDays(at, 7)),
    }
    const to = steps[e.key]
    if (to) focusDay(to())
    else if (e.key === 'n' || e.key === 'N') create(at, null)
    else if (e.key === 'ArrowDown') (document.querySelector<HTMLElement>(`[data-hours="${at}"] a`) ?? null)?.focus()
    else return
    e.preventDefault()
    e.stopPropagation()
  }
  /* Arrows go to the next day; with Shift the event goes along; M asks for a time. */
  const onEventKey = (e: KeyboardEvent, event: Event) => {
    wanted.current = ''
    const may = calendar.mayMove(event)
    const days_ = e.key === 'ArrowLeft' ? -1 : e.key === 'ArrowRight' ? 1 : 0
    const min = e.key === 'ArrowUp' ? -SNAP_MIN : e.key === 'ArrowDown' ? SNAP_MIN : 0
    if ((e.key === 'm' || e.key === 'M') && may) setMoving(event)
    else if (e.shiftKey && days_ && may) calendar.move(event, addDays(event.day, days_), event.at)
    else if (e.shiftKey && min && may && event.at !== null) calendar.move(event, event.day, Math.min(Math.max(event.at + min, 0), 1440 - SNAP_MIN))
    else if (days_ && view !== 'agenda') focusDay(addDays(event.day, days_))
    else return
    if (e.shiftKey) focusEvent(event.key)
    e.preventDefault()
    e.stopPropagation()
  }

  const grid: GridProps = {
    title: range, days, chosen: day, today, events: calendar.events, color, mayMove: calendar.mayMove,
    onDay: (to) => change({ view: 'day', day: to }), onCreate: narrow && view === 'month' ? (to) => change({ view: 'day', day: to }) : create, onResize: calendar.resize, onDayKey, onEventKey,
  }
  const views = VIEWS.filter((v) => !narrow || v !== 'week')
  return (
    <div className={styles.page} ref={root} onPointerDown={() => void (wanted.current = '')}>
      <header className={styles.bar}>
        <h1>{title}</h1>
        <div className={styles.turn}>
          <ActionIcon variant="default" size="md" aria-label={t('calendar.before')} onClick={() => change({ day: step(view, day, -1) })}>
            <IconChevronLeft size={18} />
          </ActionIcon>
          <Button size="xs" variant="default" onClick={() => change({ day: today })}>
            {t('calendar.today')}
          </Button>
          <ActionIcon variant="default" size="md" aria-label={t('calendar.after')} onClick={() => change({ day: step(view, day, 1) })}>
            <IconChevronRight size={18} />
          </ActionIcon>
        </div>
        <span className={styles.range} aria-live="polite">
          {range}
        </span>
        <span className={styles.gap} />
        <NativeSelect
          size="xs"
          aria-label={t('calendar.who')}
          value={who}
          data={[{ value: 'mine', label: t('calendar.mine') }, { value: 'all', label: t('calendar.all') }]}
          onChange={(e) => change({ who: e.currentTarget.value as 'mine' | 'all' })}
        />
        <NativeSelect
          size="xs"
          className={styles.desk}
          aria-label={t('calendar.colour')}
          value={color}
          data={[{ value: 'kind', label: t('calendar.colour_kind') }, { value: 'owner', label: t('calendar.colour_owner') }]}
          onChange={(e) => change({ color: e.currentTarget.value as ColorBy })}
        />
        <SegmentedControl size="xs" aria-label={t('calendar.view')} value={view} onChange={(v) => change({ view: v as View })} data={views.map((v) => ({ value: v, label: t(`calendar.${v}`) }))} />
        {object && !name && <Layouts object={object} filter={search.filter} />}
        {object && may(object, 'create') && (
          <Button size="xs" leftSection={<IconPlus size={16} />} onClick={() => create(day, 9 * 60)}>
            {t('create_named', { name: label(object.label, object.name) })}
          </Button>
        )}
      </header>
      {calendar.error !== null && <Failed error={calendar.error} again={calendar.again} />}
      {calendar.cut && (
        <p role="status" className="dim small">
          {t('calendar.cut')}
        </p>
      )}
      {calendar.error === null && (
        <DndContext sensors={sensors} collisionDetection={pointerWithin} onDragStart={dragBegins} onDragEnd={drop} onDragCancel={dragEnds}>
          <div className={styles.grid} aria-busy={calendar.loading}>
            {view === 'month' ? <Month {...grid} /> : view === 'agenda' ? <AgendaList {...grid} onMove={setMoving} /> : <Hours key={view} {...grid} />}
          </div>
        </DndContext>
      )}
      {view !== 'agenda' && <p className={`dim small ${styles.keys}`}>{t('calendar.keys')}</p>}
      <Suspense>{moving && <MoveDialog key={moving.key} event={moving} onSave={(values) => calendar.write(moving, values)} onClose={() => setMoving(null)} />}</Suspense>
    </div>
  )
}
