/* Home.tsx - where one was, and where one may go. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatAgo, formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findObject, mainObjects } from '../lib/meta.ts'
import { countQuery } from '../lib/queries.ts'
import { recentOf } from '../lib/recent.ts'
import type { ObjectMeta } from '../lib/types.ts'
import { useLabel, useMeta, useSession } from '../lib/use.ts'
import { ObjectIcon } from '../views/Icon.tsx'
import { Empty } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './Home.module.css'

function Tile({ object }: { object: ObjectMeta }) {
  const label = useLabel()
  const lang = useLang()
  const { data } = useQuery(countQuery(object.name))
  return (
    <Link to="/o/$object" params={{ object: object.name }} className={styles.tile}>
      <ObjectIcon name={object.icon} size={22} className={styles.icon} />
      <span className={styles.label}>{label(object.plural, object.name)}</span>
      <span className={styles.number}>{data === undefined || data === null ? ' ' : formatNumber(data, lang)}</span>
    </Link>
  )
}

export function Home() {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const meta = useMeta()
  const session = useSession()
  const [recent] = useState(() => recentOf(session?.user.id ?? ''))
  useTitle(t('home.title'))
  const main = mainObjects(meta)
  return (
    <div className={styles.page}>
      <h1>{t('home.greeting', { name: session?.user.display_name ?? '' })}</h1>
      <section className={styles.tiles} aria-label={t('shell.places')}>
        {main.map((o) => (
          <Tile key={o.name} object={o} />
        ))}
      </section>
      <section aria-labelledby="recent" className="card">
        <h2 id="recent" className={styles.head}>
          {t('home.recent')}
        </h2>
        {recent.length === 0 ? (
          <Empty title={t('home.no_recent')}>{t('home.no_recent_help')}</Empty>
        ) : (
          <ul className="plain">
            {recent.map((seen) => {
              const object = findObject(meta, seen.object)
              return (
                <li key={seen.id}>
                  <Link to="/o/$object/$id" params={{ object: seen.object, id: seen.id }} className={styles.seen}>
                    <ObjectIcon name={object?.icon} className={styles.icon} />
                    <span className={`clip ${styles.title}`}>{seen.title}</span>
                    <span className="dim small">{label(object?.label)}</span>
                    <span className={`dim small ${styles.ago}`}>{formatAgo(new Date(seen.at).toISOString(), lang)}</span>
                  </Link>
                </li>
              )
            })}
          </ul>
        )}
      </section>
    </div>
  )
}
