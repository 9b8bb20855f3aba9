/* EventLink.tsx - a record on the calendar: a link that can be dragged, moved by keys, opened. */
import { useDraggable } from '@dnd-kit/core'
import { Link } from '@tanstack/react-router'
import type { KeyboardEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { clock, type Event, shortDay } from '../../lib/calendar.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, titleOf } from '../../lib/meta.ts'
import type { Link as To } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import styles from './calendar.module.css'

export type ColorBy = 'kind' | 'owner'

const HUES = ['teal', 'blue', 'violet', 'orange', 'green', 'pink', 'cyan', 'indigo', 'lime', 'red', 'grape', 'yellow'] as const

/* The same person always has the same colour. */
function hueOfId(id: string): string {
  let sum = 0
  for (const c of id) sum = (sum * 31 + c.charCodeAt(0)) % 9973
  return HUES[sum % HUES.length] ?? 'teal'
}

export function hueOf(event: Event, by: ColorBy): string {
  const { object, page } = event.source
  const owner = event.record.owner as To | null | undefined
  if (by === 'owner') return owner ? hueOfId(owner.id) : 'gray'
  const field = page.color ? findField(object, page.color) : null
  const choice = field?.choices?.find((c) => c.code === event.record[field.name])
  return choice?.color ?? 'teal'
}

export function isDone(event: Event): boolean {
  const done = event.source.page.done
  return done ? done.values.includes(String(event.record[done.field])) : false
}

export interface EventProps {
  event: Event
  color: ColorBy
  movable: boolean
  onKey: (e: KeyboardEvent, event: Event) => void
  /* An event of several days is drawn on each; only one of them is dragged. */
  part?: string
  className?: string | undefined
  style?: React.CSSProperties | undefined
  children?: ReactNode
}

export function EventLink({ event, color, movable, onKey, part = '', className = '', style, children }: EventProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const { object, page } = event.source
  const drag = useDraggable({ id: event.key + part, data: { event }, disabled: !movable })
  const { x = 0, y = 0 } = drag.transform ?? {}
  const title = titleOf(object, event.record)
  const kind = page.color ? findField(object, page.color) : null
  const choice = kind?.choices?.find((c) => c.code === event.record[kind.name])
  const more = [choice ? label(choice.label) : label(object.label), shortDay(event.day, lang), event.at === null ? t('calendar.all_day') : '', isDone(event) ? t('calendar.done') : ''].filter(Boolean).join(', ')
  return (
    <div
      ref={drag.setNodeRef}
      className={`${styles.event} ${className}`}
      data-event={event.key}
      data-hue={hueOf(event, color)}
      data-done={isDone(event) || undefined}
      data-lifted={drag.isDragging || undefined}
      data-movable={movable || undefined}
      style={drag.isDragging ? { ...style, transform: `translate(${x}px, ${y}px)` } : style}
      {...(movable ? drag.listeners : {})}
    >
      <Link to="/o/$object/$id" params={{ object: object.name, id: event.record.id }} className={styles.link} title={`${title}, ${more}`} draggable={false} onKeyDown={(e) => onKey(e, event)}>
        {event.at !== null && <span className={styles.time}>{clock(event.at)}</span>}
        <span className={styles.title}>{title}</span>
        <span className="sr">, {more}</span>
      </Link>
      {children}
    </div>
  )
}
