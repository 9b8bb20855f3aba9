/* Mapping.tsx - which column of the file goes into which field, with the file's first rows beside. */
import { Button, NativeSelect, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { canType } from '../../fields/index.tsx'
import { may } from '../../lib/meta.ts'
import type { ImportColumn, ImportJob, Json, ObjectMeta } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import styles from './import.module.css'

export interface MappingProps {
  job: ImportJob
  object: ObjectMeta
  onChange: (change: Record<string, Json>) => void
  onCheck: () => void
  busy: boolean
}

const ENCODINGS = ['UTF-8', 'UTF-16LE', 'UTF-16BE', 'Big5', 'GB18030', 'Shift_JIS', 'EUC-JP', 'EUC-KR', 'TIS-620', 'windows-1252']
const DELIMITERS = [',', ';', '\t', '|']
/* How sure a guess must be to be shown without a warning. */
const SURE = 800

export function Mapping({ job, object, onChange, onCheck, busy }: MappingProps) {
  const { t } = useTranslation()
  const mapped = job.mapping.filter((m) => m.field).length
  return (
    <>
      <FileFacts job={job} onChange={onChange} />
      <section className={`card ${styles.box}`}>
        <div className={styles.boxHead}>
          <h2>{t('import.mapping')}</h2>
          <span className="dim small">{t('import.mapped', { count: mapped, total: job.mapping.length })}</span>
        </div>
        <MappingTable job={job} object={object} onChange={onChange} />
      </section>
      <How job={job} object={object} onChange={onChange} />
      <div className="row">
        <Button onClick={onCheck} loading={busy} disabled={mapped === 0}>
          {t('import.check')}
        </Button>
        <span className="dim small">{t('import.check_help')}</span>
      </div>
    </>
  )
}

function FileFacts({ job, onChange }: Pick<MappingProps, 'job' | 'onChange'>) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const { info } = job
  const csv = info.format.toLowerCase() === 'csv'
  const encodings = ENCODINGS.includes(info.encoding) ? ENCODINGS : [info.encoding, ...ENCODINGS]
  const shown: Record<string, string> = { '\t': t('import.tab') }
  return (
    <section className={`card ${styles.box} ${styles.facts}`}>
      <NativeSelect
        size="xs"
        label={t('import.object')}
        value={job.object}
        data={meta.objects.filter((o) => may(o, 'import')).map((o) => ({ value: o.name, label: label(o.plural, o.name) }))}
        onChange={(e) => onChange({ object: e.currentTarget.value })}
      />
      {csv && (
        <NativeSelect
          size="xs"
          label={t('import.encoding')}
          description={info.encoding_sure ? undefined : t('import.encoding_guess')}
          value={info.encoding}
          data={encodings}
          onChange={(e) => onChange({ encoding: e.currentTarget.value })}
        />
      )}
      {csv && (
        <NativeSelect
          size="xs"
          label={t('import.delimiter')}
          value={info.delimiter}
          data={DELIMITERS.map((d) => ({ value: d, label: shown[d] ?? d }))}
          onChange={(e) => onChange({ delimiter: e.currentTarget.value })}
        />
      )}
      {info.sheets.length > 1 && (
        <NativeSelect size="xs" label={t('import.sheet')} value={info.sheet} data={info.sheets} onChange={(e) => onChange({ sheet: e.currentTarget.value })} />
      )}
      <TextInput
        key={info.header_row}
        className={styles.rowNumber}
        size="xs"
        inputMode="numeric"
        label={t('import.header_row')}
        defaultValue={String(info.header_row)}
        onBlur={(e) => {
          const row = Number(e.currentTarget.value)
          if (Number.isInteger(row) && row >= 0 && row !== info.header_row) onChange({ header_row: row })
        }}
      />
      <div className={styles.fact}>
        <span>{t('import.rows')}</span>
        <strong className="num">{info.rows_estimate}</strong>
      </div>
    </section>
  )
}

function MappingTable({ job, object, onChange }: Pick<MappingProps, 'job' | 'object' | 'onChange'>) {
  const { t } = useTranslation()
  const label = useLabel()
  const fields = object.fields.filter((f) => canType(f) || f.name === 'external_id' || f.name === 'created_at')
  const taken = new Set(job.mapping.map((m) => m.field))
  const set = (i: number, change: Partial<ImportColumn>) => {
    const mapping = job.mapping.map((m, k) => (k === i ? { ...m, ...change } : m))
    onChange({ mapping: mapping as unknown as Json })
  }
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('import.column')}</th>
            <th scope="col">{t('import.sample')}</th>
            <th scope="col">{t('import.field')}</th>
          </tr>
        </thead>
        <tbody>
          {job.mapping.map((m, i) => (
            <tr key={m.index ?? m.column}>
              <th scope="row">{m.column}</th>
              <td className={styles.sample}>
                {(m.index ?? i) < 0 ? m.value : job.sample.slice(0, 3).map((row, k) => (
                  <div key={k} className="clip">
                    {row[m.index ?? i] ?? ''}
                  </div>
                ))}
              </td>
              <td className={styles.target}>
                <Select
                  size="xs"
                  aria-label={`${m.column}: ${t('import.field')}`}
                  placeholder={t('import.skip')}
                  clearable
                  clearButtonProps={{ 'aria-label': t('clear') }}
                  searchable
                  nothingFoundMessage={t('nothing_found')}
                  value={m.field}
                  data={fields.map((f) => ({ value: f.name, label: label(f.label, f.name), disabled: taken.has(f.name) && f.name !== m.field }))}
                  onChange={(field) => set(i, { field, score: 1000 })}
                />
                {m.field && (m.score ?? 1000) < SURE && <Chip text={t('import.guess')} hue="yellow" />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function How({ job, object, onChange }: Pick<MappingProps, 'job' | 'object' | 'onChange'>) {
  const { t } = useTranslation()
  const label = useLabel()
  const keys = job.mapping.map((m) => object.fields.find((f) => f.name === m.field)).filter((f) => f !== undefined)
  return (
    <section className={`card ${styles.box} ${styles.facts}`}>
      <div className={styles.fact}>
        <span>{t('import.mode')}</span>
        <SegmentedControl
          size="xs"
          aria-label={t('import.mode')}
          value={job.mode}
          onChange={(mode) => onChange({ mode })}
          data={(['create', 'update', 'both'] as const).map((mode) => ({ value: mode, label: t(`import.mode_${mode}`) }))}
        />
      </div>
      {job.mode !== 'create' && (
        <NativeSelect
          size="xs"
          label={t('import.match')}
          description={t('import.match_help')}
          value={job.match[0] ?? ''}
          data={[{ value: '', label: t('choose') }, ...keys.map((f) => ({ value: f.name, label: label(f.label, f.name) }))]}
          onChange={(e) => onChange({ match: e.currentTarget.value ? [e.currentTarget.value] : [] })}
        />
      )}
    </section>
  )
}
