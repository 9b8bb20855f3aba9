/* Result.tsx - what an import did, what it could not, and the ways on from there. */
import { Alert, Button } from '@mantine/core'
import { IconArrowBackUp, IconDownload, IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { address } from '../../lib/api.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, findObject } from '../../lib/meta.ts'
import type { ImportJob, ObjectMeta } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { Counts, Diff } from './Diff.tsx'
import type { Verb } from './doings.ts'
import styles from './import.module.css'
import { UndoDialog } from './UndoDialog.tsx'

export interface ResultProps {
  job: ImportJob
  object: ObjectMeta
  onVerb: (verb: Verb) => void
  onAgain: () => void
  busy: boolean
}

export function Result({ job, object, onVerb, onAgain, busy }: ResultProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const [asking, setAsking] = useState(false)
  const failed = job.counts?.failed ?? 0
  const undone = job.state === 'undone'
  const stopped = job.state === 'cancelled' || job.state === 'failed'
  const { done, total } = job.progress ?? { done: 0, total: 0 }
  return (
    <>
      <section className={`card ${styles.result}`}>
        <div role="status">
          <h2>{t(`import.result_${job.state as 'done' | 'failed' | 'cancelled' | 'undone'}`)}</h2>
        </div>
        {stopped && (
          <p className="dim">
            {t('import.stopped_at', { done: formatNumber(done, lang), total: formatNumber(Math.max(total, job.info.rows_estimate), lang) })}
          </p>
        )}
        {job.state === 'failed' && job.problem && (
          <Alert color="red" variant="light" role="alert">
            {job.problem}
          </Alert>
        )}
        {undone && <p className="dim">{t(job.kept?.length ? 'import.undone_but' : 'import.undone_all')}</p>}
        {!undone && <Counts job={job} />}
        <div className="row">
          {stopped && (
            <Button leftSection={<IconPlayerPlay size={16} />} loading={busy} onClick={() => onVerb('resume')}>
              {t('import.resume')}
            </Button>
          )}
          {!undone && job.written !== false && (
            <Button variant={stopped ? 'default' : 'filled'} renderRoot={(p) => <Link to="/o/$object" params={{ object: object.name }} {...p} />}>
              {t('import.open', { name: label(object.plural, object.name) })}
            </Button>
          )}
          {failed > 0 && !undone && (
            <Button component="a" href={address(`/import/${job.id}/failed`)} download variant="default" leftSection={<IconDownload size={16} />}>
              {t('import.failed_file', { count: failed })}
            </Button>
          )}
          {(undone || (stopped && job.written === false)) && (
            <Button variant="default" onClick={onAgain}>
              {t('import.again')}
            </Button>
          )}
          {job.written && (
            <Button variant="subtle" color="red" leftSection={<IconArrowBackUp size={16} />} loading={busy} onClick={() => setAsking(true)}>
              {t('import.undo')}
            </Button>
          )}
        </div>
        {failed > 0 && !undone && <p className="dim small">{t('import.failed_help')}</p>}
        <UndoDialog job={job} opened={asking} onClose={() => setAsking(false)} onUndo={() => onVerb('undo')} />
      </section>
      <Kept job={job} />
      {failed > 0 && !undone && <Diff job={job} object={object} only="fail" />}
    </>
  )
}

/* What an undo left as it is, because somebody would have lost something. */
function Kept({ job }: { job: ImportJob }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const kept = job.kept ?? []
  if (kept.length === 0) return null
  return (
    <section className={`card ${styles.box}`} aria-labelledby="import-kept">
      <div className={styles.boxHead}>
        <h2 id="import-kept">{t('import.kept')}</h2>
        <span className="dim small">{t('import.kept_help')}</span>
      </div>
      <ul className={`plain ${styles.diff}`}>
        {kept.map((k, i) => {
          const object = findObject(meta, k.object)
          const field = object && k.field ? findField(object, k.field) : null
          return (
            <li key={i} className={styles.keptRow}>
              <Link to="/o/$object/$id" params={{ object: k.object, id: k.id }}>
                {k.title || `#${k.id}`}
              </Link>
              <span className="dim">
                {field && `${label(field.label, field.name)}${t('import.colon')}`}
                {k.detail}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
