/*
 * toolbar.tsx - what stands above a list or a board: count, find, ways in and out.  Each part is drawn
 * again only when something of it changes, not when a row is chosen or the list is sorted.
 */
import { Button, Menu, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconCalendar, IconDownload, IconFileImport, IconFilter, IconLayoutKanban, IconLayoutList, IconMap2, IconPlus, IconSearch } from '@tabler/icons-react'
import { memo, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { address } from '../../lib/api.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { may, processOf } from '../../lib/meta.ts'
import { type ListAsk, listParams } from '../../lib/queries.ts'
import type { ObjectMeta } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { Empty } from '../states.tsx'
import styles from './toolbar.module.css'

export function Count({ total, loaded, more }: { total: number | null; loaded: number; more: boolean }) {
  const { t } = useTranslation()
  const lang = useLang()
  const text = total !== null ? formatNumber(total, lang) : `${formatNumber(loaded, lang)}${more ? '+' : ''}`
  return (
    <span className={styles.count} aria-live="polite">
      {t('list.count', { count: total ?? loaded, text })}
    </span>
  )
}

export const QuickFind = memo(function QuickFind({ value, onChange }: { value: string; onChange: (text: string) => void }) {
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
})

export const FilterButton = memo(function FilterButton({ active, open, onClick }: { active: boolean; open: boolean; onClick: () => void }) {
  const { t } = useTranslation()
  return (
    <Button size="xs" variant={active ? 'light' : 'default'} leftSection={<IconFilter size={16} />} aria-expanded={open} onClick={onClick}>
      {t('filter.title')}
    </Button>
  )
})

const LAYOUTS = {
  list: { to: '/o/$object', Icon: IconLayoutList },
  board: { to: '/o/$object/board', Icon: IconLayoutKanban },
  calendar: { to: '/o/$object/calendar', Icon: IconCalendar },
  map: { to: '/o/$object/map', Icon: IconMap2 },
} as const
type Layout = keyof typeof LAYOUTS

/* The same records as a list, as a board, on a calendar, on a map. */
export const Layouts = memo(function Layouts({ object, filter = '', q = '' }: { object: ObjectMeta; filter?: string | undefined; q?: string | undefined }) {
  const { t } = useTranslation()
  const has: Record<Layout, boolean> = {
    list: true,
    board: processOf(useMeta(), object) !== null,
    calendar: !!object.pages.calendar || object.fields.some((f) => !f.system && (f.type === 'date' || f.type === 'datetime')),
    map: object.fields.some((f) => f.type === 'location'),
  }
  const narrowed = filter ? { filter } : {}
  const kept = { ...narrowed, ...(q ? { q } : {}), view: 'all' }
  const layouts = (Object.keys(LAYOUTS) as Layout[]).filter((l) => has[l])
  if (layouts.length < 2) return null
  return (
    <ul className={`plain ${styles.layouts}`} aria-label={t('layout.title')}>
      {layouts.map((layout) => {
        const { to, Icon } = LAYOUTS[layout]
        const name = t(`layout.${layout}`)
        return (
          <li key={layout}>
            <Link
              to={to}
              params={{ object: object.name }}
              search={layout === 'calendar' ? narrowed : kept}
              className={styles.layout}
              title={name}
              aria-label={name}
              activeOptions={{ exact: true, includeSearch: false }}
            >
              <Icon size={17} aria-hidden />
            </Link>
          </li>
        )
      })}
    </ul>
  )
})

/* Only while its menu is open: what the list asks is known then. */
function Exports({ object, ask }: { object: ObjectMeta; ask: () => ListAsk }) {
  const { t } = useTranslation()
  return (['xlsx', 'csv', 'ndjson'] as const).map((format) => (
    <Menu.Item key={format} component="a" href={address(`/${object.name}`, { ...listParams(ask()), format })} download>
      {t(`list.format_${format}`)}
    </Menu.Item>
  ))
}

/* Ways in and out: create, import, export. */
export const Ways = memo(function Ways({ object, ask }: { object: ObjectMeta; ask: () => ListAsk }) {
  const { t } = useTranslation()
  const label = useLabel()
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
            {may(object, 'export') && <Exports object={object} ask={ask} />}
          </Menu.Dropdown>
        </Menu>
      )}
      {may(object, 'create') && (
        <Button size="xs" leftSection={<IconPlus size={16} />} renderRoot={(p) => <Link to="/o/$object/new" params={{ object: object.name }} search={{}} {...p} />}>
          {t('create_named', { name: label(object.label, object.name) })}
        </Button>
      )}
    </>
  )
})

export function BinObject({ object }: { object: ObjectMeta }) {
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

export function Nothing({ object, narrowed, bin, onClear }: { object: ObjectMeta; narrowed: boolean; bin: boolean; onClear: () => void }) {
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
