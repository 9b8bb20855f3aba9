/* Board.tsx - the records of a process as cards, a column for each state. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { typeOf } from '../fields/index.tsx'
import { Problem } from '../lib/api.ts'
import { fetched } from '../lib/columns.ts'
import { quote } from '../lib/expr.ts'
import { both } from '../lib/group.ts'
import { cardLine, mayDo, processOf, titleFields } from '../lib/meta.ts'
import { movesFrom } from '../lib/meta.ts'
import { groupsQuery, type ListAsk } from '../lib/queries.ts'
import { recall, remember } from '../lib/storage.ts'
import type { Field, ObjectMeta, Process, Rec } from '../lib/types.ts'
import { useStable } from '../lib/stable.ts'
import { useLabel, useMeta, useObject } from '../lib/use.ts'
import { ALL, differs, type SavedView, useViews, viewSearch } from '../lib/views.ts'
import styles from '../views/board/board.module.css'
import { type BoardDoes, Column } from '../views/board/Column.tsx'
import { listenForDrags } from '../views/board/drag.ts'
import { useMoves } from '../views/board/useMoves.ts'
import { Count, FilterButton, Layouts, QuickFind, Ways } from '../views/list/toolbar.tsx'
import { ViewsMenu } from '../views/list/ViewsMenu.tsx'
import { MoveDialog } from '../views/Moves.tsx'
import { Failed } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import page from './List.module.css'

const FilterPanel = lazy(() => import('../views/Filter.tsx').then((m) => ({ default: m.FilterPanel })))
const route = getRouteApi('/shell/o/$object/board')
const NO_LAYOUT = {}

export function Board() {
  const { object: name } = route.useParams()
  const object = useObject(name)
  const process = object && processOf(useMeta(), object)
  if (!object || !process) return <Failed error={new Problem(404, {})} />
  return <ObjectBoard key={name} object={object} field={process.field} process={process.process} />
}

function useFolded(object: string, process: Process) {
  const key = `board.${object}`
  const [folded, setFolded] = useState<string[]>(
    () => recall<string[]>(key) ?? process.states.filter((s) => s.kind === 'lost' || s.kind === 'won').map((s) => s.code),
  )
  const turn = (state: string) => {
    const next = folded.includes(state) ? folded.filter((s) => s !== state) : [...folded, state]
    remember(key, next)
    setFolded(next)
  }
  return { folded, turn }
}

function ObjectBoard({ object, field, process }: { object: ObjectMeta; field: Field; process: Process }) {
  const { t } = useTranslation()
  const label = useLabel()
  const navigate = useNavigate()
  const search = route.useSearch()
  const { views } = useViews(object.name)
  const view = views.find((v) => v.id === search.view)
  const { folded, turn } = useFolded(object.name, process)
  const [filtering, setFiltering] = useState(false)
  const panel = useDeferredValue(filtering)
  const board = useRef<HTMLDivElement>(null)
  const facts = useMemo(() => {
    const titles = new Set([...titleFields(object), field.name])
    return cardLine(object).filter((n) => !titles.has(n)).map((n) => object.fields.find((f) => f.name === n)).filter((f): f is Field => f !== undefined).slice(0, 4)
  }, [object, field])
  const sum = useMemo(() => {
    const money = object.fields.filter((f) => typeOf(f).name === 'money' && !f.system)
    return facts.find((f) => money.includes(f)) ?? money[0]
  }, [object, facts])
  const scope = useMemo(() => ({ ...(search.filter ? { filter: search.filter } : {}), ...(search.q ? { q: search.q } : {}) }), [search.filter, search.q])
  const groups = useQuery(groupsQuery(object.name, { ...scope, by: field.name, ...(sum ? { sum: sum.name } : {}) }))
  const fields = useMemo(
    () => fetched(object, facts.map((f) => f.name), [field.name], process.moves.flatMap((m) => m.require ?? []), object.owned ? ['owner'] : []),
    [object, facts, field, process],
  )
  const asks = useMemo(() => {
    const ask = (state: string): ListAsk => ({ ...scope, filter: both(search.filter, `${field.name} = ${quote(state)}`), sort: '-updated_at', fields, total: false })
    return new Map(process.states.map(({ code }) => [code, ask(code)]))
  }, [scope, search.filter, field, fields, process])
  const { moveTo, find, asking, closeAsking } = useMoves(object, field, process, (state) => asks.get(state) ?? scope)
  const change = (next: Partial<typeof search>) =>
    void navigate({
      to: '/o/$object/board',
      params: { object: object.name },
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, v]) => v !== '' && v !== undefined)),
      replace: true,
    })
  const badFilter = groups.error instanceof Problem && groups.error.errors.some((e) => e.path === 'filter') ? groups.error : null
  const total = groups.data?.complete ? groups.data.groups.reduce((n, g) => n + g.count, 0) : null
  useTitle(`${label(object.plural, object.name)} · ${t('layout.board')}`)

  /* Arrows walk from card to card; with Shift the card goes along. */
  const onStep = (e: KeyboardEvent, record: Rec) => {
    const card = (e.target as Element).closest('[role=listitem]')
    const focus = (el: Element | null | undefined) => el?.querySelector<HTMLElement>('a')?.focus()
    const side = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0
    if (side && e.shiftKey) {
      const from = String(record[field.name] ?? '')
      const allowed = movesFrom(process, from).map((m) => m.to)
      const states = process.states.map((s) => s.code)
      const row = side > 0 ? states.slice(states.indexOf(from) + 1) : states.slice(0, states.indexOf(from)).reverse()
      const to = row.find((s) => allowed.includes(s))
      if (to) moveTo(record, to)
    } else if (side) {
      const columns = [...document.querySelectorAll('[data-board] > section')].filter((s) => s.querySelector('[role=listitem]'))
      const here = columns.findIndex((s) => s.contains(card))
      focus(columns[here + side]?.querySelector('[role=listitem]'))
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      const index = Number(card?.getAttribute('data-index')) + (e.key === 'ArrowDown' ? 1 : -1)
      focus(card?.parentElement?.querySelector(`[data-index="${index}"]`))
    } else return
    e.preventDefault()
  }

  const does = useStable<BoardDoes>({ move: moveTo, step: onStep, mayMove: (record) => mayDo(record, 'edit'), fold: turn })
  const bar = useStable({
    find: (q: string) => change({ q }),
    filter: () => setFiltering(!filtering),
    ask: () => scope,
    now: () => ({ shown: search, layout: NO_LAYOUT }),
    choose: (v: SavedView | null) => void navigate({ to: v?.layout === 'list' ? '/o/$object' : '/o/$object/board', params: { object: object.name }, search: v ? viewSearch(v) : { view: ALL } }),
  })
  const drag = useStable({
    targets: (id: string) => {
      const record = find(id)
      return record ? movesFrom(process, String(record[field.name] ?? '')).map((m) => m.to) : []
    },
    drop: (id: string, state: string) => {
      const record = find(id)
      if (record) moveTo(record, state)
    },
  })
  useEffect(() => (badFilter || !board.current ? undefined : listenForDrags(board.current, drag)), [badFilter, drag])

  return (
    <div className={page.page}>
      <header className={page.bar}>
        <div className={page.name}>
          <h1>{label(object.plural, object.name)}</h1>
          <ViewsMenu object={object} chosen={view} kind="board" changed={!!view && differs(view, search, NO_LAYOUT)} now={bar.now} onChoose={bar.choose} />
          {total !== null && <Count total={total} loaded={total} more={false} />}
        </div>
        <QuickFind key={search.q ?? ''} value={search.q ?? ''} onChange={bar.find} />
        <FilterButton active={!!search.filter} open={filtering} onClick={bar.filter} />
        <Layouts object={object} filter={search.filter} q={search.q} />
        <Ways object={object} ask={bar.ask} />
      </header>
      {(panel || badFilter) && (
        <Suspense>
          <FilterPanel key={search.filter ?? ''} object={object} text={search.filter ?? ''} error={badFilter} onApply={(filter) => change({ filter })} />
        </Suspense>
      )}
      {!badFilter && (
        <div ref={board} className={styles.board} data-board tabIndex={-1}>
          {process.states.map((state) => (
            <Column
              key={state.code}
              object={object}
              process={process}
              state={state}
              facts={facts}
              ask={asks.get(state.code) ?? scope}
              group={groups.data?.groups.find((g) => g.key === state.code)}
              sum={sum}
              folded={folded.includes(state.code)}
              does={does}
            />
          ))}
        </div>
      )}
      {asking && <MoveDialog key={asking.move.to} object={object} record={asking.record} field={field} move={asking.move} title={asking.title} onDone={closeAsking} />}
    </div>
  )
}
