/* Hours.tsx - one day or a week by the hour; what has no time stands on top. */
import { useDroppable } from '@dnd-kit/core'
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clock, DAY_MIN, dayName, type Event, lanes, onDay, SHOWN_MIN, weekday, weekdayName } from '../../lib/calendar.ts'
import { momentToLocal } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { useOffset } from '../../lib/use.ts'
import styles from './calendar.module.css'
import { EventLink } from './EventLink.tsx'
import { type GridProps, HOUR_PX, snap, SNAP_MIN } from './grid.ts'

const FIRST_HOUR = 7.5
const HOURS = Array.from({ length: 24 }, (_, h) => h)

export function Hours(props: GridProps) {
  const { t } = useTranslation()
  const { days } = props
  const body = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (body.current) body.current.scrollTop = FIRST_HOUR * HOUR_PX
  }, [])
  return (
    <div className={styles.hours} data-days={days.length} role="group" aria-label={props.title} style={{ '--days': days.length, '--hour': `${HOUR_PX}px` } as React.CSSProperties}>
      <div className={styles.heads}>
        <span />
        {days.map((day) => (
          <Head key={day} day={day} {...props} />
        ))}
      </div>
      <div className={styles.whole}>
        <span className={styles.gutter}>{t('calendar.all_day')}</span>
        {days.map((day) => (
          <Whole key={day} day={day} {...props} />
        ))}
      </div>
      <div ref={body} className={styles.body} tabIndex={-1}>
        <div className={styles.gutters} aria-hidden>
          {HOURS.map((h) => (
            <span key={h}>{h > 0 ? clock(h * 60) : ''}</span>
          ))}
        </div>
        {days.map((day) => (
          <Column key={day} day={day} {...props} />
        ))}
      </div>
    </div>
  )
}

function Head({ day, ...props }: GridProps & { day: string }) {
  const { t } = useTranslation()
  const lang = useLang()
  const count = onDay(props.events, day).length
  return (
    <button
      type="button"
      className={styles.head}
      data-head={day}
      data-today={day === props.today || undefined}
      tabIndex={day === props.chosen ? 0 : -1}
      aria-current={day === props.today ? 'date' : undefined}
      onClick={() => props.onDay(day)}
      onKeyDown={(e) => props.onDayKey(e, day)}
    >
      <span aria-hidden>{weekdayName(day, lang)}</span>
      <strong aria-hidden>{Number(day.slice(8))}</strong>
      <span className="sr">{t('calendar.day_events', { day: dayName(day, lang), count })}</span>
    </button>
  )
}

function Whole({ day, ...props }: GridProps & { day: string }) {
  const { setNodeRef, isOver } = useDroppable({ id: `${day}/whole` })
  const events = onDay(props.events, day).filter((e) => e.at === null || e.day !== day)
  return (
    <div
      ref={setNodeRef}
      className={styles.wholeDay}
      data-over={isOver || undefined}
      data-weekend={[0, 6].includes(weekday(day)) || undefined}
      onClick={(e) => {
        if (e.target === e.currentTarget) props.onCreate(day, null)
      }}
    >
      {events.map((event) => (
        <EventLink key={event.key} part={event.day === day ? '' : `/${day}`} event={event} color={props.color} movable={props.mayMove(event)} onKey={props.onEventKey} className={styles.chip} />
      ))}
    </div>
  )
}

function Now() {
  const offset = useOffset()
  const now = () => {
    const local = momentToLocal(new Date().toISOString(), offset)
    return Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))
  }
  const [at, setAt] = useState(now)
  useEffect(() => {
    const timer = window.setInterval(() => setAt(now()), 60_000)
    return () => window.clearInterval(timer)
  })
  return <span className={styles.now} style={{ top: (at / 60) * HOUR_PX }} aria-hidden />
}

function Column({ day, ...props }: GridProps & { day: string }) {
  const { setNodeRef, isOver } = useDroppable({ id: `${day}/hours` })
  const events = onDay(props.events, day).filter((e) => e.at !== null && e.day === day)
  return (
    <div
      ref={setNodeRef}
      className={styles.column}
      data-hours={day}
      data-over={isOver || undefined}
      data-weekend={[0, 6].includes(weekday(day)) || undefined}
      onClick={(e) => {
        if (e.target !== e.currentTarget) return
        const top = e.currentTarget.getBoundingClientRect().top
        props.onCreate(day, Math.floor(((e.clientY - top) / HOUR_PX) * 2) * 30)
      }}
    >
      {day === props.today && <Now />}
      {lanes(events).map(({ event, lane, lanes: of }) => (
        <Timed key={event.key} event={event} left={lane / of} width={1 / of} {...props} />
      ))}
    </div>
  )
}

/* Drag of the lower edge: how long it lasts, while one drags. */
function useStretch(event: Event, onResize: (event: Event, min: number) => void) {
  const [min, setMin] = useState<number | null>(null)
  const from = useRef(0)
  const of = (e: PointerEvent) => Math.min(Math.max(snap((event.lasts ?? SHOWN_MIN) + ((e.clientY - from.current) / HOUR_PX) * 60), SNAP_MIN), DAY_MIN - (event.at ?? 0))
  return {
    min,
    handlers: {
      onPointerDown: (e: PointerEvent) => {
        e.stopPropagation()
        e.currentTarget.setPointerCapture(e.pointerId)
        from.current = e.clientY
        setMin(event.lasts ?? SHOWN_MIN)
      },
      onPointerMove: (e: PointerEvent) => {
        if (min !== null) setMin(of(e))
      },
      onPointerUp: (e: PointerEvent) => {
        if (min === null) return
        setMin(null)
        onResize(event, of(e))
      },
      onPointerCancel: () => setMin(null),
      onMouseDown: (e: React.MouseEvent) => e.stopPropagation(),
      onTouchStart: (e: React.TouchEvent) => e.stopPropagation(),
    },
  }
}

function Timed({ event, left, width, ...props }: GridProps & { event: Event; left: number; width: number }) {
  const movable = props.mayMove(event)
  const stretch = useStretch(event, props.onResize)
  const min = Math.max(stretch.min ?? Math.min(event.min, DAY_MIN - (event.at ?? 0)), SHOWN_MIN)
  const style = { top: ((event.at ?? 0) / 60) * HOUR_PX, height: (min / 60) * HOUR_PX - 2, left: `${left * 100}%`, width: `calc(${width * 100}% - 3px)` }
  return (
    <EventLink event={event} color={props.color} movable={movable} onKey={props.onEventKey} className={min < 45 ? `${styles.timed} ${styles.short}` : styles.timed} style={style}>
      {movable && event.source.page.duration && <span className={styles.edge} data-edge aria-hidden {...stretch.handlers} />}
    </EventLink>
  )
}
