/* notices.ts - what one should know before working on a customer: likenesses, and who else is at it. */
import { queryOptions } from '@tanstack/react-query'
import { call, get, post } from './api.ts'
import { findField, processOf } from './meta.ts'
import type { Json, Link, Meta, ObjectMeta, Rec, RecordPage } from './types.ts'

export interface Likeness {
  record: Link
  fields: string[]
}

export interface Present {
  user: Link
  editing: boolean
}

const MARKS = new Set(['phone', 'email'])

/* Objects whose records stand for somebody one can reach. */
export function hasLikenesses(object: ObjectMeta): boolean {
  return object.fields.some((f) => MARKS.has(f.type))
}

/* What is known already of a record that is being typed, as texts. */
export function typedMarks(object: ObjectMeta, values: Readonly<Record<string, unknown>>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const f of object.fields) {
    const value = values[f.name]
    if (!f.system && !f.readonly && (MARKS.has(f.type) || f.type === 'text') && typeof value === 'string' && value.trim() !== '') out[f.name] = value.trim()
  }
  return out
}

export const likenessesQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id, 'duplicates'],
    staleTime: 60_000,
    retry: false,
    queryFn: async ({ signal }) => (await get<{ rows: Likeness[] }>(`/${object}/${id}/duplicates`, undefined, signal)).rows,
  })

export const likeTypedQuery = (object: string, typed: Record<string, string>) =>
  queryOptions({
    queryKey: ['duplicates', object, typed],
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
    enabled: Object.keys(typed).length > 0,
    queryFn: async ({ signal }) => (await post<{ rows: Likeness[] }>(`/${object}/duplicates`, typed as Json, { signal })).rows,
  })

export const BEAT_MS = 25_000
export const hereQuery = (object: string, id: string, editing: boolean) =>
  queryOptions({
    queryKey: ['presence', object, id, editing],
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchInterval: BEAT_MS,
    queryFn: async ({ signal }) => (await call<{ rows: Present[] }>('PUT', `/${object}/${id}/presence`, { body: { editing }, signal })).rows,
  })
export const leave = (object: string, id: string) => call('DELETE', `/${object}/${id}/presence`).catch(() => null)

/* --- what others have under way with the same account */

export interface UnderWay {
  object: ObjectMeta
  rows: Rec[]
  total: number
}

/* The account a record is about, or is. */
export function accountOf(object: ObjectMeta, record: Rec): string {
  if (object.name === 'account') return record.id
  const link = findField(object, 'account')?.type === 'link' ? (record.account as Link | null | undefined) : null
  return link?.id ?? ''
}

const OPEN_ACTIVITY = ['planned', 'in_progress', 'waiting']

/* A condition for those that are not finished; empty when the object has no such thing. */
export function openFilter(meta: Meta, object: ObjectMeta): string {
  const process = processOf(meta, object)
  const field = process?.field.name ?? findField(object, 'status')?.name
  const known = findField(object, 'status')?.choices?.map((c) => c.code) ?? []
  const open = process ? process.process.states.filter((s) => s.kind === 'open').map((s) => s.code) : OPEN_ACTIVITY.filter((c) => known.includes(c))
  return field && open.length > 0 ? `${field} in (${open.map((c) => `"${c}"`).join(', ')})` : ''
}

const SHOWN = 5
export const underWayQuery = (meta: Meta, account: string, except: string) =>
  queryOptions({
    queryKey: ['list', 'underway', account, except],
    enabled: account !== '',
    staleTime: 60_000,
    retry: false,
    queryFn: async ({ signal }): Promise<UnderWay[]> => {
      const kinds = meta.objects.filter((o) => o.owned && ['activity', 'opportunity'].includes(o.name) && findField(o, 'account') && openFilter(meta, o))
      return Promise.all(
        kinds.map(async (object) => {
          const filter = `account = "${account}" and owner != me and owner is not empty and id != "${except}" and ${openFilter(meta, object)}`
          const page = await get<RecordPage>(`/${object.name}`, { filter, limit: SHOWN, total: true, fields: `${object.title},owner` }, signal)
          return { object, rows: page.rows, total: page.total ?? page.rows.length }
        }),
      )
    },
  })
