/* Frame.tsx - what every tile of the home page has: a heading, and while one arranges, its handles. */
import { IconAlertTriangle, IconCalendarEvent, IconChartBar, IconClock, IconHistory, IconTargetArrow, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { TileKind } from '../../lib/page.ts'
import styles from './home.module.css'

const ICONS: Partial<Record<TileKind, TablerIcon>> = {
  agenda: IconCalendarEvent, alerts: IconAlertTriangle, figures: IconTargetArrow, groups: IconChartBar, changes: IconHistory, recent: IconClock,
}

interface FrameProps {
  name: string
  kind: TileKind
  title: string
  /* Beside the heading. */
  more?: ReactNode
  children: ReactNode
}

export function Frame({ name, kind, title, more, children }: FrameProps) {
  const Icon = ICONS[kind] ?? IconClock
  const id = `tile-${name}`
  return (
    <section className={`card ${styles.tile}`} aria-labelledby={id} data-tile={name}>
      <header className={styles.head}>
        <Icon size={18} stroke={1.7} className={styles.icon} aria-hidden />
        <h2 id={id}>{title}</h2>
        <span className={styles.gap} />
        {more}
      </header>
      {children}
    </section>
  )
}
