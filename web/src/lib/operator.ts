/* operator.ts - for who runs this system for others: tenants, their plans, sign-up. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from './api.ts'

export interface Used {
  used: number
  most: number
}

export interface Tenant {
  name: string
  organisation: string
  state: 'active' | 'suspended' | 'making' | 'deleting'
  reason: string
  address: string
  made_at: string
  used_on: string | null
  read_only: boolean
  seats: Used
  records: Used
  file_bytes: Used
  store_bytes: number
  users_month: number
  subscription: { id: string; state: string; plan: string; plan_name: string; period: string; trial_until: string | null; over_on: string | null } | null
}

interface TenantPage {
  rows: Tenant[]
  count: number
  next: string | null
}

export const tenantsQuery = (search: string, state: string) =>
  infiniteQueryOptions({
    queryKey: ['tenants', search, state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<TenantPage>('/operator/tenants', { search, state, after: pageParam }, signal),
    getNextPageParam: (page) => page.next ?? undefined,
  })

export interface SignUpRules {
  open: boolean
  per_day: number
  made: number
}

export const signUpRulesQuery = queryOptions({
  queryKey: ['signup-rules'],
  queryFn: ({ signal }) => get<SignUpRules>('/operator/signup', undefined, signal),
})

export interface Offer {
  open: boolean
  trial_days: number
  password_chars_min: number
  trades: string[]
}

export const offerQuery = queryOptions({
  queryKey: ['signup'],
  queryFn: ({ signal }) => get<Offer>('/signup', undefined, signal),
})

export interface PlanItem extends Used {
  what: 'seats' | 'records' | 'file_bytes'
  warn: boolean
}

export interface PlanState {
  plan: string
  trial_until: string | null
  over_on: string | null
  read_only: boolean
  items: PlanItem[]
}

export const planQuery = queryOptions({
  queryKey: ['plan-state'],
  staleTime: 60_000,
  queryFn: ({ signal }) => get<PlanState>('/admin/plan', undefined, signal),
})

export interface MadeInvoice {
  tenant: string
  bill_to: string
  id: string | null
  from: string
  to: string
  currency: string
  net: string
  tax: string
  total: string
}

/* "wang-ji" from "Wang Ji & Co.": a beginning of a name in an address. */
export const shortName = (organisation: string) =>
  organisation
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 30)

export interface TenantExport {
  id: string
  tenant: string
  state: 'copying' | 'packing' | 'done' | 'failed' | 'cancelled'
  percent: number
  bytes: number
  by: string
  created_at: string
  finished_at: string | null
  problem: string
}

export const isMaking = (x: TenantExport) => x.state === 'copying' || x.state === 'packing'

const LOOK_MS = 700
export const exportsQuery = queryOptions({
  queryKey: ['tenant-exports'],
  queryFn: async ({ signal }) => (await get<{ rows: TenantExport[] }>('/operator/exports', undefined, signal)).rows,
  refetchInterval: (query) => (query.state.data?.some(isMaking) ? LOOK_MS : false),
})

/* How it stands with backups, drills and the archive. */
export interface Copies {
  on: boolean
  backup: CopyHow
  drill: CopyHow
  archive: { how: CopyHow } | null
  tenants_wrong: number
}
export interface CopyHow {
  state: 'ok' | 'never' | 'late' | 'failed'
  at: string | null
  next_at: string | null
  problem: string
}

export const copiesQuery = queryOptions({
  queryKey: ['copies'],
  staleTime: 60_000,
  queryFn: ({ signal }) => get<Copies>('/admin/copies', undefined, signal),
})
