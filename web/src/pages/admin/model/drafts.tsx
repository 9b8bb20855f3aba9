/*
 * drafts.tsx - definitions being edited: what there is, the drafts over it, and what the server
 * says of them while they are made.  Nothing counts before it is published.
 */
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post, Problem } from '../../../lib/api.ts'
import { type Def, type DefFile, type Drafts, filesOf, type Pack, same, saysNothing } from '../../../lib/definition.ts'
import { definitionQuery } from '../../../lib/queries.ts'
import type { FieldError, Json } from '../../../lib/types.ts'
import { Failed, Lines } from '../../../views/states.tsx'

export interface PlanStep {
  kind: string
  object: string
  name: string
}

export interface Editing {
  packs: readonly Pack[]
  version: string
  /* As published, and as they would be. */
  before: readonly DefFile[]
  files: readonly DefFile[]
  drafts: Drafts
  dirty: boolean
  errors: readonly FieldError[]
  steps: readonly PlanStep[]
  /* The server has not judged the latest draft yet. */
  judging: boolean
  /* Changes with the same tag, one after the other, are undone together. */
  put: (path: string, json: Def | null, tag?: string) => void
  undo: (() => void) | null
  reset: () => void
}

const Context = createContext<Editing | null>(null)

export function useEditing(): Editing {
  const editing = useContext(Context)
  if (!editing) throw new Error('no drafts here')
  return editing
}

interface Past {
  drafts: Drafts
  tag: string
}

interface State {
  drafts: Drafts
  past: readonly Past[]
}

const PAST_MAX = 50
const NOTHING: State = { drafts: {}, past: [] }

export const wireOf = (drafts: Drafts): Json => Object.entries(drafts).map(([path, json]) => ({ path, json }))

/* `leave`: addresses within which drafts are not lost. */
export function Drafting({ leave, children }: { leave: string; children: ReactNode }) {
  const query = useQuery(definitionQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <Loaded leave={leave} data={query.data}>
      {children}
    </Loaded>
  )
}

function Loaded({ leave, data, children }: { leave: string; data: { version: string; own: DefFile[]; packs: Pack[] }; children: ReactNode }) {
  const { t } = useTranslation()
  /* Changes may come several in one go: each is made on the one before. */
  const [{ drafts, past }, setState] = useState<State>(NOTHING)
  const dirty = Object.keys(drafts).length > 0
  const before = useMemo(() => filesOf(data.packs, data.own), [data])
  const files = useMemo(() => filesOf(data.packs, data.own, drafts), [data, drafts])
  const [asked] = useDebouncedValue(drafts, 300)
  const plan = useQuery({
    queryKey: ['definition', 'plan', data.version, asked],
    enabled: Object.keys(asked).length > 0,
    placeholderData: keepPreviousData,
    /* What was refused stays refused; what did not get through is tried again. */
    retry: (count, error) => !(error instanceof Problem && error.status < 500) && count < 3,
    staleTime: Infinity,
    gcTime: 60_000,
    queryFn: () => post<{ steps: PlanStep[] }>('/definition/plan', { changes: wireOf(asked) }),
  })
  useBlocker({
    shouldBlockFn: ({ next }) => dirty && !`${next.pathname}/`.startsWith(`${leave}/`) && !window.confirm(t('admin.leave')),
    enableBeforeUnload: () => dirty,
  })
  const undo = () => {
    setState((old) => {
      const last = old.past.at(-1)
      return last ? { drafts: last.drafts, past: old.past.slice(0, -1) } : old
    })
  }
  useHotkeys([['mod+Z', undo]])
  const put = (path: string, json: Def | null, tag = '') => {
    const published = data.own.find((f) => f.path === path)?.json ?? null
    const wanted = json && saysNothing(json) ? null : json
    setState((old) => {
      const { [path]: _, ...others } = old.drafts
      const again = tag !== '' && old.past.at(-1)?.tag === tag
      return {
        drafts: same(published, wanted) ? others : { ...others, [path]: wanted },
        past: again ? old.past : [...old.past.slice(1 - PAST_MAX), { drafts: old.drafts, tag }],
      }
    })
  }
  const errors = dirty && plan.error instanceof Problem ? (plan.error.errors.length ? plan.error.errors : [{ detail: plan.error.detail }]) : []
  const editing: Editing = {
    packs: data.packs,
    version: data.version,
    before,
    files,
    drafts,
    dirty,
    errors,
    steps: plan.data?.steps ?? [],
    judging: dirty && (asked !== drafts || plan.isFetching),
    put,
    undo: past.length ? undo : null,
    reset: () => setState(NOTHING),
  }
  return <Context.Provider value={editing}>{children}</Context.Provider>
}

/* What the server says of one place of a draft: "fields[2].when". */
export function errorAt(errors: readonly FieldError[], file: string, path: string): FieldError | undefined {
  return errors.find((e) => e.file === file && (e.path === path || e.path?.startsWith(`${path}.`) || e.path?.startsWith(`${path}[`)))
}
