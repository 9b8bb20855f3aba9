/* Map.tsx - the records of a list where they are. What is asked stands in the address, as in the list. */
import { ActionIcon, Button, CloseButton, Loader, NativeSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { IconCurrentLocation, IconFilter, IconMinus, IconPlus, IconSelectAll, IconWorld } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty } from '../fields/index.tsx'
import { Problem } from '../lib/api.ts'
import { formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { gather } from '../lib/map/gather.ts'
import { type Box, boxOf, boxText, distance, fit, project, tidyView, type View, zoomAt } from '../lib/map/mercator.ts'
import { type Cell, mapQuery, placeFields, SELECT_MAX, type Spot } from '../lib/map/query.ts'
import { cardFields, findPath, titleFields } from '../lib/meta.ts'
import { queryClient, recordQuery } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { Field, ObjectMeta } from '../lib/types.ts'
import { useLabel, useMeta, useObject } from '../lib/use.ts'
import { Count, Layouts, QuickFind } from '../views/list/toolbar.tsx'
import { MapCanvas, radiusOf } from '../views/map/Canvas.tsx'
import styles from '../views/map/map.module.css'
import { Empty, Failed, Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'

const FilterPanel = lazy(() => import('../views/Filter.tsx').then((m) => ({ default: m.FilterPanel })))
const route = getRouteApi('/shell/o/$object/map')

const CELL_PX = 48
const ROWS = 100
const NEAR_SIZE = 256 * 2 ** 12
const PLACE_SIZE = 256 * 2 ** 13
const CLOSE_ENOUGH = 1e-4

export function MapPage() {
  const { object: name } = route.useParams()
  const object = useObject(name)
  if (!object) return <Failed error={new Problem(404, {})} />
  if (placeFields(object).length === 0) return <NoPlaces object={object} />
  return <Places key={name} object={object} />
}

function NoPlaces({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  return (
    <Empty title={t('map.no_field', { name: label(object.plural, object.name) })}>
      <Link to="/o/$object" params={{ object: object.name }}>
        {t('layout.list')}
      </Link>
    </Empty>
  )
}

/* Where all of them are: asked once for each question. */
function useWhole(object: ObjectMeta, ask: { field: string; filter?: string | undefined; q?: string | undefined }) {
  return useQuery(mapQuery(object.name, { ...ask, columns: 8 }))
}

function around(cells: readonly Cell[]): Box | null {
  if (cells.length === 0) return null
  const all = (of: (c: Cell) => string | undefined, or: (c: Cell) => string) => cells.map((c) => Number(of(c) ?? or(c)))
  return {
    south: Math.min(...all((c) => c.south, (c) => c.lat)), west: Math.min(...all((c) => c.west, (c) => c.lon)),
    north: Math.max(...all((c) => c.north, (c) => c.lat)), east: Math.max(...all((c) => c.east, (c) => c.lon)),
  }
}

function Places({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const search = route.useSearch()
  const fields = placeFields(object)
  const field = fields.find((f) => f.name === search.field)?.name ?? fields[0]?.name ?? ''
  const ask = { field, filter: search.filter, q: search.q }
  const whole = useWhole(object, ask)
  const [size, setSize] = useState<[number, number]>([0, 0])
  const [moved, setMoved] = useState<View | null>(null)
  const [here, setHere] = useState<{ lat: number; lon: number } | null>(null)
  const [chosen, setChosen] = useState('')
  const [filtering, setFiltering] = useState(false)
  const [selecting, setSelecting] = useState(false)
  const resize = useCallback((w: number, h: number) => setSize([w, h]), [])
  const [width, height] = size
  const first = useMemo(() => {
    const box = around(whole.data?.cells ?? [])
    return box && width > 0 ? fit(box, width, height, PLACE_SIZE) : tidyView({ x: 0.5, y: 0.4, size: Math.max(width, 256) })
  }, [whole.data, width, height])
  const view = moved ?? first
  const [settled] = useDebouncedValue(view, 150)
  const columns = Math.min(64, Math.max(4, Math.round(Math.max(width, height) / CELL_PX)))
  const inSight = useQuery({
    ...mapQuery(object.name, { ...ask, box: boxText(boxOf(settled, width, height)), columns, rows: ROWS }),
    enabled: width > 0 && whole.isSuccess,
  })
  const page = inSight.data
  const change = (next: Partial<typeof search>) => {
    setMoved(null)
    void navigate({
      to: '/o/$object/map',
      params: { object: object.name },
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, v]) => v !== '' && v !== undefined)),
      replace: true,
    })
  }
  const middle = { x: width / 2, y: height / 2 }
  const zoom = (by: number) => setMoved(zoomAt(view, by, middle, width, height))
  const goTo = (lat: number, lon: number, to: number) => setMoved(tidyView({ ...project(lat, lon), size: Math.max(view.size, to) }))
  const near = () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setHere({ lat: coords.latitude, lon: coords.longitude })
        setMoved(tidyView({ ...project(coords.latitude, coords.longitude), size: NEAR_SIZE }))
      },
      () => toast(t('map.no_position'), { kind: 'wrong' }),
    )
  /* The expression language knows records by id; more than a filter can hold are not selected. */
  const select = async (box: Box) => {
    setSelecting(false)
    try {
      const found = await queryClient.fetchQuery(mapQuery(object.name, { ...ask, box: boxText(box), columns: 1, rows: SELECT_MAX }))
      if (found.inside === 0) return toast(t('map.none_selected'), { kind: 'wrong' })
      if (found.inside > SELECT_MAX) return toast(t('map.too_many', { text: formatNumber(found.inside, lang), max: SELECT_MAX }), { kind: 'wrong' })
      const filter = `id in (${found.rows.map((r) => `"${r.id}"`).join(', ')})`
      await navigate({ to: '/o/$object', params: { object: object.name }, search: { filter } })
    } catch (error) {
      toast(problemText(error), { kind: 'wrong' })
    }
  }
  const open = (cell: Cell) => {
    if (cell.id) return setChosen(cell.id)
    const box = around([cell])
    const small = box && box.north - box.south < CLOSE_ENOUGH && box.east - box.west < CLOSE_ENOUGH
    if (small && view.size >= PLACE_SIZE) return void select(box)
    if (box) setMoved(small ? tidyView({ ...project(Number(cell.lat), Number(cell.lon)), size: PLACE_SIZE * 8 }) : fit(box, width, height))
  }
  const marks = useMemo(() => gather(page?.cells ?? [], settled, radiusOf), [page, settled])
  const rows = useMemo(() => {
    const all: readonly Spot[] = page?.rows ?? []
    const far = (r: Spot) => (here ? distance(here, { lat: Number(r.lat), lon: Number(r.lon) }) : 0)
    return here ? all.map((r) => ({ ...r, far: far(r) })).sort((a, b) => a.far - b.far) : all
  }, [page, here])
  const failed = whole.error ?? inSight.error
  const badFilter = failed instanceof Problem && failed.errors.some((e) => e.path === 'filter') ? failed : null
  const title = label(object.plural, object.name)
  useTitle(`${title} · ${t('layout.map')}`)
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <div className={styles.name}>
          <h1>{title}</h1>
          {whole.data && <Count total={whole.data.inside} loaded={0} more={false} />}
        </div>
        {fields.length > 1 && (
          <NativeSelect size="xs" aria-label={t('map.field')} value={field} data={fields.map((f) => ({ value: f.name, label: label(f.label, f.name) }))} onChange={(e) => change({ field: e.currentTarget.value })} />
        )}
        <QuickFind key={search.q ?? ''} value={search.q ?? ''} onChange={(q) => change({ q })} />
        <Button size="xs" variant={search.filter ? 'light' : 'default'} leftSection={<IconFilter size={16} />} aria-expanded={filtering} onClick={() => setFiltering(!filtering)}>
          {t('filter.title')}
        </Button>
        <Layouts object={object} filter={search.filter} q={search.q} />
      </header>
      {(filtering || badFilter) && (
        <Suspense>
          <FilterPanel key={search.filter ?? ''} object={object} text={search.filter ?? ''} error={badFilter} onApply={(filter) => change({ filter })} />
        </Suspense>
      )}
      {failed && !badFilter ? (
        <Failed error={failed} again={() => void whole.refetch().then(() => inSight.refetch())} />
      ) : (
        <div className={styles.body}>
          <div className={styles.map}>
            <MapCanvas label={t('map.label', { name: title })} view={view} onView={setMoved} onSize={resize} cells={marks} here={here} chosen={chosen} onCell={open} selecting={selecting} onSelect={(box) => void select(box)} />
            <div className={styles.tools}>
              <Tool label={t('map.closer')} onClick={() => zoom(2)} icon={<IconPlus size={18} />} />
              <Tool label={t('map.further')} onClick={() => zoom(0.5)} icon={<IconMinus size={18} />} />
              <Tool label={t('map.all')} onClick={() => setMoved(null)} icon={<IconWorld size={18} />} />
              {'geolocation' in navigator && <Tool label={t('map.near')} onClick={near} icon={<IconCurrentLocation size={18} />} />}
              <Tool label={t('map.select')} pressed={selecting} onClick={() => setSelecting(!selecting)} icon={<IconSelectAll size={18} />} />
            </div>
            {chosen && <Card object={object} id={chosen} onClose={() => setChosen('')} />}
            <span className={styles.source}>Natural Earth</span>
          </div>
          <aside className={styles.side} aria-label={t('map.list')}>
            <div className={styles.said} aria-live="polite">
              {page ? (
                <>
                  <strong>{t('map.in_sight', { count: page.inside, text: formatNumber(page.inside, lang) })}</strong>
                  {page.outside > 0 && <span className="dim small">{t('map.outside', { text: formatNumber(page.outside, lang) })}</span>}
                  {page.inside > rows.length && rows.length > 0 && <span className="dim small">{t('map.first', { text: formatNumber(rows.length, lang) })}</span>}
                  {page.inside > 0 && page.inside <= SELECT_MAX && (
                    <Button size="compact-sm" variant="default" onClick={() => void select(boxOf(view, width, height))}>
                      {t('map.as_list')}
                    </Button>
                  )}
                </>
              ) : (
                <Loader size="sm" />
              )}
            </div>
            {!page && <Lines count={6} />}
            {page && page.inside + page.outside === 0 && <Empty title={t('map.nothing')}>{t('map.nothing_help')}</Empty>}
            <ul className="plain">
              {rows.map((r) => (
                <li key={r.id}>
                  <button type="button" className={styles.item} data-chosen={r.id === chosen || undefined} onClick={() => (setChosen(r.id), goTo(Number(r.lat), Number(r.lon), PLACE_SIZE / 4))}>
                    <span className={`clip ${styles.title}`}>{r.title}</span>
                    {'far' in r && <span className="dim small num">{t('map.km', { text: formatNumber((r.far as number).toFixed(1), lang) })}</span>}
                  </button>
                </li>
              ))}
            </ul>
          </aside>
        </div>
      )}
    </div>
  )
}

