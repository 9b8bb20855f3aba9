/* BatchPanel.tsx - changes of many records under way: progress, result, the refused, the way back. */
import '@mantine/core/styles/Progress.layer.css'
import { Button, CloseButton, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../../lib/api.ts'
import { type Batch, type BatchRow, busy, cancelBatch, closeBatch, undoBatch, useBatches } from '../../lib/batch.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import styles from './list.module.css'

export function BatchPanel() {
  const { t } = useTranslation()
  const batches = useBatches()
  return (
    <section className={styles.panel} aria-label={t('batch.title')}>
      {batches.map((batch) => (
        <Job key={batch.id} batch={batch} />
      ))}
    </section>
  )
}

function Job({ batch }: { batch: Batch }) {
  const { t } = useTranslation()
  const lang = useLang()
  const [shown, setShown] = useState(false)
  const text = (n: number) => formatNumber(n, lang)
  const percent = batch.total ? (100 * batch.done) / batch.total : 0
  const parts = [
    batch.state !== 'undone' && t('batch.changed', { count: batch.changed, text: text(batch.changed) }),
    batch.same > 0 && batch.state !== 'undone' && t('batch.same', { count: batch.same, text: text(batch.same) }),
    batch.refused > 0 && batch.state !== 'undone' && t('batch.refused', { count: batch.refused, text: text(batch.refused) }),
    batch.kept > 0 && t('batch.kept', { count: batch.kept, text: text(batch.kept) }),
  ].filter(Boolean)
  const odd = batch.state === 'undone' ? batch.kept : batch.refused
  return (
    <div className={styles.job}>
      <div className={styles.jobHead} role="status">
        <strong>{t(`batch.state_${batch.state}`, { action: t(`batch.action_${batch.action}`) })}</strong>
        {!busy(batch) && <CloseButton size="sm" aria-label={t('close')} onClick={() => closeBatch(batch.id)} />}
      </div>
      {batch.state === 'running' && <Progress value={percent} aria-label={t('batch.title')} />}
      <span className="small dim num">
        {batch.state === 'running' ? `${text(batch.done)}${batch.total === null ? '' : ` / ${text(batch.total)}`}` : parts.join(' · ') || batch.problem}
      </span>
      {batch.problem !== '' && parts.length > 0 && <span className="small">{batch.problem}</span>}
      <div className="row">
        {batch.state === 'running' && (
          <Button size="compact-sm" variant="default" onClick={() => void cancelBatch(batch)}>
            {t('cancel')}
          </Button>
        )}
        {!busy(batch) && batch.state !== 'undone' && batch.changed > 0 && (
          <Button size="compact-sm" variant="light" onClick={() => void undoBatch(batch)}>
            {t('undo')}
          </Button>
        )}
        {!busy(batch) && odd > 0 && (
          <Button size="compact-sm" variant="subtle" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {t('batch.why')}
          </Button>
        )}
      </div>
      {shown && <Rows batch={batch} />}
    </div>
  )
}

function Rows({ batch }: { batch: Batch }) {
  const { data } = useQuery({
    queryKey: ['batch', batch.id, batch.state],
    queryFn: ({ signal }) => get<{ rows: BatchRow[] }>(`/batch/${batch.id}/rows`, undefined, signal),
  })
  return (
    <ul className={styles.refused} tabIndex={0}>
      {data?.rows.map((row) => (
        <li key={`${row.action} ${row.id}`}>
          <b>{row.title || `#${row.id}`}</b> {row.errors.map((e) => e.detail).join(' ')}
        </li>
      ))}
    </ul>
  )
}
