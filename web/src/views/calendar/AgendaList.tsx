/* AgendaList.tsx - day after day as a list, for where there is little room. */
import { ActionIcon } from '@mantine/core'
import { IconClockEdit } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { dayName, type Event, onDay } from '../../lib/calendar.ts'
import { useLang } from '../../lib/i18n.ts'
import { titleOf } from '../../lib/meta.ts'
import { Empty } from '../states.tsx'
import styles from './calendar.module.css'
import { EventLink } from './EventLink.tsx'
import type { GridProps } from './grid.ts'

export function AgendaList({ onMove, ...props }: GridProps & { onMove: (event: Event) => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const days = props.days.map((day) => ({ day, events: onDay(props.events, day) })).filter(({ day, events }) => events.length > 0 || day === props.today)
  if (days.every((d) => d.events.length === 0)) return <Empty title={t('calendar.nothing')} />
  return (
    <div className={styles.agenda}>
      {days.map(({ day, events }) => (
        <section key={day} aria-label={dayName(day, lang)}>
          <h2 data-today={day === props.today || undefined}>{dayName(day, lang)}</h2>
          {events.length === 0 && <p className="dim small">{t('calendar.free')}</p>}
          <ul className="plain">
            {events.map((event) => (
              <li key={event.key} className={styles.line}>
                <EventLink event={event} part={`/${day}`} color={props.color} movable={false} onKey={props.onEventKey} className={styles.row} />
                {props.mayMove(event) && (
                  <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('calendar.move_named', { name: titleOf(event.source.object, event.record) })} onClick={() => onMove(event)}>
                    <IconClockEdit size={19} />
                  </ActionIcon>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
