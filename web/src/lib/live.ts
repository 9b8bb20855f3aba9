/*
 * live.ts - what others change appears without reload: one stream of events for this window.
 *
 * The server sends names, never values: what is on the screen is then asked for again, under the same
 * rights as ever.  A hidden window closes its stream and catches up when it is seen again; a lost
 * one is opened anew, ever more slowly, and the server tells what was missed.
 */
import { useSyncExternalStore } from 'react'
import { address, sessionOver } from './api.ts'
import { metaQuery, queryClient } from './queries.ts'
import { type Arrival, backOff, isNews, type Known, mergeArrival, relatedObjects } from './live_rules.ts'
import type { LiveEvent, Rec } from './types.ts'

const LISTS_EVERY_MS = 1_500
const SOON_MS = 60
const QUIET_MAX_MS = 50_000 /* the server beats every 20 s */
const OFFLINE_AFTER_MS = 3_000
/* A list scrolled further than this is not read again as a whole. */
const PAGES_MAX = 3

let source: EventSource | null = null
let me = ''
let last = '' /* id of the newest event */
let tries = 0
let retryTimer = 0
let quietTimer = 0
let offlineTimer = 0
let offline = false

/* Changes by others, by "object/id", until they were seen. */
let arrivals: ReadonlyMap<string, Arrival> = new Map()
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
function tell() {
  for (const listener of listeners) listener()
}

export function useOffline(): boolean {
  return useSyncExternalStore(subscribe, () => offline)
}
export function useArrival(object: string, id: string): Arrival | undefined {
  return useSyncExternalStore(subscribe, () => arrivals.get(`${object}/${id}`))
}
export function dismissArrival(object: string, id: string) {
  if (!arrivals.has(`${object}/${id}`)) return
  const next = new Map(arrivals)
  next.delete(`${object}/${id}`)
  arrivals = next
  tell()
}

/* --- what is on the screen is asked for again, not more often than it can be looked at */

const waiting = new Set<string>()
let refreshTimer = 0
let refreshed = 0

function refreshNow() {
  refreshTimer = 0
  refreshed = Date.now()
  const objects = [...waiting]
  waiting.clear()
  for (const object of objects) refreshObject(object)
}
function refreshSoon(object: string) {
  waiting.add(object)
  if (refreshTimer) return
  refreshTimer = window.setTimeout(refreshNow, Math.max(SOON_MS, refreshed + LISTS_EVERY_MS - Date.now()))
}

function refreshObject(object: string) {
  const meta = queryClient.getQueryData(metaQuery.queryKey)
  const near = meta ? relatedObjects(meta, object) : new Set<string>()
  void queryClient.invalidateQueries({
    predicate: ({ queryKey, state }) => {
      const [kind, of] = queryKey as string[]
      if (kind === 'groups') return of === object
      if (kind === 'page') return (queryKey[3] as string[] | undefined)?.includes(object) ?? false
      if (kind === 'list') return of === object && ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) <= PAGES_MAX
      return kind === 'record' && of !== undefined && near.has(of)
    },
  })
  /* Long lists are read again when somebody comes back to them. */
  void queryClient.invalidateQueries({ queryKey: ['list', object], refetchType: 'none' })
}

function onChange(event: LiveEvent) {
  const key = `${event.object}/${event.id ?? ''}`
  const shown = event.id ? queryClient.getQueryData<Rec>(['record', event.object, event.id]) : undefined
  const known: Known = { version: shown?.version, me }
  if (!isNews(event, known)) return
  if (event.kind === 'bulk') {
    void queryClient.invalidateQueries({ queryKey: ['record', event.object] })
  } else if (shown && event.id) {
    if (event.by?.id !== me) {
      arrivals = new Map(arrivals).set(key, mergeArrival(arrivals.get(key), event))
      tell()
    }
    /* What somebody looks at is not taken away; it says that it is gone. */
    if (event.kind !== 'deleted') void queryClient.invalidateQueries({ queryKey: ['record', event.object, event.id] })
  }
  refreshSoon(event.object)
}

/* Objects and fields as they are now, where others were published; quietly, what is typed stays. */
function redefined({ data }: MessageEvent<string>) {
  const { version } = JSON.parse(data) as { version?: string }
  const known = queryClient.getQueryData(metaQuery.queryKey)?.version
  if (!version || !known || version === known) return
  void queryClient.invalidateQueries({ queryKey: metaQuery.queryKey })
  void queryClient.invalidateQueries({ queryKey: ['page'] })
}

function readAnew() {
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => ['list', 'record', 'search', 'page'].includes(String(queryKey[0])) })
}

/* Somebody came to, or left, a record that is open here. */
type Came = (object: string, id: string) => void
const presence = new Set<Came>()
export function onPresence(listener: Came): () => void {
  presence.add(listener)
  return () => void presence.delete(listener)
}

/* --- the stream */

function setOffline(next: boolean) {
  window.clearTimeout(offlineTimer)
  offlineTimer = 0
  if (offline === next) return
  offline = next
  tell()
}

function close() {
  source?.close()
  source = null
  window.clearTimeout(retryTimer)
  window.clearTimeout(quietTimer)
}

function lost() {
  close()
  if (!offline && !offlineTimer) offlineTimer = window.setTimeout(() => setOffline(true), OFFLINE_AFTER_MS)
  retryTimer = window.setTimeout(open, backOff(tries++, Math.random()))
}

function heard(event: MessageEvent) {
  if (event.lastEventId) last = event.lastEventId
  tries = 0
  setOffline(false)
  window.clearTimeout(quietTimer)
  quietTimer = window.setTimeout(lost, QUIET_MAX_MS)
}

function open() {
  close()
  if (!me || document.hidden) return
  const stream = new EventSource(address('/events', { after: last }))
  source = stream
  const on = (name: string, call: (event: MessageEvent<string>) => void) =>
    stream.addEventListener(name, (event: MessageEvent<string>) => {
      if (source !== stream) return
      heard(event)
      call(event)
    })
  /* Who came or left while nothing could be heard is asked for anew. */
  on('hello', (event) => {
    presence.forEach((listener) => listener('', ''))
    redefined(event)
  })
  on('definition', redefined)
  on('beat', () => {})
  on('change', (event) => onChange(JSON.parse(event.data) as LiveEvent))
  on('presence', (event) => {
    const { object, id } = JSON.parse(event.data) as { object: string; id: string }
    for (const listener of presence) listener(object, id)
  })
  on('reset', (event) => {
    readAnew()
    redefined(event)
  })
  on('end', (event) => {
    const { reason } = JSON.parse(event.data) as { reason?: string }
    if (reason !== 'signed_out') return lost()
    close()
    sessionOver()
  })
  stream.onerror = () => {
    if (source === stream) lost()
  }
}

function seen() {
  if (document.hidden) close()
  else if (!source) {
    tries = 0
    open()
  }
}
function online() {
  tries = 0
  open()
}

/* For as long as somebody is signed in; the function given back ends it. */
export function startLive(user: string): () => void {
  me = user
  document.addEventListener('visibilitychange', seen)
  window.addEventListener('online', online)
  window.addEventListener('offline', lost)
  open()
  return () => {
    document.removeEventListener('visibilitychange', seen)
    window.removeEventListener('online', online)
    window.removeEventListener('offline', lost)
    close()
    setOffline(false)
    window.clearTimeout(refreshTimer)
    refreshTimer = 0
    waiting.clear()
    me = last = ''
    arrivals = new Map()
  }
}
