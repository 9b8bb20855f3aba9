/* Shell.tsx - what stays while pages change: where one can go, the search box, one's own menu. */
import { type HotkeyItem, useDisclosure, useHotkeys } from '@mantine/hooks'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { IconFileImport, IconHome, IconSettings, IconSql, IconTrash } from '@tabler/icons-react'
import { type ComponentType, lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AppAction } from '../actions/app/action.ts'
import { appActions } from '../actions/app/index.ts'
import { useBatches } from '../lib/batch.ts'
import { withWords } from '../lib/i18n.ts'
import { patient } from '../lib/patient.ts'
import { startLive } from '../lib/live.ts'
import { usePhone } from '../lib/media.ts'
import { mainObjects, may, servingObjects } from '../lib/meta.ts'
import { queryClient } from '../lib/queries.ts'
import type { ObjectMeta } from '../lib/types.ts'
import { useLabel, useMeta, useSession } from '../lib/use.ts'
import { OfflineMark } from '../views/Arrival.tsx'
import { ObjectIcon } from '../views/Icon.tsx'
import { Search } from '../views/Search.tsx'
import { Lines } from '../views/states.tsx'
import { Toasts } from '../views/Toasts.tsx'
import { Mark } from '../views/Mark.tsx'
import styles from './Shell.module.css'
import { useAppContext } from './context.ts'
import { UserMenu } from './UserMenu.tsx'

const Palette = lazy(() => import('./Palette.tsx').then((m) => ({ default: m.Palette })))
const Keys = lazy(() => import('./Keys.tsx').then((m) => ({ default: m.Keys })))
const Phone = lazy(() => patient(() => withWords('phone', import('./Phone.tsx'))).then((m) => ({ default: m.Phone })))
const BatchPanel = lazy(() => import('../views/list/BatchPanel.tsx').then((m) => ({ default: m.BatchPanel })))

function Places() {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const { objects } = meta
  const me = useSession()
  const admin = me?.admin || me?.audit
  const bin = useRouterState({ select: (s) => String(s.location.search.deleted) === 'true' })
  const item = (o: ObjectMeta) => (
    <li key={o.name}>
      <Link to="/o/$object" params={{ object: o.name }} className={styles.place} activeProps={bin ? {} : { 'data-here': true }}>
        <ObjectIcon name={o.icon} />
        <span className="clip">{label(o.plural, o.name)}</span>
      </Link>
    </li>
  )
  return (
    <nav className={styles.places} aria-label={t('shell.places')}>
      <ul className="plain">
        <li>
          <Link to="/" className={styles.place} activeOptions={{ exact: true, includeSearch: false }} activeProps={{ 'data-here': true }}>
            <IconHome size={18} stroke={1.7} aria-hidden />
            <span>{t('home.title')}</span>
          </Link>
        </li>
        {objects.some((o) => o.pages.calendar?.main) && (
          <li>
            <Link to="/calendar" className={styles.place} activeOptions={{ includeSearch: false }} activeProps={{ 'data-here': true }}>
              <ObjectIcon name="calendar" />
              <span>{t('calendar.title')}</span>
            </Link>
          </li>
        )}
        {meta.expiries?.length ? (
          <li>
            <Link to="/expiry" className={styles.place} activeProps={{ 'data-here': true }}>
              <ObjectIcon name="list-numbers" />
              <span>{t('expiry.title')}</span>
            </Link>
          </li>
        ) : null}
        {mainObjects(meta).map(item)}
      </ul>
      <ul className={`plain ${styles.second}`}>
        {servingObjects(meta).map(item)}
        {objects.some((o) => may(o, 'import')) && (
          <li>
            <Link to="/import" className={styles.place} activeProps={{ 'data-here': true }}>
              <IconFileImport size={18} stroke={1.7} aria-hidden />
              <span>{t('import.title')}</span>
            </Link>
          </li>
        )}
        <li>
          <Link to="/sql" className={styles.place} activeProps={{ 'data-here': true }}>
            <IconSql size={18} stroke={1.7} aria-hidden />
            <span>SQL</span>
          </Link>
        </li>
        <li>
          <Link
            to="/o/$object"
            params={{ object: objects[0]?.name ?? 'account' }}
            search={{ deleted: true }}
            className={styles.place}
            data-here={bin || undefined}
          >
            <IconTrash size={18} stroke={1.7} aria-hidden />
            <span>{t('bin.title')}</span>
          </Link>
        </li>
        {admin && (
          <li>
            <Link to="/admin/$" params={{ _splat: '' }} className={styles.place} activeProps={{ 'data-here': true }}>
              <IconSettings size={18} stroke={1.7} aria-hidden />
              <span>{t('admin.title')}</span>
            </Link>
          </li>
        )}
      </ul>
    </nav>
  )
}

