/* ImportWizard.tsx - one import from its file to its result, and back if it was a mistake. */
import { Alert, Button, Modal, Progress } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { IconArrowBackUp, IconDownload } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { address, patch, post, Problem } from '../lib/api.ts'
import { formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findObject } from '../lib/meta.ts'
import { BUSY_STATES, importQuery } from '../lib/queries.ts'
import type { ImportJob, Json, ObjectMeta } from '../lib/types.ts'
import { useLabel, useMeta } from '../lib/use.ts'
import { Counts, Diff, NearMisses } from '../views/import/Checked.tsx'
import styles from '../views/import/import.module.css'
import { Mapping } from '../views/import/Mapping.tsx'
import { Failed, Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import page from './page.module.css'

const route = getRouteApi('/shell/import/$id')

export function ImportWizard() {
  const { id } = route.useParams()
  const meta = useMeta()
  const query = useQuery(importQuery(id))
  if (query.isPending) return <Lines />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const object = findObject(meta, query.data.object)
  if (!object) return <Failed error={new Problem(404, {})} />
  return <Wizard job={query.data} object={object} />
}

type Verb = 'check' | 'run' | 'cancel' | 'resume' | 'undo'

function useDoings(job: ImportJob) {
  const client = useQueryClient()
  const key = importQuery(job.id).queryKey
  const path = `/import/${job.id}`
  const took = (next: ImportJob) => {
    client.setQueryData(key, next)
    void client.invalidateQueries({ queryKey: [...key, 'diff'] })
  }
  const change = useMutation({ mutationFn: (body: Record<string, Json>) => patch<ImportJob>(path, body), onSuccess: took })
  const act = useMutation({
    mutationFn: (verb: Verb) => post<ImportJob>(`${path}/${verb}`),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
  return { change, act }
}

function stepOf(job: ImportJob, editing: boolean): number {
  if (job.state === 'draft' || editing) return 1
  if (job.state === 'checking' || job.state === 'checked') return 2
  return 3
}

function Wizard({ job, object }: { job: ImportJob; object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  const client = useQueryClient()
  const problemText = useProblemText()
  const { change, act } = useDoings(job)
  const [editing, setEditing] = useState(false)
  const step = stepOf(job, editing)
  const busy = BUSY_STATES.includes(job.state)
  const error = change.error ?? act.error
  useTitle(job.file_name ?? t('import.title'))

  /* When work ends, lists and what the check found are new. */
  const before = useRef(job.state)
  useEffect(() => {
    if (BUSY_STATES.includes(before.current) && !BUSY_STATES.includes(job.state)) {
      void client.invalidateQueries({ queryKey: ['list'] })
      void client.invalidateQueries({ queryKey: ['record'] })
      void client.invalidateQueries({ queryKey: ['import', job.id, 'diff'] })
    }
    before.current = job.state
  }, [job.state, job.id, client])

  const check = () => {
    setEditing(false)
    act.mutate('check')
  }
  return (
    <div className={page.wide}>
      <div>
        <Link to="/import" className="dim small">
          {t('import.title')}
        </Link>
        <h1>
          {job.file_name || `#${job.id}`} → {label(object.plural, object.name)}
        </h1>
      </div>
      <ol className={styles.steps} aria-label={t('import.steps')}>
        {([1, 2, 3] as const).map((n) => (
          <li key={n} data-done={n < step || undefined} {...(n === step ? { 'aria-current': 'step' as const } : {})}>
            <b>{n}</b>
            {t(`import.step_${n}`)}
          </li>
        ))}
      </ol>
      {error && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      {busy ? (
        <Working job={job} onCancel={() => act.mutate('cancel')} />
      ) : step === 1 ? (
        <Mapping job={job} object={object} onChange={(c) => change.mutate(c)} onCheck={check} busy={act.isPending || change.isPending} />
      ) : step === 2 ? (
        <>
          <Counts job={job} />
          <NearMisses
            key={job.links?.map((l) => l.text).join('\n') ?? ''}
            job={job}
            object={object}
            busy={change.isPending || act.isPending}
            onApply={(links) => change.mutate({ links }, { onSuccess: check })}
          />
          <RunBar job={job} onRun={() => act.mutate('run')} onBack={() => setEditing(true)} busy={act.isPending} />
          <Diff job={job} object={object} />
        </>
      ) : (
        <Result job={job} object={object} onVerb={(verb) => act.mutate(verb)} busy={act.isPending} />
      )}
    </div>
  )
}

function Working({ job, onCancel }: { job: ImportJob; onCancel: () => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const { done, total, rows_per_s } = job.progress ?? { done: 0, total: 0, rows_per_s: 0 }
  const percent = total ? Math.min(100, (done / total) * 100) : 0
  return (
    <section className={`card ${styles.work}`}>
      <h2>{t(`import.state_${job.state}`)}</h2>
      <Progress.Root size="lg">
        <Progress.Section value={percent} aria-label={t(`import.state_${job.state}`)} />
      </Progress.Root>
      <div className="row">
        <span className="num dim grow">
          {formatNumber(done, lang)} / {formatNumber(total, lang)}
          {rows_per_s ? ` · ${t('import.speed', { rows: formatNumber(rows_per_s, lang) })}` : ''}
        </span>
        {job.state !== 'undoing' && (
          <Button variant="default" size="xs" onClick={onCancel}>
            {t('cancel')}
          </Button>
        )}
      </div>
    </section>
  )
}

function RunBar({ job, onRun, onBack, busy }: { job: ImportJob; onRun: () => void; onBack: () => void; busy: boolean }) {
  const { t } = useTranslation()
  const counts = job.counts ?? { create: 0, update: 0, same: 0, failed: 0 }
  const rows = counts.create + counts.update
  return (
    <div className="row">
      <Button onClick={onRun} loading={busy} disabled={rows === 0}>
        {t('import.run', { count: rows })}
      </Button>
      <Button variant="default" onClick={onBack}>
        {t('import.back')}
      </Button>
      {counts.failed > 0 && <span className="dim small">{t('import.failed_stay', { count: counts.failed })}</span>}
    </div>
  )
}

function Result({ job, object, onVerb, busy }: { job: ImportJob; object: ObjectMeta; onVerb: (verb: Verb) => void; busy: boolean }) {
  const { t } = useTranslation()
  const label = useLabel()
  const [asking, setAsking] = useState(false)
  const failed = job.counts?.failed ?? 0
  return (
    <section className={`card ${styles.result}`}>
      <h2 role="status">{t(`import.result_${job.state as 'done' | 'failed' | 'cancelled' | 'undone'}`)}</h2>
      <Counts job={job} />
      {job.state === 'failed' && job.errors?.[0] && <div className={styles.wrong}>{job.errors[0].detail}</div>}
      <div className="row">
        {job.state !== 'undone' && (
          <Button renderRoot={(p) => <Link to="/o/$object" params={{ object: object.name }} {...p} />}>
            {t('import.open', { name: label(object.plural, object.name) })}
          </Button>
        )}
        {(job.state === 'cancelled' || job.state === 'failed') && (
          <Button variant="default" loading={busy} onClick={() => onVerb('resume')}>
            {t('import.resume')}
          </Button>
        )}
        {failed > 0 && (
          <Button component="a" href={address(`/import/${job.id}/failed`)} download variant="default" leftSection={<IconDownload size={16} />}>
            {t('import.failed_file', { count: failed })}
          </Button>
        )}
        {job.state !== 'undone' && (
          <Button variant="subtle" color="red" leftSection={<IconArrowBackUp size={16} />} loading={busy} onClick={() => setAsking(true)}>
            {t('import.undo')}
          </Button>
        )}
      </div>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t('import.undo')} closeButtonProps={{ 'aria-label': t('close') }}>
        <div className="stack">
          <p>{t('import.undo_sure', { created: job.counts?.create ?? 0, updated: job.counts?.update ?? 0 })}</p>
          <div className="row">
            <Button
              color="red"
              data-autofocus
              onClick={() => {
                setAsking(false)
                onVerb('undo')
              }}
            >
              {t('import.undo')}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('cancel')}
            </Button>
          </div>
        </div>
      </Modal>
    </section>
  )
}
