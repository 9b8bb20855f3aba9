/* Diff.tsx - what the import does, in numbers and row by row. */
import { Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell } from '../../fields/index.tsx'
import { Chip } from '../../fields/parts.tsx'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField } from '../../lib/meta.ts'
import { diffQuery } from '../../lib/queries.ts'
import type { Change, DiffRow, ImportJob, ObjectMeta } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { Changes } from '../History.tsx'
import { Empty, Failed, Lines } from '../states.tsx'
import styles from './import.module.css'

export const NO_COUNTS = { create: 0, update: 0, same: 0, failed: 0 }
/* What the counts are called, and what the rows are. */
const KINDS = [['create', 'create'], ['update', 'update'], ['same', 'same'], ['failed', 'fail']] as const

export function Counts({ job }: { job: ImportJob }) {
  const { t } = useTranslation()
  const lang = useLang()
  const counts = job.counts ?? NO_COUNTS
  return (
    <dl className={styles.counts}>
      {KINDS.map(([key]) => (
        <div key={key} data-kind={key} data-zero={counts[key] === 0 || undefined}>
          <dt>{t(`import.count_${key}`)}</dt>
          <dd className="num">{formatNumber(counts[key], lang)}</dd>
        </div>
      ))}
    </dl>
  )
}

const HUES = { create: 'green', update: 'blue', same: 'gray', fail: 'red' } as const
export type Show = 'all' | DiffRow['action']

/* `only`: rows of one kind, without a choice. */
export function Diff({ job, object, only }: { job: ImportJob; object: ObjectMeta; only?: DiffRow['action'] }) {
  const { t } = useTranslation()
  const lang = useLang()
  const [chosen, setShow] = useState<Show>('all')
  const counts = job.counts ?? NO_COUNTS
  const there = KINDS.filter(([key]) => counts[key] > 0)
  const show = only ?? (there.some(([, kind]) => kind === chosen) ? chosen : 'all')
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0)
  const data = [
    { value: 'all', label: `${t('import.show_all')} ${formatNumber(total, lang)}` },
    ...there.map(([key, kind]) => ({ value: kind, label: `${t(`import.show_${kind}`)} ${formatNumber(counts[key], lang)}` })),
  ]
  return (
    <section className={`card ${styles.box}`} aria-labelledby="import-rows">
      <div className={styles.boxHead}>
        <h2 id="import-rows">{only === 'fail' ? t('import.failed_rows') : t('import.diff')}</h2>
        {!only && there.length > 1 && <SegmentedControl size="xs" aria-label={t('import.show')} value={show} onChange={(v) => setShow(v as Show)} data={data} />}
      </div>
      <Rows id={job.id} object={object} show={show} />
    </section>
  )
}

function Rows({ id, object, show }: { id: string; object: ObjectMeta; show: Show }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(diffQuery(id, show === 'all' ? '' : show))
  if (query.isPending) return <div className={styles.pending}><Lines count={4} /></div>
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const rows = query.data.pages.flatMap((p) => p.rows)
  if (rows.length === 0) return <Empty title={t('nothing_found')} />
  return (
    <>
      <ul className={`plain ${styles.diff}`}>
        {rows.map((r) => (
          <li key={r.row} className={styles.diffRow}>
            <span className="dim small num" title={t('import.row', { row: r.row })}>
              {r.row}
            </span>
            <Chip text={t(`import.action_${r.action}`)} hue={HUES[r.action]} />
            <div className={styles.diffBody}>
              {r.title && <strong>{r.title}</strong>}
              {r.errors.map((e, i) => (
                <div key={i} className={styles.wrong}>
                  {e.detail}
                </div>
              ))}
              {r.action === 'update' && <Changes object={object} changes={r.changes} />}
              {r.action === 'create' && <Values object={object} changes={r.changes.filter((c) => c.field !== object.title)} />}
            </div>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <div className={styles.boxFoot}>
          <Button size="xs" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
    </>
  )
}

/* What a new record would hold. */
function Values({ object, changes }: { object: ObjectMeta; changes: Change[] }) {
  const label = useLabel()
  return (
    <dl className={styles.values}>
      {changes.map((c) => {
        const field = findField(object, c.field)
        return (
          <div key={c.field}>
            <dt>{label(field?.label, c.field)}</dt>
            <dd>{field ? <FieldCell field={field} value={c.new} page /> : String(c.new)}</dd>
          </div>
        )
      })}
    </dl>
  )
}
