/*
 * recent.ts - the records last looked at, for the home page and the search box.  This device has them
 * with their titles; the server has which they were (follow.ts), so that they are there on the next one.
 */
import { useSyncExternalStore } from 'react'
import { recall, remember } from './storage.ts'

export interface Seen {
  object: string
  id: string
  title: string
  at: number
}

export const KEEP = 12

export function recentKey(user: string): string {
  return `recent.${user}`
}

export function recentOf(user: string): Seen[] {
  return recall<Seen[]>(recentKey(user)) ?? []
}

const listeners = new Set<() => void>()
let changes = 0

export function onRecent(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function setRecent(user: string, list: readonly Seen[]) {
  remember(recentKey(user), list.slice(0, KEEP))
  changes++
  for (const tell of listeners) tell()
}

export function saw(user: string, seen: Omit<Seen, 'at'>) {
  const others = recentOf(user).filter((s) => s.id !== seen.id)
  setRecent(user, [{ ...seen, at: Date.now() }, ...others])
}

export function useRecent(user: string): Seen[] {
  useSyncExternalStore(onRecent, () => changes)
  return recentOf(user)
}

/* Which they were, and when: never their names, which change and may have to be forgotten. */
export type Trace = Omit<Seen, 'title'>

/* Of two devices: the newest of both, each once. */
export function joinTraces(a: readonly Trace[], b: readonly Trace[]): Trace[] {
  const newest = new Map<string, Trace>()
  for (const { object, id, at } of [...a, ...b]) if (at > (newest.get(id)?.at ?? 0)) newest.set(id, { object, id, at })
  return [...newest.values()].sort((x, y) => y.at - x.at).slice(0, KEEP)
}
