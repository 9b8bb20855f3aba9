/* first.ts - what a new system asks and is asked: demo data, set-up, the steps that teach. */
import { queryOptions } from '@tanstack/react-query'
import { get } from './api.ts'

export interface Demo {
  state: 'none' | 'loading' | 'there' | 'removing'
  organisation: string
  permille: number
  records: number
  kept: number
  organisations: string[]
}

const BUSY_MS = 400
export const demoBusy = (demo: Demo | undefined) => demo?.state === 'loading' || demo?.state === 'removing'

export const demoQuery = queryOptions({
  queryKey: ['demo'],
  staleTime: 0,
  queryFn: ({ signal }) => get<Demo>('/demo', undefined, signal),
  refetchInterval: (query) => (demoBusy(query.state.data) ? BUSY_MS : false),
})

/* Does the system wait for its first administrator? */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  staleTime: 0,
  queryFn: ({ signal }) => get<{ open: boolean }>('/setup', undefined, signal),
})

/* Kept as the preference "first_steps". */
export interface Steps {
  dismissed?: boolean
  /* The greeting of an empty system was answered. */
  begun?: boolean
  phone?: boolean
}
export const STEPS = 'first_steps'

/* Is this window an installed application? */
export function isInstalled(): boolean {
  return window.matchMedia('(display-mode: standalone)').matches
}
