/*
 * ForAdmin.tsx - for who keeps the system: how it stands, and where it is changed.  Who has no customers
 * of their own, as most administrators, is told whose day to look at.
 */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconCube, IconFileImport, IconSettings, IconShieldSearch, IconUsers, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../../lib/api.ts'
import { quote } from '../../lib/expr.ts'
import { formatAgo, formatNumber } from '../../lib/format.ts'
import type { Groups } from '../../lib/group.ts'
import { useLang } from '../../lib/i18n.ts'
import { mainObjects } from '../../lib/meta.ts'
import { groupsQuery, importsQuery } from '../../lib/queries.ts'
import type { Rec } from '../../lib/types.ts'
import { useLabel, useMeta, useSession } from '../../lib/use.ts'
import { CopiesNotice } from './CopiesNotice.tsx'
import { PlanNotice } from './PlanNotice.tsx'
import styles from './home.module.css'

interface Owner {
  id: string
  title: string
  login: string
  count: number
}

const useCount = (object: string, filter: string) =>
  useQuery({ queryKey: ['list', object, 'count', filter], queryFn: ({ signal }) => get<{ count: number }>(`/${object}/count`, { filter }, signal) }).data?.count

/* Whose the most of these records are, unless some are mine. */
function useBusiest(object: string, me: string): Owner | null {
  const groups = useQuery({ ...groupsQuery(object, { by: 'owner' }), enabled: object !== '' })
  const owned = (groups.data as Groups | undefined)?.groups.filter((g) => g.key !== null && g.count > 0) ?? []
  const idOf = (key: unknown) => String((key as { id?: string } | null)?.id ?? key)
  const most = owned.some((g) => idOf(g.key) === me) ? undefined : owned.toSorted((a, b) => b.count - a.count)[0]
  const id = most ? idOf(most.key) : ''
  const user = useQuery({ queryKey: ['record', 'user', id], enabled: id !== '', queryFn: ({ signal }) => get<Rec>(`/user/${id}`, undefined, signal) })
  return most && user.data ? { id, title: String(user.data.display_name ?? ''), login: String(user.data.login ?? ''), count: most.count } : null
}

export function ForAdmin() {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const meta = useMeta()
  const me = useSession()?.user.id ?? ''
  const first = mainObjects(meta).find((o) => o.owned)
  const users = useCount('user', 'active = true')
  const imports = useQuery(importsQuery)
  const busiest = useBusiest(first?.name ?? '', me)
  const newest = imports.data?.rows[0]
  const number = (n: number | undefined) => (n === undefined ? '' : formatNumber(n, lang))
  return (
    <section className={`card ${styles.tile} ${styles.keeper}`} aria-labelledby="for-admin">
      <header className={styles.head}>
        <IconSettings size={18} stroke={1.7} className={styles.icon} aria-hidden />
        <h2 id="for-admin">{t('home.admin')}</h2>
      </header>
      <ul className="plain">
        <Line icon={IconUsers} to="users" name={t('home.admin_users')} fact={number(users)} />
        <Line icon={IconCube} to="objects" name={t('home.admin_objects')} fact={number(meta.objects.length)} />
        <Line icon={IconShieldSearch} to="audit" name={t('home.admin_audit')} fact="" />
        <li>
          <Link to="/import" className={styles.seen}>
            <IconFileImport size={18} stroke={1.7} className={styles.icon} aria-hidden />
            <span className={`clip ${styles.title}`}>{t('home.admin_imports')}</span>
            {newest?.created_at && <span className={`dim small ${styles.ago}`}>{formatAgo(newest.created_at, lang)}</span>}
          </Link>
        </li>
      </ul>
      <CopiesNotice />
      <PlanNotice />
      {busiest && (
        <p className={styles.hint}>
          {t('home.admin_none', { objects: label(first?.plural) })}{' '}
          <Link to="/o/$object" params={{ object: first?.name ?? '' }} search={{ filter: `owner = ${quote(busiest.id)}` }}>
            {t('home.admin_theirs', { name: busiest.title, text: formatNumber(busiest.count, lang) })}
          </Link>{' '}
          {t('home.admin_day', { login: busiest.login })}
        </p>
      )}
    </section>
  )
}

function Line({ icon: Icon, to, name, fact }: { icon: TablerIcon; to: string; name: string; fact: ReactNode }) {
  return (
    <li>
      <Link to="/admin/$" params={{ _splat: to }} className={styles.seen}>
        <Icon size={18} stroke={1.7} className={styles.icon} aria-hidden />
        <span className={`clip ${styles.title}`}>{name}</span>
        <span className={`dim small num ${styles.ago}`}>{fact}</span>
      </Link>
    </li>
  )
}
