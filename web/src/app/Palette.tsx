/*
 * Palette.tsx - go anywhere, find anyone, do anything, from the keyboard.
 *
 * Nothing typed: what one may do here and what one saw last.  Typed: actions and places whose
 * name has it, and what the search finds.
 */
import { Loader, Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type TablerIcon, IconBookmark, IconFileImport, IconHistory, IconHome, IconLayoutKanban, IconPlus, IconSearch, IconSettings, IconSql } from '@tabler/icons-react'
import { type ComponentType, type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ActionContext, DialogProps } from '../actions/action.ts'
import { appActions } from '../actions/app/index.ts'
import { actions } from '../actions/index.ts'
import { findObject, mainObjects, may, processOf, servingObjects } from '../lib/meta.ts'
import { recordQuery, searchQuery } from '../lib/queries.ts'
import { recentOf } from '../lib/recent.ts'
import { useLabel, useMeta, useSession } from '../lib/use.ts'
import { useViews, viewSearch } from '../lib/views.ts'
import { ObjectIcon } from '../views/Icon.tsx'
import { Marked } from '../views/Search.tsx'
import { useAppContext, useHere } from './context.ts'
import styles from './Palette.module.css'

interface Item {
  id: string
  group: 'action' | 'found' | 'place' | 'recent'
  text: string
  show?: ReactNode
  hint?: string
  icon: ReactNode
  keys?: string
  run: () => void | Promise<void>
}

const icon = (Icon: TablerIcon) => <Icon size={17} stroke={1.7} aria-hidden />
const FOUND_MAX = 8

function useActionItems(setDialog: (d: { Dialog: ComponentType<DialogProps> } | null) => void, help: () => void) {
  const context = useAppContext(help)
  const session = useSession()
  const here = useHere()
  const record = useQuery({ ...recordQuery(here.object, here.id), enabled: here.id !== '' }).data
  const { t, object } = context
  const items: Item[] = []
  if (record && object) {
    const on: ActionContext = { object, record, session, t, navigate: context.navigate, open: (Dialog) => setDialog({ Dialog }) }
    for (const a of actions)
      if (a.when(on)) items.push({ id: `a.${a.name}`, group: 'action', text: t(a.label) as string, icon: icon(a.icon), run: () => a.run(on), ...(a.keys ? { keys: a.keys } : {}) })
  }
  for (const a of appActions)
    if (!a.when || a.when(context)) items.push({ id: `g.${a.name}`, group: 'action', text: t(a.label) as string, icon: icon(a.icon), run: () => a.run(context), ...(a.keys ? { keys: a.keys } : {}) })
  return { items, context, record, object }
}

function usePlaceItems(context: ReturnType<typeof useAppContext>): Item[] {
  const meta = useMeta()
  const label = useLabel()
  const { views } = useViews()
  const me = useSession()
  const admin = me?.admin || me?.audit
  const { t, navigate } = context
  const objects = [...mainObjects(meta), ...servingObjects(meta)]
  const places: Item[] = [{ id: 'p.home', group: 'place', text: t('home.title'), icon: icon(IconHome), run: () => navigate({ to: '/' }) }]
  for (const o of objects) {
    const name = label(o.plural, o.name)
    places.push({ id: `p.${o.name}`, group: 'place', text: name, icon: <ObjectIcon name={o.icon} size={17} />, run: () => navigate({ to: '/o/$object', params: { object: o.name }, search: {} }) })
    if (processOf(meta, o)) places.push({ id: `b.${o.name}`, group: 'place', text: `${name} · ${t('layout.board')}`, icon: icon(IconLayoutKanban), run: () => navigate({ to: '/o/$object/board', params: { object: o.name }, search: {} }) })
  }
  for (const v of views) {
    const o = findObject(meta, v.object)
    if (o)
      places.push({
        id: `v.${v.id}`, group: 'place', text: v.name, hint: label(o.plural, o.name), icon: icon(IconBookmark),
        run: () => navigate({ to: v.layout === 'board' ? '/o/$object/board' : '/o/$object', params: { object: o.name }, search: viewSearch(v) }),
      })
  }
  if (meta.expiries?.length) places.push({ id: 'p.expiry', group: 'place', text: t('expiry.title'), icon: <ObjectIcon name="list-numbers" size={17} />, run: () => navigate({ to: '/expiry' }) })
  if (objects.some((o) => may(o, 'import'))) places.push({ id: 'p.import', group: 'place', text: t('import.title'), icon: icon(IconFileImport), run: () => navigate({ to: '/import' }) })
  places.push({ id: 'p.sql', group: 'place', text: 'SQL', icon: icon(IconSql), run: () => navigate({ to: '/sql' }) })
  if (admin) places.push({ id: 'p.admin', group: 'place', text: t('admin.title'), icon: icon(IconSettings), run: () => navigate({ to: '/admin/$', params: { _splat: '' } }) })
  for (const o of objects)
    if (may(o, 'create')) places.push({ id: `n.${o.name}`, group: 'action', text: t('create_named', { name: label(o.label, o.name) }), icon: icon(IconPlus), run: () => navigate({ to: '/o/$object/new', params: { object: o.name }, search: {} }) })
  return places
}

