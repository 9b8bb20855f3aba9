/* recent.ts - the records last looked at on this device, for the home page and the search box. */
import { recall, remember } from './storage.ts'

export interface Seen {
  object: string
  id: string
  title: string
  at: number
}

const KEEP = 12

export function recentKey(user: string): string {
  return `recent.${user}`
}

export function recentOf(user: string): Seen[] {
  return recall<Seen[]>(recentKey(user)) ?? []
}

export function saw(user: string, seen: Omit<Seen, 'at'>) {
  const others = recentOf(user).filter((s) => s.id !== seen.id)
  remember(recentKey(user), [{ ...seen, at: Date.now() }, ...others].slice(0, KEEP))
}
