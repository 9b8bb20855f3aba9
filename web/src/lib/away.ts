/* away.ts - how far this device is from the server, for the mark in the header. */
import { useSyncExternalStore } from 'react'

export interface Away {
  /* How many things wait to be sent. */
  waiting: number
  /* Of the oldest reply on the screen that was kept from before; empty: all is fresh. */
  asOf: string
}

let away: Away = { waiting: 0, asOf: '' }
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function setAway(change: Partial<Away>) {
  const next = { ...away, ...change }
  if (next.waiting === away.waiting && next.asOf === away.asOf) return
  away = next
  for (const listener of listeners) listener()
}

export const useAway = () => useSyncExternalStore(subscribe, () => away)
