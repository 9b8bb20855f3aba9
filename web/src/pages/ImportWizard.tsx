/* ImportWizard.tsx - one import from its file to its result, and back if it was a mistake. */
import { Alert, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../lib/api.ts'
import { formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findObject } from '../lib/meta.ts'
import { BUSY_STATES, importQuery } from '../lib/queries.ts'
import type { ChosenLinks, ImportJob, Json, ObjectMeta } from '../lib/types.ts'
import { useLabel, useMeta } from '../lib/use.ts'
import { Counts, Diff, NO_COUNTS } from '../views/import/Diff.tsx'
import { useDoings, useNews } from '../views/import/doings.ts'
import styles from '../views/import/import.module.css'
import { Mapping } from '../views/import/Mapping.tsx'
import { NearMisses, Settled } from '../views/import/NearMisses.tsx'
import { Result } from '../views/import/Result.tsx'
import { Working } from '../views/import/Working.tsx'
import { Failed, Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import page from './page.module.css'

const route = getRouteApi('/shell/import/$id')

export function ImportWizard() {
  const { id } = route.useParams()
  const meta = useMeta()
  const query = useQuery(importQuery(id))
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  const object = findObject(meta, query.data.object)
  if (!object) return <Failed error={new Problem(404, {})} />
  return <Wizard key={id} job={query.data} object={object} lost={query.isError} />
}

/* A check or run that failed before it wrote anything is a draft that has to be mended. */
const unwritten = (job: ImportJob) => job.state === 'failed' && job.written === false

function stepOf(job: ImportJob, editing: boolean): number {
  if (job.state === 'checking') return 2
  if (BUSY_STATES.includes(job.state)) return 3
  if (job.state === 'draft' || unwritten(job) || editing) return 1
  return job.state === 'checked' ? 2 : 3
}

function Wizard({ job, object, lost }: { job: ImportJob; object: ObjectMeta; lost: boolean }) {
  const { t } = useTranslation()
  const label = useLabel()
  const problemText = useProblemText()
  const { change, act } = useDoings(job.id)
  const [editing, setEditing] = useState(false)
  const step = stepOf(job, editing)
  const working = BUSY_STATES.includes(job.state)
  const error = change.error ?? act.error
  useTitle(job.file_name ?? t('import.title'))
  useNews(job)
  const heading = useHeadingFocus(`${step} ${working}`)

  const check = () => {
    setEditing(false)
    act.mutate('check')
  }
  const apply = (links: ChosenLinks) => {
    change.mutate({ links: links as Json })
    check()
  }
  const busy = act.isPending || change.isPending
  return (
    <div className={page.wide}>
      <div>
        <Link to="/import" className="dim small">
          {t('import.title')}
        </Link>
        <h1 ref={heading} tabIndex={-1} className={styles.heading}>
          {job.file_name || `#${job.id}`} → {label(object.plural, object.name)}
        </h1>
      </div>
      <Steps step={step} />
      {error && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      {unwritten(job) && job.problem && (
        <Alert color="red" variant="light" role="alert" title={t('import.check_failed')}>
          {job.problem}
        </Alert>
      )}
      {working ? (
        <Working job={job} lost={lost} onCancel={() => act.mutate('cancel')} busy={act.isPending} />
      ) : step === 1 ? (
        <Mapping job={job} object={object} onChange={(c) => change.mutate(c)} onCheck={check} busy={act.isPending} />
      ) : step === 2 ? (
        <>
          <Counts job={job} />
          <NearMisses key={job.links?.map((l) => l.text).join('\n') ?? ''} job={job} object={object} busy={busy} onApply={apply} />
          <Settled job={job} object={object} busy={busy} onApply={apply} />
          <RunBar job={job} onRun={() => act.mutate('run')} onBack={() => setEditing(true)} busy={busy} />
          <Diff job={job} object={object} />
        </>
      ) : (
        <Result job={job} object={object} onVerb={(verb) => act.mutate(verb)} onAgain={() => setEditing(true)} busy={act.isPending} />
      )}
    </div>
  )
}

/* When the page turns to another step, so does whoever reads it aloud. */
function useHeadingFocus(step: string) {
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef(step)
  useEffect(() => {
    if (before.current !== step) heading.current?.focus()
    before.current = step
  }, [step])
  return heading
}

function Steps({ step }: { step: number }) {
  const { t } = useTranslation()
  return (
    <ol className={styles.steps} aria-label={t('import.steps')}>
      {([1, 2, 3] as const).map((n) => (
        <li key={n} data-done={n < step || undefined} {...(n === step ? { 'aria-current': 'step' as const } : {})}>
          <b>{n}</b>
          {t(`import.step_${n}`)}
        </li>
      ))}
    </ol>
  )
}

function RunBar({ job, onRun, onBack, busy }: { job: ImportJob; onRun: () => void; onBack: () => void; busy: boolean }) {
  const { t } = useTranslation()
  const lang = useLang()
  const counts = job.counts ?? NO_COUNTS
  const rows = counts.create + counts.update
  return (
    <div className={styles.bar}>
      <Button onClick={onRun} loading={busy} disabled={rows === 0}>
        {t('import.run', { count: rows, rows: formatNumber(rows, lang) })}
      </Button>
      <Button variant="default" onClick={onBack}>
        {t('import.back')}
      </Button>
      <span className="dim small">
        {rows === 0 ? t('import.nothing') : counts.failed > 0 ? t('import.failed_stay', { count: counts.failed, rows: formatNumber(counts.failed, lang) }) : t('import.undoable')}
      </span>
    </div>
  )
}
