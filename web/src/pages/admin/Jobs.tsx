/* Jobs.tsx - what runs and ran in the background, of everybody; cancelled and taken back here. */
import { Button, Checkbox, Progress, SegmentedControl } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconArchive, IconDatabase, IconFileImport, IconListCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { post } from '../../lib/api.ts'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject } from '../../lib/meta.ts'
import { isBusy, type Job, jobsQuery } from '../../lib/people.ts'
import { forget, queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useLabel, useMeta, useOffset } from '../../lib/use.ts'
import { Confirm } from '../../views/people/Confirm.tsx'
import styles from '../../views/people/people.module.css'
import { Empty, Failed, Lines, useProblemText } from '../../views/states.tsx'

const ICONS = { import: IconFileImport, batch: IconListCheck, index: IconDatabase, backup: IconArchive } as const
const HUES: Record<string, string> = { done: 'green', failed: 'red', running: 'blue', checking: 'blue', undoing: 'blue', cancelled: 'orange', undone: 'gray' }
const STATES = ['draft', 'checking', 'checked', 'running', 'done', 'failed', 'cancelled', 'undoing', 'undone', 'none'] as const
const isState = (s: string): s is (typeof STATES)[number] => (STATES as readonly string[]).includes(s)
const ACTIONS = ['update', 'delete', 'restore', 'cells', 'put', 'take', 'relocate'] as const

export function Jobs() {
  const { t } = useTranslation()
  const query = useQuery(jobsQuery)
  const [kind, setKind] = useState('')
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  const jobs = query.data
    .filter((j) => !kind || j.kind === kind)
    .sort((a, b) => Number(isBusy(b)) - Number(isBusy(a)) || (b.created_at ?? '').localeCompare(a.created_at ?? ''))
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>{t('admin.jobs.title')}</h1>
        <SegmentedControl
          aria-label={t('people.job_kind')}
          value={kind}
          onChange={setKind}
          data={[{ value: '', label: t('people.state_all') }, ...(['import', 'batch', 'index', 'backup'] as const).map((k) => ({ value: k, label: t(`people.job_${k}`) }))]}
        />
      </div>
      {jobs.length === 0 && <Empty title={t('people.no_jobs')} />}
      {jobs.length > 0 && (
        <div className={`card ${styles.section}`}>
          <ul className={`plain ${styles.rows} ${styles.whole}`}>
            {jobs.map((j) => (
              <JobLine key={`${j.kind}/${j.id}/${j.name}`} job={j} />
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

function useWords(job: Job) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const meta = useMeta()
  const object = findObject(meta, job.object)
  const plural = label(object?.plural, job.object)
  const number = (n: number) => formatNumber(n, lang)
  if (job.kind === 'index') {
    const fields = job.name.split(',').map((f) => label(object?.fields.find((x) => x.name === f.replace(/^-/, ''))?.label, f))
    return { name: t('people.job_index_of', { fields: fields.join('、'), object: plural }), result: t('people.job_index_result', { ms: number(job.failed) }) }
  }
  if (job.kind === 'backup') return { name: job.name, result: '' }
  const action = ACTIONS.find((a) => a === job.name)
  return {
    name: job.kind === 'import' ? job.name : action ? t(`people.batch_${action}`, { object: plural }) : job.name,
    result: [job.kind === 'import' ? plural : '', job.changed ? t('people.job_changed', { count: job.changed, text: number(job.changed) }) : '', job.failed ? t('people.job_failed', { count: job.failed, text: number(job.failed) }) : '']
      .filter(Boolean)
      .join(' · '),
  }
}

function JobLine({ job }: { job: Job }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const problemText = useProblemText()
  const { name, result } = useWords(job)
  const [undoing, setUndoing] = useState(false)
  const [back, setBack] = useState(false)
  const left = job.leaver && !job.leaver.active ? job.leaver : null
  const Icon = ICONS[job.kind]
  const renew = () => queryClient.invalidateQueries({ queryKey: ['jobs'] })
  const cancel = useMutation({
    mutationFn: () => post(`/${job.kind}/${job.id}/cancel`),
    onSuccess: renew,
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  return (
    <li className={styles.line}>
      <Icon size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span>
          {job.kind === 'import' ? (
            <Link to="/import/$id" params={{ id: job.id }}>
              {name}
            </Link>
          ) : (
            name
          )}
        </span>
        <span className="dim small">
          {[job.by?.title ?? t('history.system'), job.created_at && formatMoment(job.created_at, lang, offset), result].filter(Boolean).join(' · ')}
        </span>
        {job.problem && <span className="small" style={{ color: 'var(--gx-danger)' }}>{job.problem}</span>}
        {isBusy(job) && job.total > 0 && <Progress value={(100 * job.done) / job.total} aria-label={t('people.progress', { name })} mt={4} />}
      </span>
      <Chip text={isState(job.state) ? t(`people.job_state_${job.state}`) : job.state} hue={HUES[job.state]} />
      {job.can_cancel && (
        <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('cancel')}
        </Button>
      )}
      {job.can_undo && (
        <Button size="xs" variant="default" onClick={() => setUndoing(true)}>
          {t('undo')}
        </Button>
      )}
      {undoing && (
        <Confirm
          title={t('people.job_undo')}
          go={t('undo')}
          danger
          run={async () => {
            await post(`/${job.kind}/${job.id}/undo${left && back ? '?leaver=true' : ''}`)
            await Promise.all([renew(), forget(job.object), ...(left && back ? [queryClient.invalidateQueries({ queryKey: ['people'] }), forget('user', left.id)] : [])])
          }}
          onClose={() => setUndoing(false)}
        >
          <p>
            <strong>{name}</strong>
          </p>
          <p>{t('people.job_undo_help', { result })}</p>
          {left && (
            <Checkbox
              checked={back}
              onChange={(e) => setBack(e.currentTarget.checked)}
              label={t('people.job_undo_back', { name: left.title })}
              description={t('people.job_undo_back_help')}
            />
          )}
        </Confirm>
      )}
    </li>
  )
}
