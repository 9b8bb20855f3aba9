/* Imports.tsx - bring a file in; and what was brought in before. */
import { ActionIcon, Alert, Button, NativeSelect, Tooltip } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { IconArrowBackUp, IconFileSpreadsheet, IconUpload } from '@tabler/icons-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post } from '../lib/api.ts'
import { formatMoment, formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findObject, may } from '../lib/meta.ts'
import { BUSY_STATES, importsQuery } from '../lib/queries.ts'
import type { ImportJob } from '../lib/types.ts'
import { useLabel, useMeta, useOffset } from '../lib/use.ts'
import { Empty, Failed, Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import { NO_COUNTS } from '../views/import/Diff.tsx'
import { useDoings, useNews } from '../views/import/doings.ts'
import { ImportState } from '../views/import/ImportState.tsx'
import { UndoDialog } from '../views/import/UndoDialog.tsx'
import styles from './Imports.module.css'
import page from './page.module.css'

const route = getRouteApi('/shell/import')

export function Imports() {
  const { t } = useTranslation()
  useTitle(t('import.title'))
  return (
    <div className={page.wide}>
      <h1>{t('import.title')}</h1>
      <Start />
      <Past />
    </div>
  )
}

function Start() {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const search = route.useSearch()
  const into = meta.objects.filter((o) => may(o, 'import'))
  /* '': the columns of the file say what it is. */
  const [object, setObject] = useState(search.object ?? '')
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const upload = useMutation({
    mutationFn: (file: File) =>
      post<ImportJob>('/import', file, {
        query: { object },
        headers: { 'X-File-Name': encodeURIComponent(file.name), 'Content-Type': 'application/octet-stream' },
      }),
    onSuccess: (job) => navigate({ to: '/import/$id', params: { id: job.id } }),
  })
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0]
    if (file) upload.mutate(file)
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    take(e.dataTransfer.files)
  }
  return (
    <section className={`card ${styles.start}`}>
      <NativeSelect
        className={styles.object}
        label={t('import.object')}
        value={object}
        data={[{ value: '', label: t('import.object_guess') }, ...into.map((o) => ({ value: o.name, label: label(o.plural, o.name) }))]}
        onChange={(e) => setObject(e.currentTarget.value)}
      />
      {upload.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(upload.error)}
        </Alert>
      )}
      <div
        className={styles.drop}
        data-over={over || undefined}
        onDragOver={(e) => {
          e.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconFileSpreadsheet size={40} stroke={1.3} aria-hidden className={styles.icon} />
        <div>{t('import.drop')}</div>
        <Button leftSection={<IconUpload size={16} />} loading={upload.isPending} onClick={() => input.current?.click()}>
          {upload.isPending ? t('import.uploading') : t('import.choose')}
        </Button>
        <input
          ref={input}
          type="file"
          className="sr"
          tabIndex={-1}
          aria-label={t('import.choose')}
          accept=".csv,.tsv,.txt,.xlsx,.ndjson,.jsonl"
          onChange={(e) => take(e.currentTarget.files)}
        />
        <p className="dim small">{t('import.kinds')}</p>
      </div>
    </section>
  )
}

function Past() {
  const { t } = useTranslation()
  const query = useQuery(importsQuery)
  if (query.isPending) return <Lines count={3} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <section className="card" aria-labelledby="past">
      <h2 id="past" className={styles.head}>
        {t('import.past')}
      </h2>
      {query.data.rows.length === 0 && <Empty title={t('import.none')} />}
      <ul className="plain">
        {query.data.rows.map((job) => (
          <PastImport key={job.id} job={job} />
        ))}
      </ul>
    </section>
  )
}

function PastImport({ job }: { job: ImportJob }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const offset = useOffset()
  const meta = useMeta()
  const problemText = useProblemText()
  const { act } = useDoings(job.id)
  const [asking, setAsking] = useState(false)
  useNews(job)
  const counts = job.counts ?? NO_COUNTS
  const named = (['create', 'update', 'same', 'failed'] as const).filter((key) => counts[key] > 0)
  const undoable = job.written && !BUSY_STATES.includes(job.state)
  const name = job.file_name || `#${job.id}`
  return (
    <li className={styles.item}>
      <Link to="/import/$id" params={{ id: job.id }} className={styles.job}>
        <span className={styles.file}>
          <span className="clip">{name}</span>
          <span className="dim small">{label(findObject(meta, job.object)?.plural, job.object)}</span>
        </span>
        <span className={`dim small num ${styles.counts}`}>
          {job.state !== 'undone' && job.state !== 'draft' && named.map((key) => `${t(`import.count_${key}`)} ${formatNumber(counts[key], lang)}`).join(' · ')}
          {act.error && <span role="alert">{problemText(act.error)}</span>}
        </span>
        <span className={`dim small num ${styles.when}`}>{job.created_at && formatMoment(job.created_at, lang, offset)}</span>
        <span className={styles.state} data-state={job.state}>
          <ImportState state={job.state} />
        </span>
      </Link>
      <span className={styles.undo}>
        {undoable && (
          <Tooltip label={t('import.undo')}>
            <ActionIcon variant="subtle" color="red" size="lg" aria-label={`${name}${t('import.colon')}${t('import.undo')}`} loading={act.isPending} onClick={() => setAsking(true)}>
              <IconArrowBackUp size={18} />
            </ActionIcon>
          </Tooltip>
        )}
      </span>
      {undoable && <UndoDialog job={job} opened={asking} onClose={() => setAsking(false)} onUndo={() => act.mutate('undo')} />}
    </li>
  )
}
