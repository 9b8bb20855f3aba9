/* Working.tsx - how far the work is, and a way to stop it. */
import { Button, Progress } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import type { ImportJob } from '../../lib/types.ts'
import styles from './import.module.css'

export interface WorkingProps {
  job: ImportJob
  /* The server does not answer just now. */
  lost: boolean
  onCancel: () => void
  busy: boolean
}

export function Working({ job, lost, onCancel, busy }: WorkingProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const done = job.progress?.done ?? 0
  const total = Math.max(job.progress?.total ?? 0, job.info.rows_estimate, done)
  const speed = useSpeed(done)
  const left = speed > 0 ? Math.ceil((total - done) / speed) : 0
  /* What is taken back is not counted. */
  const counted = job.state !== 'undoing'
  return (
    <section className={`card ${styles.work}`}>
      <div role="status">
        <h2>{t(`import.state_${job.state}`)}</h2>
      </div>
      <Progress.Root size="lg">
        <Progress.Section
          value={counted ? (total ? (done / total) * 100 : 0) : 100}
          {...(counted ? {} : { animated: true, striped: true })}
          aria-label={t(`import.state_${job.state}`)}
        />
      </Progress.Root>
      <div className="row">
        <span className="num dim grow">
          {counted && t('import.progress', { done: formatNumber(done, lang), total: formatNumber(total, lang) })}
          {counted && speed > 0 && ` · ${t('import.speed', { rows: formatNumber(Math.round(speed), lang) })}`}
          {counted && left > 1 && ` · ${t('import.left', { seconds: formatNumber(left, lang) })}`}
        </span>
        {counted && (
          <Button variant="default" size="xs" onClick={onCancel} loading={busy}>
            {t('import.stop')}
          </Button>
        )}
      </div>
      <p className="dim small">{lost ? t('import.lost') : job.state === 'running' ? t('import.run_help') : t('import.goes_on')}</p>
    </section>
  )
}

/* Rows a second, from how the count has grown since it was first seen. */
function useSpeed(done: number): number {
  const [from, setFrom] = useState<{ at: number; done: number } | null>(null)
  const [speed, setSpeed] = useState(0)
  useEffect(() => {
    const now = performance.now()
    if (!from || done < from.done) setFrom({ at: now, done })
    else if (done > from.done && now - from.at > 700) setSpeed(((done - from.done) * 1000) / (now - from.at))
  }, [done, from])
  return speed
}
