/* signin.ts - second factors, and what a browser does with passkeys. */
import { queryOptions } from '@tanstack/react-query'
import { call, get, post } from './api.ts'

export interface Passkey {
  id: string
  name: string
  made_at: string
  used_at: string | null
}

export interface Factors {
  totp_since: string | null
  recovery_left: number
  required: boolean
  passkeys: Passkey[]
}

export const factorsQuery = (user: string) =>
  queryOptions({
    queryKey: ['people', 'factors', user],
    queryFn: ({ signal }) => get<Factors>(`/user/${user}/factors`, undefined, signal),
  })

export interface Begun {
  secret: string
  uri: string
  qr_size: number
  qr_path: string
}

export interface SecondStep {
  totp: boolean
  recovery: boolean
  passkey: boolean
}

export interface Rules {
  second_factor_roles: string[]
  origin: string
  step_up_min: number
  step_up_rows: number
  watch_read: number
  watch_export: number
}

export const rulesQuery = queryOptions({
  queryKey: ['signin-rules'],
  queryFn: ({ signal }) => get<Rules>('/admin/signin', undefined, signal),
})
export const saveRules = (rules: Rules) => call<Rules>('PUT', '/admin/signin', { body: { ...rules } })

/* A browser has them only where nobody listens in, and not at a bare number. */
export const canPasskey = () => window.isSecureContext && 'PublicKeyCredential' in window && !/^[\d.]+$|:/.test(window.location.hostname)

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(raw, (c) => c.charCodeAt(0))
}

function text(buffer: ArrayBuffer): string {
  const raw = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(raw).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

const descriptors = (ids: string[]) => ids.map((id) => ({ type: 'public-key' as const, id: bytes(id) }))

interface Ask {
  challenge: string
  rp_id: string
  allow: string[]
  verified: boolean
}

/* What a passkey says to the challenge of `path`. */
export async function answer(path: string) {
  const ask = await post<Ask>(path)
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(ask.challenge),
      rpId: ask.rp_id,
      allowCredentials: descriptors(ask.allow),
      userVerification: ask.verified ? 'required' : 'preferred',
    },
  })
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no credential')
  const said = credential.response as AuthenticatorAssertionResponse
  return {
    id: text(credential.rawId),
    client_data: text(said.clientDataJSON),
    authenticator_data: text(said.authenticatorData),
    signature: text(said.signature),
  }
}

interface MakeAsk {
  challenge: string
  rp_id: string
  rp_name: string
  user_id: string
  user_name: string
  display_name: string
  exclude: string[]
}

/* Makes a passkey; recovery codes, if it is the first factor. */
export async function makePasskey(user: string, name: string): Promise<string[]> {
  const ask = await post<MakeAsk>(`/user/${user}/passkeys/options`)
  const credential = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(ask.challenge),
      rp: { id: ask.rp_id, name: ask.rp_name },
      user: { id: new TextEncoder().encode(ask.user_id), name: ask.user_name, displayName: ask.display_name },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: descriptors(ask.exclude),
      authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
      attestation: 'none',
    },
  })
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no credential')
  const made = credential.response as AuthenticatorAttestationResponse
  const { recovery } = await post<{ recovery: string[] }>(`/user/${user}/passkeys`, {
    name,
    client_data: text(made.clientDataJSON),
    attestation: text(made.attestationObject),
  })
  return recovery
}

/* The browser's own dialog was closed, or took too long: that is no failure to report. */
export const gaveUp = (error: unknown) => error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name)
