/* grid.ts - what the month and the hours of days are given alike. */
import type { KeyboardEvent } from 'react'
import type { Event } from '../../lib/calendar.ts'
import type { ColorBy } from './EventLink.tsx'

export interface GridProps {
  title: string
  days: readonly string[]
  /* The chosen one; arrow keys begin there. */
  chosen: string
  today: string
  events: readonly Event[]
  color: ColorBy
  mayMove: (event: Event) => boolean
  onDay: (day: string) => void
  onCreate: (day: string, at: number | null) => void
  onResize: (event: Event, min: number) => void
  onDayKey: (e: KeyboardEvent, day: string) => void
  onEventKey: (e: KeyboardEvent, event: Event) => void
}

/* A quarter of an hour is as fine as one drags. */
export const SNAP_MIN = 15
export const HOUR_PX = 50
export const snap = (min: number) => Math.round(min / SNAP_MIN) * SNAP_MIN
