/* columns.ts - which columns a list shows and how wide, as chosen on this device. */
import { useCallback, useMemo, useState } from 'react'
import { findPath, listColumns, titleFields } from './meta.ts'
import { recall, remember } from './storage.ts'
import type { Field, Meta, ObjectMeta } from './types.ts'

export type Widths = Record<string, number>

const NO_WIDTHS: Widths = {}
const NOTHING: Kept = {}

interface Kept {
  columns?: string[]
  widths?: Widths
}

/* With a saved view, its columns are where one begins. */
export function useColumns(meta: Meta, object: ObjectMeta, view = '', layout: Kept = NOTHING) {
  const key = view ? `list.${object.name}.${view}` : `list.${object.name}`
  const [own, setOwn] = useState<{ key: string; kept: Kept | null }>(() => ({ key, kept: recall<Kept>(key) }))
  /* Another view is shown: what is remembered of that one. */
  if (own.key !== key) setOwn({ key, kept: recall<Kept>(key) })
  const kept = (own.key === key ? own.kept : null) ?? layout
  const change = useCallback(
    (next: Partial<Kept>) =>
      setOwn((old) => {
        const merged = { ...(old.kept ?? layout), ...next }
        remember(key, merged)
        return { key, kept: merged }
      }),
    [key, layout],
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
    widths: kept.widths ?? NO_WIDTHS,
    layout: kept,
    /* What this device remembers is now what the view says. */
    settle: () => {
      remember(key, null)
      setOwn({ key, kept: null })
    },
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
