/* columns.ts - which columns a list shows and how wide, as chosen on this device. */
import { useCallback, useMemo, useState } from 'react'
import { findPath, listColumns, titleFields } from './meta.ts'
import { recall, remember } from './storage.ts'
import type { Field, Meta, ObjectMeta } from './types.ts'

export type Widths = Record<string, number>

interface Kept {
  columns?: string[]
  widths?: Widths
}

export function useColumns(meta: Meta, object: ObjectMeta) {
  const key = `list.${object.name}`
  const [kept, setKept] = useState<Kept>(() => recall<Kept>(key) ?? {})
  const change = useCallback(
    (next: Partial<Kept>) =>
      setKept((old) => {
        const merged = { ...old, ...next }
        remember(key, merged)
        return merged
      }),
    [key],
  )
  const fields = useMemo(
    () =>
      (kept.columns ?? listColumns(object))
        .map((name) => findPath(meta, object, name))
        .filter((f): f is Field => f !== null),
    [kept.columns, meta, object],
  )
  return {
    fields,
    widths: kept.widths ?? {},
    chosen: kept.columns !== undefined,
    setColumns: (columns: string[] | undefined) =>
      change(columns ? { columns } : ({ columns: undefined } as Partial<Kept>)),
    setWidths: (widths: Widths) => change({ widths }),
  }
}

/* What must be fetched to show these columns and the record's name. */
export function fetched(object: ObjectMeta, ...shown: string[][]): string[] {
  return [...new Set([...titleFields(object), ...shown.flat()])].filter((n) => n !== 'id' && n !== '')
}