function Tool({ label, icon, onClick, pressed }: { label: string; icon: React.ReactNode; onClick: () => void; pressed?: boolean }) {
  return (
    <ActionIcon size={44} variant={pressed ? 'filled' : 'default'} aria-label={label} title={label} {...(pressed === undefined ? {} : { 'aria-pressed': pressed })} onClick={onClick}>
      {icon}
    </ActionIcon>
  )
}

/* What matters of one of them, and the way to its page. */
function Card({ object, id, onClose }: { object: ObjectMeta; id: string; onClose: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const { data } = useQuery(recordQuery(object.name, id))
  const facts = cardFields(object).filter((n) => !titleFields(object).includes(n)).map((n) => findPath(meta, object, n)).filter((f): f is Field => f !== null)
  return (
    <section className={styles.card} aria-label={t('map.card')}>
      <div className={styles.facts}>
        {data ? (
          <>
            <Link to="/o/$object/$id" params={{ object: object.name, id }}>
              <strong>{titleFields(object).map((n) => String(data[n] ?? '')).join(' ') || `#${id}`}</strong>
            </Link>
            <dl>
              {facts.filter((f) => !isEmpty(data[f.name])).map((f) => (
                <div key={f.name} style={{ display: 'contents' }}>
                  <dt>{label(f.label, f.name)}</dt>
                  <dd>
                    <FieldCell field={f} value={data[f.name]} />
                  </dd>
                </div>
              ))}
            </dl>
          </>
        ) : (
          <Loader size="sm" />
        )}
      </div>
      <CloseButton aria-label={t('close')} onClick={onClose} />
    </section>
  )
}
