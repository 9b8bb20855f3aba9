/* List.tsx - the records of one object, or its recycle bin. What is asked stands in the address. */
import { ActionIcon, Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { IconArrowBackUp, IconChecks, IconX } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { restoreRecord } from '../actions/restore.ts'
import { Problem } from '../lib/api.ts'
import { fetched, useColumns } from '../lib/columns.ts'
import { readGrouping } from '../lib/group.ts'
import { usePhone } from '../lib/media.ts'
import { cardLine, mayDo } from '../lib/meta.ts'
import { type ListAsk, listQuery } from '../lib/queries.ts'
import { choose, chosenMay, EVERYTHING, NOTHING, type Selection } from '../lib/selection.ts'
import { useStable } from '../lib/stable.ts'
import type { May, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel, useMeta, useObject } from '../lib/use.ts'
import { ALL, differs, type SavedView, useViews, viewLayout, viewSearch } from '../lib/views.ts'
import type { Line } from '../views/list/lines.ts'
import { Position, type TellSight } from '../views/list/Position.tsx'
import { BinObject, Count, FilterButton, Layouts, Nothing, QuickFind, Ways } from '../views/list/toolbar.tsx'
import { useEditing } from '../views/list/useEditing.ts'
import { useGroups } from '../views/list/useGroups.ts'
import { usePaste } from '../views/list/usePaste.ts'
import { Failed, Lines } from '../views/states.tsx'
import { RecordTable } from '../views/Table.tsx'
import { useTitle } from '../views/title.ts'
import styles from './List.module.css'

/* Not needed to see a list, so they come after it. */
const Columns = lazy(() => import('../views/Columns.tsx').then((m) => ({ default: m.Columns })))
const FilterPanel = lazy(() => import('../views/Filter.tsx').then((m) => ({ default: m.FilterPanel })))
const GroupMenu = lazy(() => import('../views/list/GroupMenu.tsx').then((m) => ({ default: m.GroupMenu })))
const ViewsMenu = lazy(() => import('../views/list/ViewsMenu.tsx').then((m) => ({ default: m.ViewsMenu })))
const bringSelectionBar = () => import('../views/list/SelectionBar.tsx')
const SelectionBar = lazy(() => bringSelectionBar().then((m) => ({ default: m.SelectionBar })))
/* After the list is there, so that the first row that is chosen need not wait for it. */
const SELECTION_BAR_AFTER_MS = 1500
const PasteDialog = lazy(() => import('../views/list/PasteDialog.tsx').then((m) => ({ default: m.PasteDialog })))

const route = getRouteApi('/shell/o/$object')

export function List() {
  const { object: name } = route.useParams()
  const object = useObject(name)
  const search = route.useSearch()
  const navigate = useNavigate()
  const { first, isPending } = useViews(name)
  const bare = Object.keys(search).length === 0
  /* Without a word in the address, one begins with one's default view. */
  const begin = bare && first ? first : null
  useEffect(() => {
    if (begin)
      void navigate({ to: begin.layout === 'board' ? '/o/$object/board' : '/o/$object', params: { object: name }, search: viewSearch(begin), replace: true })
  }, [begin, name, navigate])
  if (!object) return <Failed error={new Problem(404, {})} />
  if (bare && (isPending || begin)) return <Lines count={12} />
  return <ObjectList key={name} object={object} />
}

function useChosen(asked: string) {
  const [chosen, setChosen] = useState<{ asked: string; selection: Selection }>({ asked, selection: NOTHING })
  /* Another question, another list: nothing of it is chosen yet. */
  const selection = chosen.asked === asked ? chosen.selection : NOTHING
  const setSelection = useCallback((next: Selection) => setChosen({ asked, selection: next }), [asked])
  return { selection, setSelection }
}

function ObjectList({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const navigate = useNavigate()
  const search = route.useSearch()
  const phone = usePhone()
  const [filtering, setFiltering] = useState(false)
  const [choosing, setChoosing] = useState(false)
  const tell = useRef<TellSight>(null)
  const { views } = useViews(object.name)
  const view = views.find((v) => v.id === search.view)
  const layout = useMemo(() => viewLayout(view), [view])
  const columns = useColumns(meta, object, view?.id, layout)
  const bin = search.deleted === true
  const grouping = useMemo(() => readGrouping(object, search.group), [object, search.group])
  const ask: ListAsk = useMemo(
    () => ({
      ...(search.filter ? { filter: search.filter } : {}),
      ...(search.sort ? { sort: search.sort } : {}),
      ...(search.q ? { q: search.q } : {}),
      ...(bin ? { deleted: true } : {}),
      fields: fetched(object, columns.fields.map((f) => f.name), cardLine(object), object.owned ? ['owner'] : []),
    }),
    [search.filter, search.sort, search.q, bin, object, columns.fields],
  )
  const query = useInfiniteQuery({ ...listQuery(object.name, ask), enabled: grouping === null })
  const grouped = useGroups(object, ask, grouping, columns.fields)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const plain: Line[] = useMemo(() => query.data?.pages.flatMap((p) => p.rows.map((record) => ({ kind: 'row' as const, record }))) ?? [], [query.data])
  const lines = grouping ? grouped.lines : plain
  /* A click shows at once that it was one; new rows are drawn after that. */
  const later = useDeferredValue(lines)
  const drawn = later.length > 0 ? later : lines
  const total = grouping ? grouped.total : (query.data?.pages[0]?.total ?? null)
  const asked = JSON.stringify([search.filter, search.q, bin])
  const { selection, setSelection } = useChosen(asked)
  const editing = useEditing(object)
  const paste = usePaste(object, columns.fields, lines)
  const change = (next: Partial<typeof search>) =>
    void navigate({
      to: '/o/$object',
      params: { object: object.name },
      search: (old) => {
        const all = { ...old, ...next }
        const kept = Object.entries(all).filter(([, v]) => v !== '' && v !== undefined)
        /* Nothing left to say is not the default view. */
        return kept.length === 0 && Object.keys(old).length > 0 ? { view: ALL } : Object.fromEntries(kept)
      },
      replace: true,
    })
  const now = grouping ? grouped.query : query
  const badFilter = now.error instanceof Problem && now.error.errors.some((e) => e.path === 'filter') ? now.error : null
  const narrowed = !!(search.filter || search.q)
  const ticks = !phone || choosing
  const somethingChosen = (s: Selection) => s.all || s.ids.size > 0
  /* What a click changes is on the screen first, what follows from it after that. */
  const [barred, panel] = [useDeferredValue(selection), useDeferredValue(filtering)]
  const seen = useCallback((from: number, to: number) => tell.current?.(from, to), [])
  useEffect(() => {
    const timer = window.setTimeout(() => void bringSelectionBar().catch(() => null), SELECTION_BAR_AFTER_MS)
    return () => window.clearTimeout(timer)
  }, [])
  useTitle(bin ? t('bin.title') : label(object.plural, object.name))

  const does = useStable({
    setColumns: columns.setColumns,
    find: (q: string) => change({ q }),
    group: (group: string) => change({ group }),
    filter: () => setFiltering(!filtering),
    ask: () => ask,
    now: () => ({ shown: search, layout: columns.layout }),
    all: () => setSelection(EVERYTHING),
    may: (what: keyof May) => chosenMay(barred, lines.flatMap((l) => (l.kind === 'row' ? [l.record] : [])), what),
    none: () => setSelection(NOTHING),
    choose: (v: SavedView | null) => {
      if (v && v.id === view?.id) columns.settle()
      void navigate({ to: v?.layout === 'board' ? '/o/$object/board' : '/o/$object', params: { object: object.name }, search: v ? viewSearch(v) : { view: ALL } })
    },
  })
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <div className={styles.name}>
          <h1>{bin ? t('bin.title') : label(object.plural, object.name)}</h1>
          {!bin && (
            <Suspense>
              <ViewsMenu object={object} chosen={view} kind="list" changed={!!view && differs(view, search, columns.layout)} now={does.now} onChoose={does.choose} />
            </Suspense>
          )}
          {!badFilter && !now.isPending && <Count total={total} loaded={plain.length} more={hasNextPage} />}
        </div>
        {bin && <BinObject object={object} />}
        <QuickFind key={search.q ?? ''} value={search.q ?? ''} onChange={does.find} />
        <FilterButton active={!!search.filter} open={filtering} onClick={does.filter} />
        <span className={styles.desk}>
          <Suspense>
            <GroupMenu object={object} value={search.group ?? ''} onChange={does.group} />
            <Columns object={object} fields={columns.fields} chosen={columns.chosen} onChange={does.setColumns} />
          </Suspense>
        </span>
        {phone && (
          <ActionIcon variant={choosing ? 'light' : 'default'} size={30} aria-label={t('select.choose')} aria-pressed={choosing} onClick={() => setChoosing(!choosing)}>
            <IconChecks size={16} />
          </ActionIcon>
        )}
        {!bin && <Layouts object={object} filter={search.filter} q={search.q} />}
        {!bin && <Ways object={object} ask={does.ask} />}
      </header>
      {(panel || badFilter) && (
        <Suspense>
          <FilterPanel key={search.filter ?? ''} object={object} text={search.filter ?? ''} error={badFilter} onApply={(filter) => change({ filter })} />
        </Suspense>
      )}
      {!panel && !badFilter && search.filter && (
        <div className={styles.applied}>
          <span className="dim small">{t('filter.title')}</span>
          <button type="button" className={styles.expression} onClick={() => setFiltering(true)}>
            {search.filter}
          </button>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('filter.clear')} onClick={() => change({ filter: '' })}>
            <IconX size={14} />
          </ActionIcon>
        </div>
      )}
      {somethingChosen(selection) && somethingChosen(barred) && (
        <Suspense>
          <SelectionBar object={object} ask={ask} selection={barred} total={total} bin={bin} may={does.may} onAll={does.all} onClear={does.none} />
        </Suspense>
      )}
      <div className={styles.list}>
        {now.isPending ? (
          <Lines count={12} />
        ) : badFilter ? null : now.isError && lines.length === 0 ? (
          <Failed error={now.error} again={() => void now.refetch()} />
        ) : lines.length === 0 ? (
          <Nothing object={object} narrowed={narrowed} bin={bin} onClear={() => change({ filter: '', q: '' })} />
        ) : (
          <RecordTable
            key={view?.id ?? ''}
            object={object}
            fields={columns.fields}
            lines={drawn}
            total={total}
            {...(search.sort ? { sort: search.sort } : {})}
            onSort={(sort) => change({ sort })}
            widths={columns.widths}
            onWidths={columns.setWidths}
            onEnd={more}
            onSight={seen}
            busy={now.isFetching}
            onGroup={grouped.toggle}
            onMore={grouped.more}
            {...(ticks
              ? {
                  selection,
                  onSelect: (ids: string[], on: boolean) => setSelection(choose(selection, ids, on)),
                  onSelectAll: (on: boolean) => setSelection(on ? EVERYTHING : NOTHING),
                }
              : {})}
            {...(bin
              ? {
                  rowAction: (record: Rec) => mayDo(record, 'restore') && (
                    <Button size="compact-xs" variant="light" leftSection={<IconArrowBackUp size={14} />} onClick={() => void restoreRecord(object, record.id, t)}>
                      {t('bin.restore')}
                    </Button>
                  ),
                }
              : { editing, onPaste: paste.take })}
          />
        )}
      </div>
      {!grouping && plain.length > 0 && !badFilter && (
        <p className={styles.status}>
          <Position tell={tell} total={total} loaded={plain.length} more={hasNextPage} />
          <span className={styles.keys}>{t('list.keys')}</span>
        </p>
      )}
      {paste.pasted && (
        <Suspense>
          <PasteDialog object={object} pasted={paste.pasted} onClose={paste.close} />
        </Suspense>
      )}
    </div>
  )
}
