/* toolbar.tsx - what stands above a list or a board: count, find, ways in and out. */
import { Button, Menu, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconCalendar, IconDownload, IconFileImport, IconLayoutKanban, IconLayoutList, IconMap2, IconPlus, IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { download } from '../../lib/api.ts'
import { toast } from '../../lib/toast.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { may, processOf } from '../../lib/meta.ts'
import { type ListAsk, listParams } from '../../lib/queries.ts'
import type { ObjectMeta } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { Empty, useProblemText } from '../states.tsx'
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

export function QuickFind({ value, onChange }: { value: string; onChange: (text: string) => void }) {
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

const LAYOUTS = {
  list: { to: '/o/$object', Icon: IconLayoutList },
  board: { to: '/o/$object/board', Icon: IconLayoutKanban },
  calendar: { to: '/o/$object/calendar', Icon: IconCalendar },
  map: { to: '/o/$object/map', Icon: IconMap2 },
} as const
type Layout = keyof typeof LAYOUTS

/* The same records as a list, as a board, on a calendar, on a map. */
export function Layouts({ object, here, search }: { object: ObjectMeta; here: Layout; search: { filter?: string; q?: string; view?: string } }) {
  const { t } = useTranslation()
  const has: Record<Layout, boolean> = {
    list: true,
    board: processOf(useMeta(), object) !== null,
    calendar: !!object.pages.calendar || object.fields.some((f) => !f.system && (f.type === 'date' || f.type === 'datetime')),
    map: object.fields.some((f) => f.type === 'location'),
  }
  const filter = search.filter ? { filter: search.filter } : {}
  const kept = { ...filter, ...(search.q ? { q: search.q } : {}), view: 'all' }
  const others = (Object.keys(LAYOUTS) as Layout[]).filter((l) => l !== here && has[l])
  return others.map((layout) => {
    const { to, Icon } = LAYOUTS[layout]
    return (
      <Button key={layout} size="xs" variant="default" leftSection={<Icon size={16} />} renderRoot={(p) => <Link to={to} params={{ object: object.name }} search={layout === 'calendar' ? filter : kept} {...p} />}>
        {t(`layout.${layout}`)}
      </Button>
    )
  })
}

/* Ways in and out: create, import, export. */
export function Ways({ object, ask }: { object: ObjectMeta; ask: ListAsk }) {
  const { t } = useTranslation()
  const label = useLabel()
  const problemText = useProblemText()
  const save = (format: string) =>
    void download(`/${object.name}`, { ...listParams(ask), format }).catch((error: unknown) => toast(problemText(error), { kind: 'wrong' }))
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
                <Menu.Item key={format} onClick={() => save(format)}>
                  {t(`list.format_${format}`)}
                </Menu.Item>
              ))}
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
}

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