export function Palette({ opened, onClose, help }: { opened: boolean; onClose: () => void; help: () => void }) {
  const [dialog, setDialog] = useState<{ Dialog: ComponentType<DialogProps> } | null>(null)
  const { items, context, record, object } = useActionItems(setDialog, help)
  const { t } = context
  return (
    <>
      <Modal opened={opened} onClose={onClose} withCloseButton={false} size="lg" padding={0} yOffset="10dvh" centered={false} aria-label={t('palette.title')} transitionProps={{ duration: 80 }}>
        {opened && <Choice actions={items} context={context} onClose={onClose} />}
      </Modal>
      {dialog && record && object && <dialog.Dialog object={object} record={record} onClose={() => setDialog(null)} />}
    </>
  )
}

function Choice({ actions: own, context, onClose }: { actions: Item[]; context: ReturnType<typeof useAppContext>; onClose: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const session = useSession()
  const list = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const typed = text.trim().normalize('NFKC').toLowerCase()
  const [asked] = useDebouncedValue(text.trim(), 120)
  const { data, isFetching } = useQuery({ ...searchQuery(asked, undefined, FOUND_MAX), enabled: asked !== '' })
  const places = usePlaceItems(context)
  const go = (object: string, id: string) => () => context.navigate({ to: '/o/$object/$id', params: { object, id } })
  const has = (item: Item) => `${item.text} ${item.hint ?? ''}`.normalize('NFKC').toLowerCase().includes(typed)
  const found: Item[] =
    typed === '' || asked === ''
      ? []
      : (data?.rows ?? []).map((hit) => {
          const o = findObject(meta, hit.object)
          return {
            id: `f.${hit.object}/${hit.id}`, group: 'found', text: hit.title, icon: <ObjectIcon name={o?.icon} size={17} />,
            ...(hit.match ? { show: hit.match.text === hit.title ? <Marked {...hit.match} /> : <>{hit.title} · <Marked {...hit.match} /></> } : {}),
            hint: [label(o?.label), hit.subtitle].filter(Boolean).join(' · '), run: go(hit.object, hit.id),
          }
        })
  const recent: Item[] =
    typed !== ''
      ? []
      : recentOf(session?.user.id ?? '').slice(0, 6).map((seen) => ({ id: `r.${seen.id}`, group: 'recent', text: seen.title, icon: icon(IconHistory), hint: label(findObject(meta, seen.object)?.label), run: go(seen.object, seen.id) }))
  const known = [...own, ...places]
  const items = typed === '' ? [...recent, ...own, ...places.filter((p) => p.group === 'place')] : [...found, ...known.filter((i) => i.group === 'place' && has(i)), ...known.filter((i) => i.group === 'action' && has(i))]
  const active = Math.min(at, items.length - 1)
  const optionId = (i: number) => `${list}-${i}`
  useEffect(() => setAt(0), [asked])
  useEffect(() => {
    document.getElementById(`${list}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [list, active])
  const take = (item: Item | undefined) => {
    if (!item) return
    onClose()
    void item.run()
  }
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key]
    if (step) setAt((active + step + items.length) % items.length)
    else if (e.key === 'Enter' && !e.nativeEvent.isComposing) take(items[active])
    else return
    e.preventDefault()
  }
  return (
    <>
      <TextInput
        variant="unstyled"
        size="md"
        className={styles.input}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={items.length ? optionId(active) : undefined}
        aria-label={t('palette.title')}
        placeholder={t('palette.hint')}
        autoComplete="off"
        data-autofocus
        value={text}
        leftSection={isFetching ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />}
        onChange={(e) => {
          setText(e.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label={t('palette.title')} className={styles.list} tabIndex={-1}>
        {items.map((item, i) => (
          <div key={item.id}>
            {items[i - 1]?.group !== item.group && (
              <div className={styles.group} role="presentation">
                {t(`palette.group_${item.group}`)}
              </div>
            )}
            <div id={optionId(i)} role="option" aria-selected={i === active} className={styles.item} onMouseMove={() => setAt(i)} onClick={() => take(item)}>
              {item.icon}
              <span className="clip">{item.show ?? item.text}</span>
              {item.hint && <span className={`clip dim small ${styles.hint}`}>{item.hint}</span>}
              {item.keys && <kbd className={styles.kbd}>{item.keys.replace('shift+', '')}</kbd>}
            </div>
          </div>
        ))}
        {items.length === 0 && <div className={styles.none}>{isFetching || asked !== text.trim() ? t('searching') : t('nothing_found')}</div>}
      </div>
    </>
  )
}
