/* Checked.tsx - what the import would do, row by row, before it does anything. */
import { Button, SegmentedControl, Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../../fields/picker.tsx'
import { Chip } from '../../fields/parts.tsx'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField } from '../../lib/meta.ts'
import { diffQuery } from '../../lib/queries.ts'
import type { DiffRow, Field, ImportJob, Json, Link, ObjectMeta } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { Changes } from '../History.tsx'
import { Failed, Lines } from '../states.tsx'
import styles from './import.module.css'

export function Counts({ job }: { job: ImportJob }) {
  const { t } = useTranslation()
  const lang = useLang()
  const counts = job.counts ?? { create: 0, update: 0, same: 0, failed: 0 }
  return (
    <dl className={styles.counts}>
      {(['create', 'update', 'same', 'failed'] as const).map((key) => (
        <div key={key} data-kind={key} data-zero={counts[key] === 0 || undefined}>
          <dt>{t(`import.count_${key}`)}</dt>
          <dd className="num">{formatNumber(counts[key], lang)}</dd>
        </div>
      ))}
    </dl>
  )
}

export interface NearMissesProps {
  job: ImportJob
  object: ObjectMeta
  onApply: (links: Record<string, Json>) => void
  busy: boolean
}

type Chosen = Record<string, Record<string, Link>>

/* "GTXPro" is not there; "GTX Pro" is.  One answer mends every row. */
export function NearMisses({ job, object, onApply, busy }: NearMissesProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const links = job.links ?? []
  const [chosen, setChosen] = useState<Chosen>(() => suggested(job))
  if (links.length === 0) return null
  const set = (field: string, text: string, link: Link | null) =>
    setChosen((old) => {
      const map = { ...old[field] }
      if (link) map[text] = link
      else delete map[text]
      return { ...old, [field]: map }
    })
  const body = Object.fromEntries(
    Object.entries(chosen).map(([field, map]) => [field, Object.fromEntries(Object.entries(map).map(([text, l]) => [text, l.id]))]),
  )
  const some = Object.values(chosen).some((map) => Object.keys(map).length > 0)
  return (
    <section className={`card ${styles.box}`}>
      <div className={styles.boxHead}>
        <h2>{t('import.links')}</h2>
        <span className="dim small">{t('import.links_help')}</span>
      </div>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('import.field')}</th>
              <th scope="col">{t('import.in_file')}</th>
              <th scope="col">{t('import.rows')}</th>
              <th scope="col">{t('import.means')}</th>
            </tr>
          </thead>
          <tbody>
            {links.map((l) => {
              const field = findField(object, l.field)
              return (
                <tr key={`${l.field}/${l.text}`}>
                  <td className="dim">{label(field?.label, l.field)}</td>
                  <th scope="row">{l.text}</th>
                  <td className="num">{l.count}</td>
                  <td className={styles.target}>
                    <Meaning
                      field={field}
                      label={t('import.means_of', { text: l.text })}
                      value={chosen[l.field]?.[l.text] ?? null}
                      onChange={(link) => set(l.field, l.text, link)}
                    />
                    {l.suggestions[0] && chosen[l.field]?.[l.text]?.id === l.suggestions[0].id && (
                      <Chip text={t('import.suggested', { score: Math.round(l.suggestions[0].score / 10) })} hue="teal" />
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <div className={styles.boxFoot}>
        <Button size="xs" onClick={() => onApply(body)} loading={busy} disabled={!some}>
          {t('import.apply_links')}
        </Button>
      </div>
    </section>
  )
}

/* A record of the object linked to, or one of the field's choices. */
function Meaning({ field, label: spoken, value, onChange }: { field: Field | null; label: string; value: Link | null; onChange: (link: Link | null) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  if (field?.to) return <LinkPicker size="xs" aria-label={spoken} object={field.to} value={value} onChange={onChange} />
  const data = (field?.choices ?? []).map((c) => ({ value: c.code, label: label(c.label, c.code) }))
  return (
    <Select
      size="xs"
      aria-label={spoken}
      placeholder={t('choose')}
      data={data}
      value={value?.id ?? null}
      onChange={(code) => onChange(code ? { id: code, title: data.find((c) => c.value === code)?.label ?? code } : null)}
      clearable
      clearButtonProps={{ 'aria-label': t('clear') }}
      searchable
    />
  )
}

function suggested(job: ImportJob): Chosen {
  const out: Chosen = {}
  for (const l of job.links ?? []) {
    const best = l.suggestions.find((s) => s.id === l.taken) ?? l.suggestions[0]
    if (best) (out[l.field] ??= {})[l.text] = { id: best.id, title: best.title }
  }
  return out
}

const HUES = { create: 'green', update: 'blue', same: 'gray', fail: 'red' } as const

export function Diff({ job, object }: { job: ImportJob; object: ObjectMeta }) {
  const { t } = useTranslation()
  const [show, setShow] = useState<'all' | DiffRow['action']>('all')
  const query = useInfiniteQuery(diffQuery(job.id))
  if (query.isPending) return <Lines count={4} />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const rows = query.data.pages.flatMap((p) => p.rows).filter((r) => show === 'all' || r.action === show)
  return (
    <section className={`card ${styles.box}`}>
      <div className={styles.boxHead}>
        <h2>{t('import.diff')}</h2>
        <SegmentedControl
          size="xs"
          aria-label={t('import.show')}
          value={show}
          onChange={(v) => setShow(v as typeof show)}
          data={(['all', 'create', 'update', 'same', 'fail'] as const).map((v) => ({ value: v, label: t(`import.show_${v}`) }))}
        />
      </div>
      <ul className={`plain ${styles.diff}`}>
        {rows.map((r) => (
          <li key={r.row} className={styles.diffRow}>
            <span className="dim small num">{r.row}</span>
            <Chip text={t(`import.action_${r.action}`)} hue={HUES[r.action]} />
            <div className={styles.diffBody}>
              <strong>{r.title}</strong>
              {r.errors.map((e, i) => (
                <div key={i} className={styles.wrong}>
                  {e.detail}
                </div>
              ))}
              {r.action === 'update' && <Changes object={object} changes={r.changes} />}
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
    </section>
  )
}
