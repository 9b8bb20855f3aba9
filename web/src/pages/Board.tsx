/* Board.tsx - the records of a process as cards, a column for each state. */
import { DndContext, type DragEndEvent, DragOverlay, type DragStartEvent, MouseSensor, pointerWithin, TouchSensor, useSensor, useSensors } from '@dnd-kit/core'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { IconFilter } from '@tabler/icons-react'
import { type KeyboardEvent, lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { typeOf } from '../fields/index.tsx'
import { Problem } from '../lib/api.ts'
import { fetched } from '../lib/columns.ts'
import { quote } from '../lib/expr.ts'
import { both } from '../lib/group.ts'
import { cardLine, mayEdit, processOf, titleFields, titleOf } from '../lib/meta.ts'
import { movesFrom } from '../lib/meta.ts'
import { groupsQuery, type ListAsk } from '../lib/queries.ts'
import { recall, remember } from '../lib/storage.ts'
import type { Field, ObjectMeta, Process, Rec } from '../lib/types.ts'
import { useStable } from '../lib/stable.ts'
import { useLabel, useMeta, useObject, useSession } from '../lib/use.ts'
import { ALL, useViews, viewSearch } from '../lib/views.ts'
import styles from '../views/board/board.module.css'
import { type BoardDoes, Column } from '../views/board/Column.tsx'
import { Facts } from '../views/board/Card.tsx'
import { useMoves } from '../views/board/useMoves.ts'
import { Count, Layouts, QuickFind, Ways } from '../views/list/toolbar.tsx'
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
  const session = useSession()
  const navigate = useNavigate()
  const search = route.useSearch()
  const { views } = useViews(object.name)
  const view = views.find((v) => v.id === search.view)
  const { folded, turn } = useFolded(object.name, process)
  const [filtering, setFiltering] = useState(false)
  const [lifted, setLifted] = useState<Rec | null>(null)
  const sensors = useSensors(useSensor(MouseSensor, { activationConstraint: { distance: 6 } }), useSensor(TouchSensor, { activationConstraint: { delay: 250, tolerance: 8 } }))
  const facts = useMemo(() => {
    const titles = new Set([...titleFields(object), field.name])
    return cardLine(object).filter((n) => !titles.has(n)).map((n) => object.fields.find((f) => f.name === n)).filter((f): f is Field => f !== undefined).slice(0, 4)
  }, [object, field])
  const sum = useMemo(() => {
    const money = object.fields.filter((f) => typeOf(f).name === 'money' && !f.system)
    return facts.find((f) => money.includes(f)) ?? money[0]
  }, [object, facts])
  const scope = { ...(search.filter ? { filter: search.filter } : {}), ...(search.q ? { q: search.q } : {}) }
  const groups = useQuery(groupsQuery(object.name, { ...scope, by: field.name, ...(sum ? { sum: sum.name } : {}) }))
  const fields = useMemo(
    () => fetched(object, facts.map((f) => f.name), [field.name], process.moves.flatMap((m) => m.require ?? []), object.owned ? ['owner'] : []),
    [object, facts, field, process],
  )
  const askOf = (state: string): ListAsk => ({ ...scope, filter: both(search.filter, `${field.name} = ${quote(state)}`), sort: '-updated_at', fields, total: false })
  const { moveTo, asking, closeAsking } = useMoves(object, field, process, askOf)
  const change = (next: Partial<typeof search>) =>
    void navigate({
      to: '/o/$object/board',
      params: { object: object.name },
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, v]) => v !== '' && v !== undefined)),
      replace: true,
    })
  const badFilter = groups.error instanceof Problem && groups.error.errors.some((e) => e.path === 'filter') ? groups.error : null
  const total = groups.data?.complete ? groups.data.groups.reduce((n, g) => n + g.count, 0) : null
  const targets = lifted ? movesFrom(process, String(lifted[field.name] ?? '')).map((m) => m.to) : null
  const targetOf = (state: string) => (targets === null || state === lifted?.[field.name] ? null : targets.includes(state) ? 'yes' : 'no')
  const onDragStart = (e: DragStartEvent) => setLifted((e.active.data.current as { record: Rec } | undefined)?.record ?? null)
  const onDragEnd = (e: DragEndEvent) => {
    if (lifted && e.over) moveTo(lifted, String(e.over.id))
    setLifted(null)
  }
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

  const does = useStable<BoardDoes>({ move: moveTo, step: onStep, mayMove: (record) => mayEdit(object, record, session), fold: turn })

  return (
    <div className={page.page}>
      <header className={page.bar}>
        <div className={page.name}>
          <h1>{label(object.plural, object.name)}</h1>
          <ViewsMenu
            object={object}
            chosen={view}
            kind="board"
            shown={search}
            layout={NO_LAYOUT}
            onChoose={(v) => void navigate({ to: v?.layout === 'list' ? '/o/$object' : '/o/$object/board', params: { object: object.name }, search: v ? viewSearch(v) : { view: ALL } })}
          />
          {total !== null && <Count total={total} loaded={total} more={false} />}
        </div>
        <QuickFind key={search.q ?? ''} value={search.q ?? ''} onChange={(q) => change({ q })} />
        <Button size="xs" variant={search.filter ? 'light' : 'default'} leftSection={<IconFilter size={16} />} aria-expanded={filtering} onClick={() => setFiltering(!filtering)}>
          {t('filter.title')}
        </Button>
        <Layouts object={object} here="board" search={search} />
        <Ways object={object} ask={scope} />
      </header>
      {(filtering || badFilter) && (
        <Suspense>
          <FilterPanel key={search.filter ?? ''} object={object} text={search.filter ?? ''} error={badFilter} onApply={(filter) => change({ filter })} />
        </Suspense>
      )}
      {!badFilter && (
        <DndContext sensors={sensors} collisionDetection={pointerWithin} onDragStart={onDragStart} onDragEnd={onDragEnd} onDragCancel={() => setLifted(null)}>
          <div className={styles.board} data-board tabIndex={-1}>
            {process.states.map((state) => (
              <Column
                key={state.code}
                object={object}
                process={process}
                state={state}
                facts={facts}
                ask={askOf(state.code)}
                group={groups.data?.groups.find((g) => g.key === state.code)}
                sum={sum}
                folded={folded.includes(state.code)}
                target={targetOf(state.code)}
                does={does}
              />
            ))}
          </div>
          <DragOverlay dropAnimation={null}>
            {lifted && (
              <div className={`${styles.card} ${styles.lifted}`}>
                <span className={styles.title}>{titleOf(object, lifted)}</span>
                <Facts record={lifted} facts={facts} />
              </div>
            )}
          </DragOverlay>
        </DndContext>
      )}
      {asking && <MoveDialog key={asking.move.to} object={object} record={asking.record} field={field} move={asking.move} title={asking.title} onDone={closeAsking} />}
    </div>
  )
}
