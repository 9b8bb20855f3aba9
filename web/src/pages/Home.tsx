/* Home.tsx - my day, my numbers, what changed: the tiles that packs describe, where one wants them. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconAdjustments, IconCheck, IconPlus } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Arrangement, arranged } from '../lib/arrange.ts'
import { formatToday } from '../lib/calendar.ts'
import { useLang, withWords } from '../lib/i18n.ts'
import { findObject, may } from '../lib/meta.ts'
import { pageQuery, type Tile } from '../lib/page.ts'
import { savePreference, usePreference } from '../lib/preferences.ts'
import { toast } from '../lib/toast.ts'
import { useLabel, useMeta, useOffset, useSession } from '../lib/use.ts'
import { Agenda } from '../views/home/Agenda.tsx'
import { Alerts } from '../views/home/Alerts.tsx'
import { Figures } from '../views/home/Figures.tsx'
import { Frame } from '../views/home/Frame.tsx'
import tiles from '../views/home/home.module.css'
import { NewsList } from '../views/home/NewsList.tsx'
import { Pipeline } from '../views/home/Pipeline.tsx'
import { Recent } from '../views/home/Recent.tsx'
import { Failed, Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './Home.module.css'

const Arrange = lazy(() => import('../views/home/Arrange.tsx'))
const FirstSteps = lazy(() => import('../views/home/FirstSteps.tsx').then((m) => ({ default: m.FirstSteps })))
const ForAdmin = lazy(() => import('../views/home/ForAdmin.tsx').then((m) => ({ default: m.ForAdmin })))
const UnusualReading = lazy(() => withWords('alerts', import('../views/people/Unusual.tsx')).then((m) => ({ default: m.UnusualReading })))
const PAGE = 'home'
const SETTLE_MS = 1_500
const RIGHT: readonly string[] = ['figures', 'groups', 'recent']

/* Work on the left, figures on the right. */
function usualPlaces(all: readonly Tile[]): Arrangement {
  return {
    left: all.filter((t) => !RIGHT.includes(t.kind)).map((t) => t.name),
    right: RIGHT.flatMap((kind) => all.filter((t) => t.kind === kind)).map((t) => t.name),
    hidden: [],
  }
}

export function Home() {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const offset = useOffset()
  const session = useSession()
  const problemText = useProblemText()
  const page = useQuery(pageQuery(PAGE))
  const saved = usePreference<Arrangement>(PAGE)
  const [arranging, setArranging] = useState(false)
  useTitle(t('home.title'))
  const all = useMemo(() => page.data?.tiles ?? [], [page.data])
  const usual = useMemo(() => usualPlaces(all), [all])
  const places = useMemo(() => arranged(usual, saved.value), [usual, saved.value])
  const find = (name: string) => all.find((tile) => tile.name === name)
  const titleOf = (name: string) => label(find(name)?.label, name)
  const save = (next: Arrangement) => void savePreference(PAGE, next).catch((error: unknown) => toast(problemText(error), { kind: 'wrong' }))
  /* Nothing is drawn that would be pushed down a moment later; but nobody waits long for it. */
  const [settled, setSettled] = useState(false)
  const settle = useCallback(() => setSettled(true), [])
  useEffect(() => {
    const timer = window.setTimeout(settle, SETTLE_MS)
    return () => window.clearTimeout(timer)
  }, [settle])
  const ready = page.data && saved.ready && settled
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <div>
          <h1>{t('home.greeting', { name: session?.user.display_name ?? '' })}</h1>
          <p className="dim">{formatToday(lang, offset)}</p>
        </div>
        <span className={styles.gap} />
        {arranging && (
          <Button size="xs" variant="subtle" onClick={() => save(usual)}>
            {t('home.usual')}
          </Button>
        )}
        <Button size="xs" variant={arranging ? 'filled' : 'default'} aria-pressed={arranging} leftSection={arranging ? <IconCheck size={16} /> : <IconAdjustments size={16} />} onClick={() => setArranging(!arranging)} disabled={!ready}>
          {t(arranging ? 'home.arranged' : 'home.arrange')}
        </Button>
      </header>
      {session?.admin && (
        <Suspense>
          <UnusualReading />
        </Suspense>
      )}
      <Suspense>
        <FirstSteps onSettled={settle} />
      </Suspense>
      {page.isError && <Failed error={page.error} again={() => void page.refetch()} />}
      {!ready && !page.isError && <Waiting />}
      {ready && arranging && (
        <Suspense fallback={<Lines />}>
          <p className="dim small">{t('home.arrange_help')}</p>
          <Arrange usual={usual} value={places} titleOf={titleOf} onChange={save} />
        </Suspense>
      )}
      {ready && !arranging && (
        <div className={tiles.columns}>
          {(['left', 'right'] as const).map((side) => (
            <div key={side} className={tiles.column}>
              {side === 'right' && session?.admin && (
                <Suspense fallback={<div className={`card ${tiles.keeper}`} />}>
                  <ForAdmin />
                </Suspense>
              )}
              {places[side].map((name) => {
                const tile = find(name)
                return tile && <Shown key={name} tile={tile} />
              })}
            </div>
          ))}
        </div>
      )}
    </div>
  )
}

/* As high as what comes, so that nothing jumps. */
function Waiting() {
  return (
    <div className={tiles.columns} aria-busy>
      {[0, 1].map((n) => (
        <div key={n} className={tiles.column}>
          <div className={`card ${styles.waiting}`}>
            <Lines count={9} />
          </div>
          <div className={`card ${styles.waiting}`}>
            <Lines count={6} />
          </div>
        </div>
      ))}
    </div>
  )
}

const BODIES: Partial<Record<Tile['kind'], (tile: Tile) => ReactNode>> = {
  agenda: (tile) => <Agenda page={PAGE} tile={tile} />,
  alerts: (tile) => <Alerts page={PAGE} tile={tile} />,
  figures: (tile) => <Figures page={PAGE} tile={tile} />,
  groups: (tile) => <Pipeline page={PAGE} tile={tile} />,
  changes: (tile) => <NewsList page={PAGE} tile={tile} />,
  recent: () => <Recent />,
}

function Shown({ tile }: { tile: Tile }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const object = tile.kind === 'agenda' ? findObject(meta, tile.parts[0]?.object ?? '') : null
  const body = BODIES[tile.kind]
  const more = object && may(object, 'create') && (
    <Link to="/o/$object/new" params={{ object: object.name }} search={{}} className={styles.add}>
      <IconPlus size={18} aria-hidden />
      <span className="sr">{t('create_named', { name: label(object.label, object.name) })}</span>
    </Link>
  )
  return (
    <Frame name={tile.name} kind={tile.kind} title={label(tile.label, tile.name)} more={more}>
      {body?.(tile)}
    </Frame>
  )
}

/* The first steps again, whenever somebody wants them. */
export function Start() {
  const { t } = useTranslation()
  useTitle(t('first.title'))
  return (
    <div className={styles.page}>
      <h1>{t('first.title')}</h1>
      <Suspense fallback={<Lines />}>
        <FirstSteps always />
      </Suspense>
    </div>
  )
}
