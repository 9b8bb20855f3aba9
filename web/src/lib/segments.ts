/* segments.ts - segments and their lists, as the server tells them. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, post } from './api.ts'
import type { Json, Link, Rec, RecordPage } from './types.ts'

export interface Segment {
  id: string
  version: number
  name: string
  object: string
  kind: string
  filter: string | null
  exclude: Link[] | null
  consent_purpose: string | null
  consent_channel: string | null
  contacts_max: number | null
  contacts_days: number | null
  contacts_kind: string | null
  control: string | null
  seed: string | null
  cells: string | null
  schedule: string | null
  shared: boolean
}

export interface SegmentList {
  id: string
  name: string
  state: 'running' | 'frozen' | 'handing' | 'failed'
  mine: boolean
  automatic: boolean
  rule: string
  text: string
  exclude: string
  seed: string
  control: string
  cells: string
  counts: Record<string, number>
  source: string
  as_of: string | null
  matched: number | null
  total: number | null
  seen: number | null
  entered: number | null
  gone: number | null
  tasks: number | null
  refused: number | null
  frozen_at: string | null
  took_ms: number | null
  problem: string
  author: Link
}

export interface SizeThen {
  at: string
  size: number
  entered: number | null
  gone: number | null
}

export interface Count {
  count: number | null
  suppressed: boolean
  source: string
  behind_ms: number
  matched: number | null
  text: string
  rows: Rec[]
}

export interface Overlap {
  object: string
  source: string
  sizes: { id: string; name: string; count: number | null; funnel: number | null }[]
  pairs: { a: string; b: string; count: number | null }[]
}

const LOOK_MS = 700

export const segmentsQuery = queryOptions({
  queryKey: ['segments'],
  queryFn: async ({ signal }) => (await get<RecordPage>('/segment', { limit: 1000, sort: 'name' }, signal)).rows as unknown as Segment[],
})

export const segmentQuery = (id: string) =>
  queryOptions({
    queryKey: ['segments', id],
    enabled: id !== '',
    queryFn: async ({ signal }) => (await get<unknown>(`/segment/${id}`, undefined, signal)) as Segment,
  })

const atWork = (l: SegmentList) => l.state === 'running' || l.state === 'handing'

export const listsQuery = (id: string) =>
  queryOptions({
    queryKey: ['segments', id, 'lists'],
    queryFn: ({ signal }) => get<{ rows: SegmentList[]; history: SizeThen[] }>(`/segment/${id}/lists`, undefined, signal),
    refetchInterval: (query) => (query.state.data?.rows.some(atWork) ? LOOK_MS : false),
  })

export const countQuery = (ask: { [key: string]: Json }) =>
  queryOptions({
    queryKey: ['segment-count', ask],
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => post<Count>('/segment/estimate', ask, { signal }),
  })

export const overlapQuery = (ids: string[]) =>
  queryOptions({
    queryKey: ['segment-overlap', ids],
    enabled: ids.length > 1,
    queryFn: ({ signal }) => post<Overlap>('/segment/overlap', { segments: ids }, { signal }),
  })
