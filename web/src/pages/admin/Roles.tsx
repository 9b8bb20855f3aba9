/* Roles.tsx - what each role may do with each object: shown, compared, changed. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconChevronRight, IconPlus } from '@tabler/icons-react'
import { lazy } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { type Role, rolesQuery } from '../../lib/people.ts'
import { useLabel } from '../../lib/use.ts'
import styles from '../../views/people/people.module.css'
import { Failed, Lines } from '../../views/states.tsx'
import type { AdminPageProps } from './section.ts'

const RolePage = lazy(() => import('./RolePage.tsx').then((m) => ({ default: m.RolePage })))

export function Roles({ rest: [name] }: AdminPageProps) {
  const query = useQuery(rolesQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  if (name) return <RolePage key={name} roles={query.data} name={name} />
  return <List roles={query.data} />
}

function List({ roles }: { roles: Role[] }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>{t('admin.roles.title')}</h1>
        <Button leftSection={<IconPlus size={17} />} renderRoot={(p) => <Link to="/admin/$" params={{ _splat: 'roles/new' }} {...p} />}>
          {t('people.new_role')}
        </Button>
      </div>
      <p className="dim">{t('people.roles_help')}</p>
      <div className={`card ${styles.section}`}>
        <ul className={`plain ${styles.rows} ${styles.whole}`}>
          {roles.map((r) => (
            <li key={r.name}>
              <Link to="/admin/$" params={{ _splat: `roles/${r.name}` }} className={`${styles.line} ${styles.open}`}>
                <span className={styles.who}>
                  <span>{label(r.label, r.name)}</span>
                  <span className="dim small">{label(r.doc)}</span>
                </span>
                <span className={styles.chips}>
                  {r.custom && <Chip text={t('people.role_custom')} hue="blue" />}
                  {r.changed && <Chip text={t('people.role_changed')} hue="yellow" />}
                  {r.audit && !r.admin && <Chip text={t('people.role_audit')} hue="violet" />}
                </span>
                <span className="dim small num">{r.everyone ? t('people.everybody') : t('people.count', { count: r.users, text: formatNumber(r.users, lang) })}</span>
                <IconChevronRight size={16} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
