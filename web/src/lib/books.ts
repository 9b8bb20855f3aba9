/* books.ts - the books a record stands in, and moves of accounts between markets: what is asked. */
import { queryOptions } from '@tanstack/react-query'
import { get, post } from './api.ts'
import type { Labels, Link } from './types.ts'

export const recordBooksQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id, 'books'],
    queryFn: async ({ signal }) => (await get<{ rows: (Link & { since: string })[] }>(`/${object}/${id}/books`, undefined, signal)).rows,
  })

/* `changed` 0: it stood there already, or may not be put there. */
export const putIntoBook = (book: string, object: string, ids: string[], out = false) =>
  post<{ changed: number; refused: number }>(`/book/${book}/records`, { object, ids, remove: out })

export interface Relocation {
  name: string
  label: Labels | null
  from: string
  to: string
  good: boolean
}

export const relocationsQuery = queryOptions({
  queryKey: ['relocation'],
  staleTime: 5 * 60_000,
  queryFn: async ({ signal }) => (await get<{ rows: Relocation[] }>('/relocation', undefined, signal)).rows.filter((r) => r.good),
})

export interface RelocationRow {
  object: string
  id: string
  title: string
  does: 'moves' | 'stays' | 'goes'
  deleted: boolean
  fields: { field: string; before: unknown; after: unknown }[]
  problems: { path: string; detail: string }[]
}

export interface RelocationPreview {
  rows: RelocationRow[]
  from: string
  to: string
  moving: number
  staying: number
  removed: number
  hidden: number
  problems: number
  shares: number
  books: number
  allowed: boolean
}

export const relocationPreviewQuery = (name: string, account: string) =>
  queryOptions({
    queryKey: ['record', 'account', account, 'relocation', name],
    enabled: name !== '' && account !== '',
    staleTime: 0,
    retry: false,
    queryFn: () => post<RelocationPreview>(`/relocation/${name}/preview`, { account }),
  })
