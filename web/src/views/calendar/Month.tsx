/* Month.tsx - whole weeks; each day has its first few events and says how many more there are. */
import { useDroppable } from '@dnd-kit/core'
import { useTranslation } from 'react-i18next'
import { dayName, onDay, weekday, weekdayName } from '../../lib/calendar.ts'
import { useLang } from '../../lib/i18n.ts'
import styles from './calendar.module.css'
import { EventLink } from './EventLink.tsx'
import type { GridProps } from './grid.ts'

const SHOWN = 4

export function Month(props: GridProps) {
  const lang = useLang()
  const { days } = props
  const weeks = Array.from({ length: days.length / 7 }, (_, i) => days.slice(i * 7, i * 7 + 7))
  return (
    <div className={styles.month} role="grid" aria-label={props.title}>
      <div role="row" className={styles.weekdays}>
        {(weeks[0] ?? []).map((day) => (
          <div key={day} role="columnheader" data-weekend={[0, 6].includes(weekday(day)) || undefined}>
            {weekdayName(day, lang)}
          </div>
        ))}
      </div>
      {weeks.map((week) => (
        <div key={week[0]} role="row" className={styles.week}>
          {week.map((day) => (
            <Cell key={day} day={day} {...props} />
          ))}
        </div>
      ))}
    </div>
  )
}

function Cell({ day, ...props }: GridProps & { day: string }) {
  const { t } = useTranslation()
  const lang = useLang()
  const { setNodeRef, isOver } = useDroppable({ id: day })
  const events = onDay(props.events, day)
  const shown = events.length > SHOWN ? events.slice(0, SHOWN - 1) : events
  const more = events.length - shown.length
  return (
    <div
      ref={setNodeRef}
      role="gridcell"
      className={styles.cell}
      data-day={day}
      data-over={isOver || undefined}
      data-weekend={[0, 6].includes(weekday(day)) || undefined}
      data-other={day.slice(0, 7) !== props.chosen.slice(0, 7) || undefined}
      data-today={day === props.today || undefined}
      onClick={(e) => {
        if (e.target === e.currentTarget) props.onCreate(day, null)
      }}
    >
      <button
        type="button"
        className={styles.number}
        data-head={day}
        tabIndex={day === props.chosen ? 0 : -1}
        aria-current={day === props.today ? 'date' : undefined}
        aria-label={t('calendar.day_events', { day: dayName(day, lang), count: events.length })}
        onClick={() => props.onDay(day)}
        onKeyDown={(e) => props.onDayKey(e, day)}
      >
        {Number(day.slice(8))}
      </button>
      <div className={styles.chips}>
        {shown.map((event) => (
          <EventLink key={event.key} part={event.day === day ? '' : `/${day}`} event={event} color={props.color} movable={props.mayMove(event)} onKey={props.onEventKey} className={styles.chip} />
        ))}
        {more > 0 && (
          <button type="button" className={styles.more} onClick={() => props.onDay(day)}>
            {t('calendar.more', { count: more })}
          </button>
        )}
      </div>
      {events.length > 0 && (
        <span className={styles.dots} aria-hidden>
          {events.length}
        </span>
      )}
    </div>
  )
}
