/* audit.ts - checks of the whole store: what the server says of them, and where it found something. */
import { queryOptions } from '@tanstack/react-query'
import { get } from './api.ts'
import type { Link } from './types.ts'

export interface Found {
  check: string
  where: string
  count: number
  detail: string
}

export interface CheckResult {
  ok: boolean
  problems: Found[]
  log: { seals: number; entries: number; removed: number; records: number; anchored: boolean; erased: number }
  /* Of a drill. */
  path?: string
  ms?: number
}

export interface Check {
  id: string
  kind: 'verify' | 'drill'
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  by: Link | null
  created_at: string
  finished_at: string | null
  done: number
  total: number
  problems: number
  result: CheckResult | null
  problem: string
}

export const isOpen = (check: Check | undefined) => check?.state === 'waiting' || check?.state === 'running'

const LOOK_MS = 800
export const checksQuery = queryOptions({
  queryKey: ['checks'],
  queryFn: async ({ signal }) => (await get<{ rows: Check[] }>('/admin/audit/checks', undefined, signal)).rows,
  refetchInterval: (query) => (query.state.data?.some(isOpen) ? LOOK_MS : false),
})

/* "altered after it was sealed" → the name of its words in i18n/audit. */
export const slug = (detail: string) => detail.toLowerCase().replace(/[^a-z]+/g, '_').replace(/^_|_$/g, '')

export type Where =
  | { key: 'entry' | 'erasure'; a: string }
  | { key: 'seal'; a: string; b: string; c: string }
  | { key: 'seal_entry'; a: string; b: string }
  | { key: 'record'; a: string; b: string; object: string }
  | { key: 'database' | 'log' }
  | { key: 'field'; object: string; field: string }
  | { key: 'other'; text: string }

/* The place that a check names, taken apart. */
export function readWhere(text: string): Where {
  const parts = (pattern: RegExp) => pattern.exec(text)?.slice(1) as [string, string, string] | undefined
  let m = parts(/^entry (\d+)$/)
  if (m) return { key: 'entry', a: m[0] }
  m = parts(/^erasure (\d+)$/)
  if (m) return { key: 'erasure', a: m[0] }
  m = parts(/^seal (\d+), entries (\d+)-(\d+)$/)
  if (m) return { key: 'seal', a: m[0], b: m[1], c: m[2] }
  m = parts(/^seal (\d+), entry (\d+)$/)
  if (m) return { key: 'seal_entry', a: m[0], b: m[1] }
  m = parts(/^record (\d+) of (\S+), entry (\d+)$/)
  if (m) return { key: 'record', a: m[0], b: m[2], object: m[1] }
  if (text === 'database') return { key: 'database' }
  if (text === 'gx_change') return { key: 'log' }
  m = parts(/^([a-z]\w*)(?:\.(\w+))?$/)
  if (m) return { key: 'field', object: m[0], field: m[1] ?? '' }
  return { key: 'other', text }
}
