/* List.tsx - the records of one object, or its recycle bin. What is asked stands in the address. */
import { ActionIcon, Button, Menu, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { IconArrowBackUp, IconDownload, IconFileImport, IconFilter, IconPlus, IconSearch, IconX } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { restoreRecord } from '../actions/restore.ts'
import { address, Problem } from '../lib/api.ts'
import { fetched, useColumns } from '../lib/columns.ts'
import { formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { cardLine, may } from '../lib/meta.ts'
import { type ListAsk, listParams, listQuery } from '../lib/queries.ts'
import type { ObjectMeta } from '../lib/types.ts'
import { useLabel, useMeta, useObject } from '../lib/use.ts'
import { Empty, Failed, Lines } from '../views/states.tsx'
import { RecordTable } from '../views/Table.tsx'
import { useTitle } from '../views/title.ts'
import styles from './List.module.css'

/* Not needed to see a list, so they come after it. */
const Columns = lazy(() => import('../views/Columns.tsx').then((m) => ({ default: m.Columns })))
const FilterPanel = lazy(() => import('../views/Filter.tsx').then((m) => ({ default: m.FilterPanel })))

const route = getRouteApi('/shell/o/$object')

export function List() {
  const { object: name } = route.useParams()
  const object = useObject(name)
  if (!object) return <Failed error={new Problem(404, {})} />
  return <ObjectList key={name} object={object} />
}

function ObjectList({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const navigate = useNavigate()
  const search = route.useSearch()
  const [filtering, setFiltering] = useState(false)
  const columns = useColumns(meta, object)
  const bin = search.deleted === true
  const ask: ListAsk = useMemo(
    () => ({
      ...(search.filter ? { filter: search.filter } : {}),
      ...(search.sort ? { sort: search.sort } : {}),
      ...(search.q ? { q: search.q } : {}),
      ...(bin ? { deleted: true } : {}),
      fields: fetched(object, columns.fields.map((f) => f.name), cardLine(object)),
    }),
    [search, bin, object, columns.fields],
  )
  const query = useInfiniteQuery(listQuery(object.name, ask))
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const rows = useMemo(() => query.data?.pages.flatMap((p) => p.rows) ?? [], [query.data])
  const total = query.data?.pages[0]?.total ?? null
  const change = (next: Partial<typeof search>) =>
    void navigate({
      to: '/o/$object',
      params: { object: object.name },
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, v]) => v !== '' && v !== undefined)),
      replace: true,
    })
  const badFilter = query.error instanceof Problem && query.error.errors.some((e) => e.path === 'filter') ? query.error : null
  const narrowed = !!(search.filter || search.q)
  useTitle(bin ? t('bin.title') : label(object.plural, object.name))

  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <div className={styles.name}>
          <h1>{bin ? t('bin.title') : label(object.plural, object.name)}</h1>
          <Count total={total} loaded={rows.length} more={hasNextPage} />
        </div>
        {bin && <BinObject object={object} />}
        <QuickFind key={search.q ?? ''} value={search.q ?? ''} onChange={(q) => change({ q })} />
        <Button
          size="xs"
          variant={search.filter ? 'light' : 'default'}
          leftSection={<IconFilter size={16} />}
          aria-expanded={filtering}
          onClick={() => setFiltering(!filtering)}
        >
          {t('filter.title')}
        </Button>
        <span className={styles.desk}>
          <Suspense>
            <Columns object={object} fields={columns.fields} chosen={columns.chosen} onChange={columns.setColumns} />
          </Suspense>
        </span>
        {!bin && <Ways object={object} ask={ask} />}
      </header>
      {(filtering || badFilter) && (
        <Suspense>
          <FilterPanel key={search.filter ?? ''} object={object} text={search.filter ?? ''} error={badFilter} onApply={(filter) => change({ filter })} />
        </Suspense>
      )}
      {!filtering && !badFilter && search.filter && (
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
      <div className={styles.list}>
        {query.isPending ? (
          <Lines count={12} />
        ) : query.isError && rows.length === 0 ? (
          <Failed error={query.error} again={() => void query.refetch()} />
        ) : rows.length === 0 ? (
          <Nothing object={object} narrowed={narrowed} bin={bin} onClear={() => change({ filter: '', q: '' })} />
        ) : (
          <RecordTable
            object={object}
            fields={columns.fields}
            rows={rows}
            total={total}
            {...(search.sort ? { sort: search.sort } : {})}
            onSort={(sort) => change({ sort })}
            widths={columns.widths}
            onWidths={columns.setWidths}
            onEnd={more}
            busy={query.isFetching}
            {...(bin
              ? {
                  rowAction: (record) => (
                    <Button size="compact-xs" variant="light" leftSection={<IconArrowBackUp size={14} />} onClick={() => void restoreRecord(object, record.id, t)}>
                      {t('bin.restore')}
                    </Button>
                  ),
                }
              : {})}
          />
        )}
      </div>
    </div>
  )
}

