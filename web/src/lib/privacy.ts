/* privacy.ts - consents, erasures and rules of retention, as the server has them. */
import { queryOptions } from '@tanstack/react-query'
import { call, get, post, remove } from './api.ts'
import { queryClient } from './queries.ts'
import type { Link, ObjectMeta, Rec } from './types.ts'

export const CHANNELS = ['email', 'phone', 'sms', 'line', 'post'] as const
export type Answer = 'given' | 'withdrawn'

export interface Consent {
  purpose: Link
  channel: string
  state: Answer
  at: string
}

export interface Purpose {
  id: string
  name: string
  text_shown: string | null
}

/* May people of this kind have consents, and be erased? */
export const isPerson = (object: ObjectMeta, record: Rec) =>
  object.name === 'contact' || object.name === 'lead' || (object.name === 'account' && record.kind === 'person')

export const purposesQuery = queryOptions({
  queryKey: ['list', 'purpose', 'in use'],
  queryFn: async ({ signal }) =>
    (await get<{ rows: Purpose[] }>('/purpose', { filter: 'active', fields: 'name,text_shown', sort: 'name', limit: 100 }, signal)).rows,
})

export const consentsQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['list', 'consent', 'of', object, id],
    queryFn: async ({ signal }) =>
      (await get<{ rows: Consent[] }>('/consent', { filter: `${object} = "${id}"`, fields: 'purpose,channel,state,at', sort: '-at', limit: 1000 }, signal)).rows,
  })

/* The newest counts, and of two of the same moment the withdrawal. */
export function current(list: readonly Consent[], purpose: string, channel: string): Consent | null {
  let best: Consent | null = null
  for (const c of list) {
    if (c.purpose.id !== purpose || c.channel !== channel) continue
    const later = best ? Date.parse(c.at) - Date.parse(best.at) : 1
    if (later > 0 || (later === 0 && c.state === 'withdrawn')) best = c
  }
  return best
}

export interface Reach {
  object: string
  fate: 'goes' | 'emptied' | 'muted' | 'cleaned'
  count: number
}

export interface ErasePreview {
  title: string
  reaches: Reach[]
  entries: number
  open_deals: number
  hold: string | null
  hold_until: string | null
}

export interface Erasure {
  id: string
  object: string
  record: string
  state: 'asked' | 'running' | 'done' | 'cancelled' | 'failed'
  reason: string
  asked_at: string | null
  asked_by: Link | null
  done_at: string | null
  removed: number
  blanked: number
  entries: number
  problem: string
}

export const previewQuery = (object: string, id: string, activities: string) =>
  queryOptions({
    queryKey: ['privacy', 'preview', object, id, activities],
    queryFn: () => post<ErasePreview>('/admin/privacy/erasures/preview', { object, id, activities }),
    staleTime: 0,
  })

export const erasuresQuery = queryOptions({
  queryKey: ['privacy', 'erasures'],
  queryFn: async ({ signal }) => (await get<{ rows: Erasure[] }>('/admin/privacy/erasures', undefined, signal)).rows,
  refetchInterval: (query) => (query.state.data?.some((e) => e.state === 'running') ? 1000 : false),
})

export interface Rule {
  id: string
  name: string
  object: string
  filter: string
  field: string
  days: number
  action: 'bin' | 'purge' | 'blank'
  fields: string[]
  paused: boolean
  ran_at: string | null
  ran_count: number
  problem: string
}

export const rulesQuery = queryOptions({
  queryKey: ['privacy', 'rules'],
  queryFn: async ({ signal }) => (await get<{ rows: Rule[] }>('/admin/privacy/rules', undefined, signal)).rows,
})

export interface RulePreview {
  count: number
  held: number
  examples: { id: string; title: string }[]
}

const body = (rule: Rule) => ({
  name: rule.name,
  object: rule.object,
  filter: rule.filter,
  field: rule.field,
  days: rule.days,
  action: rule.action,
  fields: rule.action === 'blank' ? rule.fields : [],
  paused: rule.paused,
})

export const tryRule = (rule: Rule) => post<RulePreview>('/admin/privacy/rules/preview', { ...body(rule), name: rule.name || '-' })
export const saveRule = (rule: Rule) =>
  rule.id ? call('PUT', `/admin/privacy/rules/${rule.id}`, { body: body(rule) }) : post('/admin/privacy/rules', body(rule))
export const removeRule = (id: string) => remove(`/admin/privacy/rules/${id}`)

export interface PrivacySettings {
  bin_days: number
  four_eyes: boolean
  unscrubbed: number
}

export const settingsQuery = queryOptions({
  queryKey: ['privacy', 'settings'],
  queryFn: ({ signal }) => get<PrivacySettings>('/admin/privacy', undefined, signal),
})
export const saveSettings = ({ bin_days, four_eyes }: PrivacySettings) =>
  call<PrivacySettings>('PUT', '/admin/privacy', { body: { bin_days, four_eyes } })

export const renewPrivacy = () => queryClient.invalidateQueries({ queryKey: ['privacy'] })
