/* FileFacts.tsx - how the file is read, which can be corrected, and how it looks that way. */
import { NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { may } from '../../lib/meta.ts'
import type { ImportJob, Json } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import styles from './import.module.css'

const ENCODINGS = ['UTF-8', 'UTF-16LE', 'UTF-16BE', 'Big5', 'GB18030', 'Shift_JIS', 'EUC-JP', 'EUC-KR', 'TIS-620', 'windows-1252']
const DELIMITERS = [',', ';', '\t', '|']
const PREVIEW_ROWS = 8

export interface FileFactsProps {
  job: ImportJob
  onChange: (change: Record<string, Json>) => void
}

export function FileFacts({ job, onChange }: FileFactsProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const meta = useMeta()
  const { info } = job
  const csv = info.format.toLowerCase() === 'csv'
  const withOwn = (list: string[], own: string) => (own === '' || list.includes(own) ? list : [own, ...list])
  const shown: Record<string, string> = { '\t': t('import.tab') }
  return (
    <section className={`card ${styles.box}`} aria-labelledby="import-file">
      <div className={styles.boxHead}>
        <h2 id="import-file">{t('import.file')}</h2>
        <span className="dim small num">
          {info.format.toUpperCase()} · {info.file_bytes === undefined ? '' : `${formatBytes(info.file_bytes, lang)} · `}
          {t('import.about_rows', { count: info.rows_estimate, rows: formatNumber(info.rows_estimate, lang) })}
        </span>
      </div>
      <div className={styles.facts}>
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
            value={info.encoding}
            data={withOwn(ENCODINGS, info.encoding)}
            onChange={(e) => onChange({ encoding: e.currentTarget.value })}
          />
        )}
        {csv && (
          <NativeSelect
            size="xs"
            label={t('import.delimiter')}
            value={info.delimiter}
            data={withOwn(DELIMITERS, info.delimiter).map((d) => ({ value: d, label: shown[d] ?? d }))}
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
      </div>
      {csv && !info.encoding_sure && <p className={styles.note}>{t('import.encoding_guess')}</p>}
      {info.header_row === 0 && <p className={styles.note}>{t('import.no_header')}</p>}
      <Preview key={job.id} job={job} open={(csv && !info.encoding_sure) || info.damaged === true} />
    </section>
  )
}

function Preview({ job, open }: { job: ImportJob; open: boolean }) {
  const { t } = useTranslation()
  const { columns, header_row } = job.info
  return (
    <details className={styles.preview} open={open || undefined}>
      <summary>{t('import.preview')}</summary>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('import.preview')}>
        <table className={styles.sheet}>
          <thead>
            <tr>
              {columns.map((name, i) => (
                <th key={i} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {job.sample.slice(0, PREVIEW_ROWS).map((row, r) => (
              <tr key={r + header_row}>
                {columns.map((_, i) => (
                  <td key={i}>{row[i] ?? ''}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
