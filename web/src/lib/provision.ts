/* provision.ts - people from a file, and keys of systems that look after users (SCIM). */
import { queryOptions } from '@tanstack/react-query'
import { get, post } from './api.ts'

export const ACTIONS = ['create', 'update', 'deactivate', 'same', 'failed'] as const
export type Action = (typeof ACTIONS)[number]

export interface Outcome extends Record<Action, number> {
  applied: boolean
  plan: string
  columns: { name: string; field: string | null }[]
  rows: { row: number; action: Action; name: string; login: string; reason: string; becomes_admin: boolean; changes: { field: string; from: string; to: string }[] }[]
  more: number
}

export interface Choices {
  leavers: boolean
  partly: boolean
}

/* Without a plan it is only looked at; with the one that was looked at, it is done. */
export const sendPeople = (file: File, choices: Choices, plan?: string) =>
  post<Outcome>('/admin/people', file, {
    query: { leavers: choices.leavers || null, partly: choices.partly || null, apply: plan ? true : null, plan: plan ?? null },
    headers: { 'Content-Type': 'application/octet-stream' },
  })

export interface SystemKey {
  id: string
  name: string
  roles: string[]
  places: boolean
  expires_at: string
  used_at: string | null
}

export const systemsQuery = queryOptions({
  queryKey: ['scim'],
  queryFn: ({ signal }) => get<{ url: string; rows: SystemKey[] }>('/admin/scim', undefined, signal),
})
