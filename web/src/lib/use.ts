/* use.ts - who is here, and what the objects are; the shell has loaded both before any page. */
import { useSuspenseQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useLang } from './i18n.ts'
import { labelOf } from './lang.ts'
import { findObject } from './meta.ts'
import { metaQuery, sessionQuery } from './queries.ts'
import type { Labels, Meta, ObjectMeta, Session } from './types.ts'

export function useSession(): Session | null {
  return useSuspenseQuery(sessionQuery).data
}

export function useMeta(): Meta {
  return useSuspenseQuery(metaQuery).data
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
