/*
 * views.ts - saved views of a list: filter, order, grouping, columns; one's own and those that
 * are shared.  They are records of the object list_view, and list_default says with which one
 * begins.
 *
 * A view that is chosen is written out in the address, so an address alone says what is shown.
 */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { get, patch, post, remove } from './api.ts'
import type { Widths } from './columns.ts'
import { queryClient } from './queries.ts'
import type { Link, Rec, RecordPage } from './types.ts'

export interface SavedView {
  id: string
  version: number
  name: string
  object: string
  shared: boolean
  layout: 'list' | 'board'
  filter: string | null
  sort: string | null
  grouping: string | null
  columns: string | null
  owner: Link | null
}

export interface Layout {
  columns?: string[]
  widths?: Widths
}

/* Chosen instead of a default view: everything. */
export const ALL = 'all'

const viewsQuery = queryOptions({
  queryKey: ['views'],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    const [views, defaults] = await Promise.all([
      get<RecordPage>('/list_view', { limit: 500, sort: 'name' }, signal),
      get<RecordPage>('/list_default', { limit: 500, filter: 'owner = me' }, signal),
    ])
    return { views: views.rows as unknown as SavedView[], defaults: defaults.rows }
  },
})

export function useViews(object?: string) {
  const { data, isPending } = useQuery(viewsQuery)
  const views = data?.views.filter((v) => !object || v.object === object) ?? []
  const chosen = data?.defaults.find((d) => d.object === object)
  const first = views.find((v) => v.id === (chosen?.view as Link | undefined)?.id) ?? null
  return { views, first, isPending }
}

export function viewLayout(view: SavedView | undefined): Layout {
  try {
    return view?.columns ? (JSON.parse(view.columns) as Layout) : {}
  } catch {
    return {}
  }
}

/* What stands in the address when this view is shown. */
export function viewSearch(view: SavedView): Record<string, string> {
  const all = { view: view.id, filter: view.filter, sort: view.sort, group: view.grouping }
  return Object.fromEntries(Object.entries(all).filter((e): e is [string, string] => !!e[1]))
}

export interface Shown {
  filter?: string
  sort?: string
  group?: string
}

export function differs(view: SavedView, shown: Shown, layout: Layout): boolean {
  return (
    (view.filter ?? '') !== (shown.filter ?? '') ||
    (view.sort ?? '') !== (shown.sort ?? '') ||
    (view.grouping ?? '') !== (shown.group ?? '') ||
    JSON.stringify(viewLayout(view)) !== JSON.stringify(layout)
  )
}

const fresh = () => queryClient.invalidateQueries({ queryKey: ['views'] })

function body(shown: Shown, layout: Layout) {
  return {
    filter: shown.filter ?? null,
    sort: shown.sort ?? null,
    grouping: shown.group ?? null,
    columns: Object.keys(layout).length ? JSON.stringify(layout) : null,
  }
}

export async function createView(object: string, name: string, shared: boolean, kind: SavedView['layout'], shown: Shown, layout: Layout) {
  const view = await post<Rec>('/list_view', { object, name, shared, layout: kind, ...body(shown, layout) })
  await fresh()
  return view as unknown as SavedView
}
export async function updateView(view: SavedView, shown: Shown, layout: Layout) {
  await patch(`/list_view/${view.id}`, body(shown, layout), view.version)
  await fresh()
}
export async function changeView(view: SavedView, values: { name?: string; shared?: boolean }) {
  await patch(`/list_view/${view.id}`, values, view.version)
  await fresh()
}
export async function deleteView(view: SavedView) {
  await remove(`/list_view/${view.id}`)
  await fresh()
}

/* null: begin with everything. */
export async function setDefault(object: string, view: SavedView | null) {
  const { defaults } = await queryClient.ensureQueryData(viewsQuery)
  const old = defaults.find((d) => d.object === object)
  if (!view && old) await remove(`/list_default/${old.id}`)
  else if (view && old) await patch(`/list_default/${old.id}`, { view: view.id })
  else if (view) await post('/list_default', { object, view: view.id })
  await fresh()
}