function Brand() {
  const name = useSession()?.organisation
  return (
    <Link to="/" className={styles.brand}>
      <Mark />
      {name ? <span className="clip">{name}</span> : <span lang="en">Guanxi</span>}
    </Link>
  )
}

const QUIET_MS = 300

/* After what people wait for; again when the network was gone just then. */
function useAwayWork(): ComponentType | null {
  const [work, setWork] = useState<{ Away: ComponentType } | null>(null)
  useEffect(() => {
    if (work) return
    let timer = 0
    const bring = () => {
      timer = window.setTimeout(bring, QUIET_MS)
      if (queryClient.isFetching() > 0 || document.readyState !== 'complete') return
      window.clearTimeout(timer)
      withWords('phone', import('./Away.tsx')).then(setWork, () => (timer = window.setTimeout(bring, 10 * QUIET_MS)))
    }
    timer = window.setTimeout(bring, QUIET_MS)
    return () => window.clearTimeout(timer)
  }, [work])
  return work?.Away ?? null
}

export function Shell() {
  const { t } = useTranslation()
  const batches = useBatches()
  const phone = usePhone()
  const Away = useAwayWork()
  const [find, findSwitch] = useDisclosure(false)
  const search = useRef<HTMLInputElement>(null)
  const user = useSession()?.user.id ?? ''
  useEffect(() => (user ? startLive(user) : undefined), [user])
  const path = useRouterState({ select: (s) => s.location.pathname })
  useEffect(findSwitch.close, [path, findSwitch.close])
  const focus = () => {
    const input = search.current
    if (input && input.offsetParent !== null) input.focus()
    else findSwitch.open()
  }
  useHotkeys([['/', focus]])
  const [palette, paletteSwitch] = useDisclosure(false)
  /* Loaded when it is first wanted, and kept: what it opened may outlive it. */
  const wanted = useRef(false)
  wanted.current ||= palette
  const [keys, keysSwitch] = useDisclosure(false)
  const context = useAppContext(keysSwitch.open)
  useHotkeys([['mod+K', paletteSwitch.toggle]], [])
  const run = (a: AppAction) => {
    if (!a.when || a.when(context)) void a.run(context)
  }
  useHotkeys(appActions.flatMap((a): HotkeyItem[] => (a.keys ? [[a.keys, () => run(a)]] : [])))
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {t('shell.skip')}
      </a>
      <aside className={styles.side}>
        <Brand />
        <Places />
      </aside>
      <header className={styles.top}>
        <div className={styles.phone}>
          <Brand />
        </div>
        <div className={styles.search}>
          <Search ref={search} />
        </div>
        <div className={styles.gap} />
        <OfflineMark />
        <UserMenu />
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        <Suspense fallback={<Lines />}>
          <Outlet />
        </Suspense>
      </main>
      {phone && (
        <Suspense>
          <Phone places={<Places />} find={find} onFind={(on) => findSwitch[on ? 'open' : 'close']()} />
        </Suspense>
      )}
      {Away && <Away />}
      <Toasts />
      <Suspense>
        {wanted.current && <Palette opened={palette} onClose={paletteSwitch.close} help={keysSwitch.open} />}
        {keys && <Keys onClose={keysSwitch.close} />}
      </Suspense>
      {batches.length > 0 && (
        <Suspense>
          <BatchPanel />
        </Suspense>
      )}
    </div>
  )
}