function Count({ total, loaded, more }: { total: number | null; loaded: number; more: boolean }) {
  const { t } = useTranslation()
  const lang = useLang()
  const text = total !== null ? formatNumber(total, lang) : `${formatNumber(loaded, lang)}${more ? '+' : ''}`
  return (
    <span className={styles.count} aria-live="polite">
      {t('list.count', { count: total ?? loaded, text })}
    </span>
  )
}

function QuickFind({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  const tell = useDebouncedCallback(onChange, 250)
  useEffect(() => () => tell.cancel(), [tell])
  return (
    <TextInput
      size="xs"
      type="search"
      className={styles.find}
      aria-label={t('list.find')}
      placeholder={t('list.find')}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={text}
      onChange={(e) => {
        setText(e.currentTarget.value)
        tell(e.currentTarget.value.trim())
      }}
    />
  )
}

/* Ways in and out: create, import, export. */
function Ways({ object, ask }: { object: ObjectMeta; ask: ListAsk }) {
  const { t } = useTranslation()
  const label = useLabel()
  const file = (format: string) => address(`/${object.name}`, { ...listParams(ask), format })
  return (
    <>
      {(may(object, 'export') || may(object, 'import')) && (
        <Menu>
          <Menu.Target>
            <Button size="xs" variant="default" className={styles.desk} leftSection={<IconDownload size={16} />}>
              {t('list.data')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {may(object, 'import') && (
              <Menu.Item leftSection={<IconFileImport size={16} />} renderRoot={(p) => <Link to="/import" search={{ object: object.name }} {...p} />}>
                {t('import.start')}
              </Menu.Item>
            )}
            {may(object, 'export') && <Menu.Label>{t('list.export')}</Menu.Label>}
            {may(object, 'export') &&
              (['xlsx', 'csv', 'ndjson'] as const).map((format) => (
                <Menu.Item key={format} component="a" href={file(format)} download>
                  {t(`list.format_${format}`)}
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {may(object, 'create') && (
        <Button size="xs" leftSection={<IconPlus size={16} />} className={styles.create} renderRoot={(p) => <Link to="/o/$object/new" params={{ object: object.name }} search={{}} {...p} />}>
          {t('create_named', { name: label(object.label, object.name) })}
        </Button>
      )}
    </>
  )
}

function BinObject({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const navigate = useNavigate()
  return (
    <NativeSelect
      size="xs"
      aria-label={t('bin.object')}
      value={object.name}
      data={meta.objects.map((o) => ({ value: o.name, label: label(o.plural, o.name) }))}
      onChange={(e) => void navigate({ to: '/o/$object', params: { object: e.currentTarget.value }, search: { deleted: true } })}
    />
  )
}

function Nothing({ object, narrowed, bin, onClear }: { object: ObjectMeta; narrowed: boolean; bin: boolean; onClear: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const name = label(object.label, object.name)
  if (narrowed)
    return (
      <Empty title={t('list.no_match')}>
        <Button size="xs" variant="default" onClick={onClear}>
          {t('list.show_all')}
        </Button>
      </Empty>
    )
  if (bin) return <Empty title={t('bin.empty')} />
  return (
    <Empty title={t('list.empty', { name })}>
      {may(object, 'create') && (
        <Button size="xs" renderRoot={(p) => <Link to="/o/$object/new" params={{ object: object.name }} search={{}} {...p} />}>
          {t('create_named', { name })}
        </Button>
      )}
    </Empty>
  )
}
