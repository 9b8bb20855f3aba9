/* Recent.tsx - the records last looked at, on whichever device. */
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatAgo } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject } from '../../lib/meta.ts'
import { useRecent } from '../../lib/recent.ts'
import { useLabel, useMeta, useSession } from '../../lib/use.ts'
import { ObjectIcon } from '../Icon.tsx'
import styles from './home.module.css'
import { Quiet } from './Quiet.tsx'

const SHOWN = 8

export function Recent() {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const meta = useMeta()
  const session = useSession()
  const recent = useRecent(session?.user.id ?? '')
  if (recent.length === 0) return <Quiet title={t('home.no_recent')}>{t('home.no_recent_help')}</Quiet>
  return (
    <ul className="plain">
      {recent.slice(0, SHOWN).map((seen) => {
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
  )
}
