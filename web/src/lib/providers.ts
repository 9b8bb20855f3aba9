/* providers.ts - signing in through other providers (OpenID Connect): buttons, links, setting them up. */
import { queryOptions } from '@tanstack/react-query'
import { call, get, post } from './api.ts'

export interface ProviderButton {
  id: string
  name: string
}

export const buttonsQuery = queryOptions({
  queryKey: ['signin', 'providers'],
  queryFn: async ({ signal }) => (await get<{ rows: ProviderButton[] }>('/signin/providers', undefined, signal)).rows,
  retry: false,
})

/* What the way out was for; it stays in this window, so that no answer can choose where it leads. */
export interface Trip {
  purpose: 'signin' | 'link' | 'fresh'
  next?: string
}

const KEPT = 'gx-provider'

export async function leaveFor(provider: string, trip: Trip, go = (url: string) => window.location.assign(url)) {
  const { url } = trip.purpose === 'signin' ? await post<{ url: string }>(`/signin/oidc/${provider}/start`) : await post<{ url: string }>(`/session/oidc/${provider}/start`, { purpose: trip.purpose })
  window.sessionStorage.setItem(KEPT, JSON.stringify(trip))
  go(url)
}

export function tripBack(): Trip {
  const kept = window.sessionStorage.getItem(KEPT)
  window.sessionStorage.removeItem(KEPT)
  return kept ? (JSON.parse(kept) as Trip) : { purpose: 'signin' }
}

/* On this host: neither //evil.example nor /\\evil.example, which browsers take for the same. */
export const isHere = (next?: string): next is string => next !== undefined && /^\/(?![/\\])/.test(next)

/* Between the small window in which somebody confirms who it is, and the page that waits for it. */
export const confirmed = () => new BroadcastChannel('gx-confirmed')

export interface Identity {
  id: string
  name: string
  provider: string
  provider_id: string | null
  made_at: string
  used_at: string | null
}

export const identitiesQuery = (user: string) =>
  queryOptions({
    queryKey: ['people', 'identities', user],
    queryFn: async ({ signal }) => (await get<{ rows: Identity[] }>(`/user/${user}/identities`, undefined, signal)).rows,
  })

export const SECONDS = ['own', 'claim', 'trust'] as const

export interface ProviderRules {
  name: string
  issuer: string
  client: string
  scopes: string
  claim: string
  acr: string
  second: (typeof SECONDS)[number]
  domains: string[]
  roles: string[]
  creates: boolean
  links_email: boolean
  inside: boolean
  active: boolean
}

export interface Provider extends ProviderRules {
  id: string
  has_secret: boolean
  redirect: string
}

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: async ({ signal }) => (await get<{ rows: Provider[] }>('/admin/providers', undefined, signal)).rows,
})

/* An empty secret leaves the one that is kept. */
export function saveProvider(id: string | null, rules: ProviderRules, secret: string): Promise<Provider> {
  const body = { ...rules, ...(secret === '' ? {} : { secret }) }
  return id ? call('PUT', `/admin/providers/${id}`, { body }) : post('/admin/providers', body)
}
