/* Exports.tsx - files of tenants that take their data along: made in the background, kept for a day. */
import { Button, Progress } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { download, post } from '../../lib/api.ts'
import { formatBytes, formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { exportsQuery, isMaking, type TenantExport } from '../../lib/operator.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useOffset } from '../../lib/use.ts'
import styles from '../people/people.module.css'
import { useProblemText } from '../states.tsx'

const HUES: Record<TenantExport['state'], string> = { copying: 'blue', packing: 'blue', done: 'green', failed: 'red', cancelled: 'gray' }

export function Exports() {
  const { t } = useTranslation()
  const { data } = useQuery(exportsQuery)
  if (!data?.length) return null
  return (
    <section className={`card ${styles.section}`} aria-labelledby="tenant-exports">
      <h2 id="tenant-exports">{t('operator.exports')}</h2>
      <p className="dim small">{t('operator.exports_help')}</p>
      <ul className={`plain ${styles.rows}`}>
        {data.map((x) => (
          <One key={x.id} job={x} />
        ))}
      </ul>
    </section>
  )
}

function One({ job }: { job: TenantExport }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const problemText = useProblemText()
  const onError = (error: unknown) => toast(problemText(error), { kind: 'wrong' })
  const take = useMutation({ mutationFn: () => download(`/operator/exports/${job.id}/file`, {}), onError })
  const cancel = useMutation({ mutationFn: () => post(`/operator/exports/${job.id}/cancel`), onError, onSettled: () => queryClient.invalidateQueries({ queryKey: exportsQuery.queryKey }) })
  return (
    <li className={styles.line} data-export={job.tenant}>
      <span className={styles.who}>
        <span>{job.tenant}</span>
        <span className="dim small">
          {formatMoment(job.created_at, lang, offset)}
          {job.by && ` · ${job.by}`}
          {job.state === 'done' && ` · ${formatBytes(job.bytes, lang)}`}
        </span>
        {job.problem && <span className="small">{job.problem}</span>}
        {isMaking(job) && <Progress value={job.state === 'packing' ? Math.max(job.percent, 4) : 4} animated mt={4} aria-label={t(`operator.export_${job.state}`)} />}
      </span>
      <Chip text={t(`operator.export_${job.state}`)} hue={HUES[job.state]} />
      {isMaking(job) && (
        <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('cancel')}
        </Button>
      )}
      {job.state === 'done' && (
        <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />} aria-label={t('operator.export_take', { name: job.tenant })} loading={take.isPending} onClick={() => take.mutate()}>
          {t('operator.export_file')}
        </Button>
      )}
    </li>
  )
}
