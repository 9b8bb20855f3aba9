/* people.ts - what the administration of people and operation asks of the server. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get } from './api.ts'
import type { Labels, Level, Link, Rec } from './types.ts'

export interface Person {
  user: Rec
  roles: string[]
  has_password: boolean
  must_change_password: boolean
  signed_in_at: string | null
  keys: number
  sessions: number
}

export interface PeopleAsk {
  q?: string
  state?: string
  role?: string
}

export const peopleQuery = (ask: PeopleAsk) =>
  infiniteQueryOptions({
    queryKey: ['people', ask],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      get<{ rows: Person[]; next: string | null; total: number }>('/admin/users', { ...ask, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next || undefined,
  })

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id],
    queryFn: async ({ signal }) => (await get<{ rows: Person[] }>('/admin/users', { id }, signal)).rows[0] ?? null,
  })

/* Where somebody is signed in, or a key that a program has. */
export interface Device {
  id: string
  kind: 'browser' | 'key'
  name: string
  created_at: string
  used_at: string | null
  expires_at: string
  /* How they came in; empty for keys. */
  way: string
  /* A browser that was not known, not looked at yet. */
  new: boolean
  read_only: boolean
  current: boolean
}

export const devicesQuery = (user: string) =>
  queryOptions({
    queryKey: ['people', 'devices', user],
    queryFn: async ({ signal }) => (await get<{ rows: Device[] }>(`/user/${user}/sessions`, undefined, signal)).rows,
  })

export const RIGHTS = ['read', 'create', 'edit', 'delete', 'export', 'import', 'purge', 'total'] as const
export type Right = (typeof RIGHTS)[number]
/* What is made or brought in has no owner yet: that is allowed or not. */
const UNGRADED: readonly Right[] = ['create', 'import']
export const levelsOf = (right: Right): Level[] => (UNGRADED.includes(right) ? ['none', 'all'] : ['none', 'own', 'team', 'unit', 'book', 'all'])

/* Of fields that are kept, wholly or in part. */
export type FieldAccess = 'hidden' | 'masked' | 'read' | 'write'
export type FieldRights = Record<string, FieldAccess>

export interface Role {
  name: string
  label: Labels
  doc: Labels
  /* May do everything; its rights are fixed. */
  admin: boolean
  audit: boolean
  relocate: boolean
  everyone: boolean
  custom: boolean
  changed: boolean
  users: number
  objects: Record<string, Record<Right, Level> & { fields?: FieldRights }>
}

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async ({ signal }) => (await get<{ rows: Role[] }>('/admin/roles', undefined, signal)).rows,
})

export interface AuditEntry {
  seq: string
  at: string
  by: Link | null
  about: Link | null
  kind: 'create' | 'update' | 'delete' | 'restore' | 'purge' | 'admin' | 'signin' | 'other'
  /* Name of an object; or signin, access, setting, definition, private, export. */
  what: string
  record: Link | null
  import: boolean
  reason: string
  changes: { field: string; old: unknown; new: unknown; hidden: boolean }[]
}

export interface AuditAsk {
  by?: string
  about?: string
  what?: string
  record?: string
  from?: string
  to?: string
}

export const auditQuery = (ask: AuditAsk) =>
  infiniteQueryOptions({
    queryKey: ['audit', ask],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      get<{ rows: AuditEntry[]; next: string | null }>('/admin/audit', { ...ask, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next || undefined,
  })

export interface AuditHead {
  upto: string
  newest: string
  entries: number
  at: string | null
  line: string
}

export const auditHeadQuery = queryOptions({
  queryKey: ['audit-head'],
  queryFn: ({ signal }) => get<AuditHead>('/admin/audit/head', {}, signal),
  staleTime: 5_000,
})

export interface Job {
  kind: 'import' | 'batch' | 'index' | 'backup'
  id: string
  object: string
  state: string
  name: string
  by: Link | null
  created_at: string | null
  finished_at: string | null
  done: number
  total: number
  changed: number
  failed: number
  problem: string
  can_cancel: boolean
  can_undo: boolean
  leaver: (Link & { active: boolean }) | null
}

const JOBS_MS = 1_000
const JOBS_IDLE_MS = 10_000
export const isBusy = (job: Job) => ['checking', 'running', 'undoing'].includes(job.state)

export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: async ({ signal }) => (await get<{ rows: Job[] }>('/admin/jobs', undefined, signal)).rows,
  refetchInterval: (query) => (query.state.data?.some(isBusy) ? JOBS_MS : JOBS_IDLE_MS),
})

export interface Settings {
  organisation: string
  language: 'zh-Hant' | 'en'
  currency: string
  region: string
  time_zone_offset_min: number
  fiscal_start_month: number
  session_hours: number
  password_chars_min: number
}

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => get<Settings>('/admin/settings', undefined, signal),
})

export interface WhyRole {
  name: string
  'zh-Hant': string
  en: string
  admin: boolean
  level: Level
}

/* By what a record is reached: see docs/ACCESS.md. */
export interface Way {
  kind: 'all' | 'own' | 'everybody' | 'delegation' | 'unit' | 'team' | 'book' | 'share' | 'share_unit' | 'share_role' | 'rule'
  name?: string
  label?: Labels
}

export interface Why {
  user: Link | null
  active: boolean
  owner: Link | null
  own_means: 'owner' | 'creator' | 'self'
  mine: boolean
  rights: { right: 'read' | 'edit' | 'delete'; allowed: boolean; level: Level; roles: WhyRole[]; ways: Way[] }[]
  fields: FieldRights
}

export const whyQuery = (object: string, id: string, user: string) =>
  queryOptions({
    queryKey: ['record', object, id, 'why', user],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<Why>(`/${object}/${id}/why`, { user }, signal),
  })

export interface Reader extends Link {
  edit: boolean
  delete: boolean
  roles: WhyRole[]
  ways: Way[]
}

export const readersQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id, 'readers'],
    queryFn: ({ signal }) => get<{ rows: Reader[]; more: boolean }>(`/${object}/${id}/readers`, undefined, signal),
  })

/* "Mozilla/5.0 (Windows NT 10.0…) … Firefox/140.0" as people would say it. */
export function browserName(agent: string): string {
  const find = (list: [RegExp, string][]) => list.find(([r]) => r.test(agent))?.[1] ?? ''
  const browser = find([
    [/Edg(e|A|iOS)?\//, 'Edge'], [/OPR\//, 'Opera'], [/SamsungBrowser\//, 'Samsung Internet'], [/Line\//, 'LINE'],
    [/Firefox\/|FxiOS\//, 'Firefox'], [/Chrome\/|CriOS\//, 'Chrome'], [/Safari\//, 'Safari'], [/^curl\//, 'curl'],
  ])
  const system = find([
    [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'macOS'],
    [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux'],
  ])
  return [browser, system].filter(Boolean).join(' · ') || agent.slice(0, 60)
}
