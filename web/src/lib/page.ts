/*
 * page.ts - pages made of tiles, which packs describe: what stands on them, and what each tile says
 * now.  A tile is one question, however many figures it shows.
 */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from './api.ts'
import type { Groups } from './group.ts'
import type { Change, Json, Labels, Link, Rec } from './types.ts'

export interface Part {
  name: string
  label: Labels
  object: string
  filter: string
  sort: string
  fields: string
  sum: string
  by: string
  tone: '' | 'bad' | 'warn' | 'good'
  limit: number
  /* What ticking a record off writes; "now" stands for the moment. */
  set: Record<string, Json> | null
  target: Part | null
}

export type TileKind = 'agenda' | 'alerts' | 'figures' | 'groups' | 'changes' | 'recent' | 'steps'
export interface Tile {
  name: string
  kind: TileKind
  icon: string
  label: Labels
  parts: Part[]
}

export interface Answer {
  name: string
  groups: Groups
  rows: Rec[]
  target: Groups | null
}

/* What somebody else changed on a record. */
export interface News {
  type: 'created' | 'restored' | 'change'
  id: string
  at: string
  by: Link | null
  object: string
  record: Rec
  changes: Change[]
}

export const pageQuery = (page: string) =>
  queryOptions({
    queryKey: ['page', page],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) => get<{ tiles: Tile[] }>(`/page/${page}`, undefined, signal),
  })

/* The objects stand in the key: news of one of them makes the answer old (lib/live.ts). */
const objectsOf = (tile: Tile) => [...new Set(tile.parts.flatMap((p) => (p.target ? [p.object, p.target.object] : [p.object])))]

export const tileQuery = (page: string, tile: Tile) =>
  queryOptions({
    queryKey: ['page', page, tile.name, objectsOf(tile)],
    queryFn: ({ signal }) => get<{ parts: Answer[] }>(`/page/${page}/${tile.name}`, undefined, signal),
  })

export const newsQuery = (page: string, tile: Tile) =>
  infiniteQueryOptions({
    queryKey: ['page', page, tile.name, objectsOf(tile), 'news'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      get<{ rows: News[]; next: string | null }>(`/page/${page}/${tile.name}`, { cursor: pageParam }, signal),
    getNextPageParam: (last) => last.next || undefined,
  })

/* How many, of an answer without groups. */
export function countOf(answer: Groups | null | undefined): number | null {
  if (!answer) return null
  if (!answer.complete && answer.groups.length === 0) return null
  return answer.groups.reduce((n, g) => n + g.count, 0)
}

/* The figure as one number for a bar: money of the target's currency, else the sum, else the count. */
export function valueOf(answer: Groups | null | undefined, sum: string, currency?: string): number | null {
  const group = answer?.groups[0]
  if (!sum) return countOf(answer)
  const value = group?.sums[sum]
  if (value === undefined || value === null) return group || answer?.complete ? 0 : null
  if (!Array.isArray(value)) return Number(value)
  const one = currency ? value.find((m) => m.currency === currency) : value[0]
  return Number(one?.amount ?? 0)
}

export function currencyOf(answer: Groups | null | undefined, sum: string): string | undefined {
  const value = answer?.groups[0]?.sums[sum]
  return Array.isArray(value) ? value[0]?.currency : undefined
}
