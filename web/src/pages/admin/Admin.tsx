/*
 * Admin.tsx - the administration: its parts at the side, and the one that is open.
 *
 * One route serves all of them (/admin/objects/account): the parts stand in sections.ts, and what
 * comes behind a part's name is the business of its page.  On a phone the list is a page of its own.
 */
import { getRouteApi, Link } from '@tanstack/react-router'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../lib/api.ts'
import { useSession } from '../../lib/use.ts'
import { Failed, Lines } from '../../views/states.tsx'
import { useTitle } from '../../views/title.ts'
import styles from './Admin.module.css'
import { type AdminSection, GROUPS } from './section.ts'
import { sections } from './sections.ts'

const route = getRouteApi('/shell/admin/$')

export function Admin() {
  const { t } = useTranslation()
  const session = useSession()
  const { _splat = '' } = route.useParams()
  const [path = '', ...rest] = _splat.split('/').filter(Boolean)
  const mine = sections.filter((s) => session && s.when(session))
  const section = mine.find((s) => s.path === path)
  useTitle(section ? t(section.label) : t('admin.title'))
  if (mine.length === 0) return <Failed error={new Problem(403, { detail: t('admin.only') })} />
  return (
    <div className={styles.admin} data-open={section ? true : undefined}>
      <nav className={styles.side} aria-label={t('admin.title')}>
        <List sections={mine} />
      </nav>
      <div className={styles.main}>
        {path !== '' && (
          <Link to="/admin/$" params={{ _splat: section && rest.length ? path : '' }} className={styles.back}>
            <IconChevronLeft size={16} aria-hidden />
            {section && rest.length ? t(section.label) : t('admin.title')}
          </Link>
        )}
        {section ? (
          <Suspense fallback={<Lines />} key={section.path}>
            <section.page rest={rest} />
          </Suspense>
        ) : path ? (
          <Failed error={new Problem(404, {})} />
        ) : (
          <Overview sections={mine} />
        )}
      </div>
    </div>
  )
}

function grouped(list: readonly AdminSection[]) {
  return GROUPS.map((group) => ({ group, of: list.filter((s) => s.group === group) })).filter((g) => g.of.length > 0)
}

function List({ sections: list }: { sections: readonly AdminSection[] }) {
  const { t } = useTranslation()
  return grouped(list).map(({ group, of }) => (
    <div key={group}>
      <div className={styles.group}>{t(`admin.group_${group}`)}</div>
      <ul className="plain">
        {of.map(({ path, label, icon: Icon }) => (
          <li key={path}>
            <Link to="/admin/$" params={{ _splat: path }} className={styles.item} activeProps={{ 'data-here': true }}>
              <Icon size={18} stroke={1.7} aria-hidden />
              <span>{t(label)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  ))
}

function Overview({ sections: list }: { sections: readonly AdminSection[] }) {
  const { t } = useTranslation()
  return (
    <div className={styles.overview}>
      <h1>{t('admin.title')}</h1>
      {grouped(list).map(({ group, of }) => (
        <section key={group} className="stack" aria-labelledby={`admin-${group}`}>
          <h2 id={`admin-${group}`}>{t(`admin.group_${group}`)}</h2>
          <ul className={`plain ${styles.cards}`}>
            {of.map(({ path, label, doc, icon: Icon }) => (
              <li key={path}>
                <Link to="/admin/$" params={{ _splat: path }} className={`card ${styles.card}`}>
                  <Icon size={22} stroke={1.5} aria-hidden />
                  <span className={styles.what}>
                    <span className={styles.name}>{t(label)}</span>
                    <span className="dim small">{t(doc)}</span>
                  </span>
                  <IconChevronRight size={16} aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
