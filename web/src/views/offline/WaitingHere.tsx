/* WaitingHere.tsx - on a record's page: what was written here and is not sent yet. */
import { Link } from '@tanstack/react-router'
import { IconCloudUp } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { me, onQueue, queueOf } from '../../lib/offline/queue.ts'
import type { Waiting } from '../../lib/offline/rules.ts'
import styles from './offline.module.css'

const NAMED_MAX = 5

export function WaitingHere({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation()
  const [here, setHere] = useState<readonly Waiting[]>([])
  useEffect(() => {
    const mine = (w: Waiting) => (w.object === object && w.id === id) || (w.about?.object === object && w.about.id === id)
    const read = () => void queueOf(me()).then((all) => setHere(all.filter(mine)), () => setHere([]))
    read()
    return onQueue(read)
  }, [object, id])
  return (
    <div role="status" aria-live="polite" className={styles.here}>
      {here.length > 0 && (
        <div className={styles.notice}>
          <IconCloudUp size={18} aria-hidden />
          <div className={styles.body}>
            <Link to="/offline">{t('away.here', { count: here.length })}</Link>
            <ul className="plain small">
              {here.slice(0, NAMED_MAX).map((w) => (
                <li key={w.n}>
                  <span className="dim">{t(`away.kind_${w.kind}`)}</span> {w.kind === 'edit' || w.kind === 'delete' ? '' : w.title}
                  {w.state !== 'waiting' && <strong> {t(w.kind === 'delete' && w.state === 'conflict' ? 'away.state_changed' : `away.state_${w.state}`)}</strong>}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </div>
  )
}
