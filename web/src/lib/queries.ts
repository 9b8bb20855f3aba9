/* queries.ts - what is asked of the server: key and fetch side by side, one cache for all. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  type Query,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query'
import { get, Offline, Problem, setCsrf } from './api.ts'
import type { DefFile, Pack } from './definition.ts'
import type { Groups } from './group.ts'
import type {
  ConversionTarget,
  DiffRow,
  HistoryEntry,
  Hit,
  ImportJob,
  Meta,
  Rec,
  RecordMove,
  RecordPage,
  Session,
  TimelineEntry,
} from './types.ts'

/* A list that was scrolled far is not fetched again from its beginning behind people's backs. */
const PAGES_REFETCHED_MAX = 4

function isLong(query: Query): boolean {
  const data = query.state.data as { pages?: unknown[] } | undefined
  return (data?.pages?.length ?? 0) > PAGES_REFETCHED_MAX
}

export const queryClient = new QueryClient({
  defaultOptions: {
    /* Without the network there may be an answer from before (app/sw.ts). */
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      refetchOnReconnect: true,
      staleTime: 15_000,
      refetchOnWindowFocus: (query) => !isLong(query),
      retry: (count, error) => error instanceof Offline && count < 2,
    },
  },
})

/* null: nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 5 * 60_000,
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await get<Session>('/session')
      setCsrf(session.csrf)
      return session
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }
  },
})

export const metaQuery = queryOptions({
  queryKey: ['meta'],
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<Meta> => {
    const meta = await get<Meta>('/meta', undefined, signal)
    return { ...meta, objects: meta.objects.map((o) => ({ ...o, pages: o.pages ?? {} })) }
  },
})

export interface ListAsk {
  filter?: string
  sort?: string
  q?: string
  fields?: string[]
  deleted?: boolean
  limit?: number
  total?: boolean
}

export function listParams(ask: ListAsk) {
  return {
    filter: ask.filter,
    sort: ask.sort,
    q: ask.q,
    fields: ask.fields?.join(','),
    deleted: ask.deleted || undefined,
  }
}

const PAGE = 200

/* A list that grows while it is scrolled; the first page brings the total. */
export const listQuery = (object: string, ask: ListAsk) =>
  infiniteQueryOptions({
    queryKey: ['list', object, ask],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      get<RecordPage>(
        `/${object}`,
        {
          ...listParams(ask),
          may: true,
          limit: ask.limit ?? PAGE,
          cursor: pageParam,
          total: ask.total === false || pageParam ? undefined : true,
        },
        signal,
      ),
    getNextPageParam: (page) => page.next || undefined,
  })

/* Is there not a single one? */
export const emptyQuery = (object: string) =>
  queryOptions({
    queryKey: ['list', object, 'empty'],
    queryFn: async ({ signal }) => (await get<RecordPage>(`/${object}`, { limit: 1, fields: 'id' }, signal)).rows.length === 0,
  })

export const recordQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id],
    queryFn: ({ signal }) => get<Rec>(`/${object}/${id}`, undefined, signal),
  })

export const conversionQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id, 'convert'],
    staleTime: 0,
    queryFn: ({ signal }) =>
      get<{ converted: boolean; targets: ConversionTarget[] }>(`/${object}/${id}/convert`, undefined, signal),
  })

export const movesQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id, 'moves'],
    queryFn: ({ signal }) => get<{ rows: RecordMove[] }>(`/${object}/${id}/moves`, undefined, signal),
  })

export const historyQuery = (object: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ['record', object, id, 'history'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      get<{ rows: HistoryEntry[]; next: string | null }>(
        `/${object}/${id}/history`,
        { cursor: pageParam, limit: 50 },
        signal,
      ),
    getNextPageParam: (page) => page.next || undefined,
  })

export const timelineQuery = (object: string, id: string, kinds: readonly string[]) =>
  infiniteQueryOptions({
    queryKey: ['record', object, id, 'timeline', kinds.join()],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      get<{ rows: TimelineEntry[]; next: string | null }>(
        `/${object}/${id}/timeline`,
        { kinds: kinds.join(), cursor: pageParam },
        signal,
      ),
    getNextPageParam: (page) => page.next || undefined,
  })

export const searchQuery = (text: string, object?: string, limit = 12) =>
  queryOptions({
    queryKey: ['search', text, object ?? '', limit],
    enabled: text.trim() !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      get<{ rows: Hit[] }>('/search', { q: text, object, limit }, signal),
  })

export const BUSY_STATES: readonly string[] = ['checking', 'running', 'undoing']
const BUSY_MS = 500
const busy = (state: string | undefined) => BUSY_STATES.includes(state ?? '')

export const importsQuery = queryOptions({
  queryKey: ['import'],
  queryFn: ({ signal }) => get<{ rows: ImportJob[] }>('/import', undefined, signal),
  refetchInterval: (query) => (query.state.data?.rows.some((job) => busy(job.state)) ? BUSY_MS : false),
})

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['import', id],
    queryFn: ({ signal }) => get<ImportJob>(`/import/${id}`, undefined, signal),
    refetchInterval: (query) => (busy(query.state.data?.state) ? BUSY_MS : false),
  })

/* Row by row what a check found; all rows, or those of one action. */
export const diffQuery = (id: string, action: DiffRow['action'] | '') =>
  infiniteQueryOptions({
    queryKey: ['import', id, 'diff', action],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      get<{ rows: DiffRow[]; next: string | null }>(
        `/import/${id}/diff`,
        { action, cursor: pageParam, limit: 100 },
        signal,
      ),
    getNextPageParam: (page) => page.next || undefined,
  })

/* What is one's own, and what the packs say; for administrators. */
export const definitionQuery = queryOptions({
  queryKey: ['definition'],
  staleTime: 0,
  queryFn: async ({ signal }) => {
    const [own, packs] = await Promise.all([
      get<{ version: string; rows: DefFile[] }>('/definition', undefined, signal),
      get<{ rows: Pack[] }>('/definition/packs', undefined, signal),
    ])
    return { version: own.version, own: own.rows, packs: packs.rows }
  },
})

export interface GroupAsk {
  by?: string
  sum?: string
  filter?: string
  q?: string
  deleted?: boolean
}

export const groupsQuery = (object: string, ask: GroupAsk) =>
  queryOptions({
    queryKey: ['groups', object, ask],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<Groups>(`/${object}/groups`, { ...ask, deleted: ask.deleted || undefined }, signal),
  })

/* After a write: everything that may show this record is out of date. */
export async function forget(object: string, id?: string) {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['list'], predicate: (q) => !isLong(q) }),
    queryClient.invalidateQueries({ queryKey: ['list'], predicate: isLong, refetchType: 'none' }),
    queryClient.invalidateQueries({ queryKey: ['groups'] }),
    queryClient.invalidateQueries({ queryKey: ['page'], predicate: (q) => q.queryKey.length > 2 }),
    queryClient.invalidateQueries({ queryKey: id ? ['record', object, id] : ['record', object] }),
    queryClient.invalidateQueries({ queryKey: ['search'] }),
  ])
}
