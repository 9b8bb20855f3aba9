/* useGroups.ts - a grouped list: heads with totals from the server, and rows of the open groups. */
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { typeOf } from '../../fields/index.tsx'
import { useProcess } from '../../fields/process/useProcess.ts'
import { get } from '../../lib/api.ts'
import { both, type Group, groupExpr, groupFilter, type Grouping, groupOrder, keyText } from '../../lib/group.ts'
import { groupsQuery, type ListAsk, listParams } from '../../lib/queries.ts'
import type { Field, Link, ObjectMeta, Rec, RecordPage } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import type { Line } from './lines.ts'

const PAGE = 100
/* As many are open from the start; with more, all are closed. */
const OPEN_MAX = 12
const SUMS_MAX = 8

export function summable(fields: Field[]): string[] {
  return fields
    .filter((f) => !f.name.includes('.') && typeOf(f).kind === 'number' && typeOf(f).align === 'end' && f.type !== 'percent')
    .slice(0, SUMS_MAX)
    .map((f) => f.name)
}

/* What a group is called. */
export function useGroupName(grouping: Grouping | null) {
  const { t } = useTranslation()
  const label = useLabel()
  const process = useProcess(grouping?.field ?? NO_FIELD)
  const codes = grouping?.field.type === 'process' ? process?.states : grouping?.field.choices
  return (key: unknown): { text: string; hue?: string | null } => {
    if (key === null || key === undefined || key === '') return { text: t('group.none') }
    if (grouping?.step === 'month') return { text: `${Math.floor(Number(key) / 100)}-${String(Number(key) % 100).padStart(2, '0')}` }
    if (typeof key === 'object') return { text: (key as Link).title ?? t('group.hidden') }
    if (typeof key === 'boolean') return { text: t(key ? 'yes' : 'no') }
    const choice = codes?.find((c) => c.code === key)
    return choice ? { text: label(choice.label, choice.code), hue: choice.color ?? 'gray' } : { text: String(key) }
  }
}
const NO_FIELD: Field = { name: '', type: 'text', label: {} }

async function fetchRows(object: string, ask: ListAsk, pages: number, signal: AbortSignal): Promise<Rec[]> {
  const rows: Rec[] = []
  let cursor = ''
  for (let i = 0; i < pages; i++) {
    const page = await get<RecordPage>(`/${object}`, { ...listParams(ask), may: true, limit: PAGE, cursor }, signal)
    rows.push(...page.rows)
    cursor = page.next ?? ''
    if (!cursor) break
  }
  return rows
}

export function useGroups(object: ObjectMeta, ask: ListAsk, grouping: Grouping | null, fields: Field[]) {
  const meta = useMeta()
  const nameOf = useGroupName(grouping)
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set())
  const [pages, setPages] = useState<Record<string, number>>({})
  const scope = {
    ...(ask.filter ? { filter: ask.filter } : {}),
    ...(ask.q ? { q: ask.q } : {}),
    ...(ask.deleted ? { deleted: true } : {}),
  }
  const query = useQuery({
    ...groupsQuery(object.name, { ...scope, by: grouping ? groupExpr(grouping) : '', sum: summable(fields).join(',') }),
    enabled: grouping !== null,
  })
  const groups = useMemo(
    () => (grouping && query.data ? [...query.data.groups].sort(groupOrder(meta, grouping)) : []),
    [grouping, query.data, meta],
  )
  const openFirst = groups.length <= OPEN_MAX
  const isOpen = (g: Group) => openFirst !== turned.has(keyText(g.key))
  const open = grouping ? groups.filter(isOpen) : []
  const rows = useQueries({
    queries: open.map((g) => {
      const groupAsk = { ...ask, filter: both(ask.filter, groupFilter(grouping as Grouping, g.key)) }
      const wanted = pages[keyText(g.key)] ?? 1
      return {
        queryKey: ['list', object.name, groupAsk, wanted],
        placeholderData: (old: { rows: Rec[] } | undefined) => old,
        queryFn: async ({ signal }: { signal: AbortSignal }) => ({ rows: await fetchRows(object.name, groupAsk, wanted, signal) }),
      }
    }),
  })
  const lines: Line[] = []
  for (const group of groups) {
    const at = open.indexOf(group)
    const mine = at >= 0 ? (rows[at]?.data?.rows ?? []) : []
    const line = { group, id: keyText(group.key), ...nameOf(group.key), open: at >= 0, shown: mine.length }
    lines.push({ kind: 'group', line })
    for (const record of mine) lines.push({ kind: 'row', record })
    if (at >= 0 && mine.length > 0 && mine.length < group.count) lines.push({ kind: 'more', line })
  }
  return {
    lines,
    total: query.data?.complete ? groups.reduce((sum, g) => sum + g.count, 0) : null,
    query,
    toggle: (id: string) =>
      setTurned((old) => {
        const next = new Set(old)
        if (!next.delete(id)) next.add(id)
        return next
      }),
    more: (id: string) => setPages((old) => ({ ...old, [id]: (old[id] ?? 1) + 1 })),
  }
}
