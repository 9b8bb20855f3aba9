/* use.ts - who is here, and what the objects are; the shell has loaded both before any page. */
import { useSuspenseQuery } from '@tanstack/react-query'
import { createContext, useContext, useMemo } from 'react'
import { useLang } from './i18n.ts'
import { labelOf } from './lang.ts'
import { findObject } from './meta.ts'
import { metaQuery, sessionQuery } from './queries.ts'
import type { Labels, Meta, ObjectMeta, Session } from './types.ts'

/* Asked in every cell of a list, so they are read once, by the shell, and handed down. */
export const Known = createContext<{ session: Session | null; meta: Meta } | null>(null)

export function useKnown() {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { data: meta } = useSuspenseQuery(metaQuery)
  return useMemo(() => ({ session, meta }), [session, meta])
}

export function useSession(): Session | null {
  return useContext(Known)?.session ?? null
}

export function useMeta(): Meta {
  const known = useContext(Known)
  if (!known) throw new Error('objects are known inside the shell only')
  return known.meta
}

export function useObject(name: string): ObjectMeta | null {
  const meta = useMeta()
  return useMemo(() => findObject(meta, name), [meta, name])
}

/* Text from metadata in the language of the screen. */
export function useLabel(): (labels: Labels | undefined, fallback?: string) => string {
  const lang = useLang()
  return useMemo(() => (labels, fallback) => labelOf(labels, lang, fallback), [lang])
}

export function useOffset(): number {
  return useSession()?.time_zone_offset_min ?? -new Date().getTimezoneOffset()
}

export function useCurrency(): string {
  return useSession()?.currency ?? 'TWD'
}
