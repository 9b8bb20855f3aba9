/* Answer.tsx - the rows that a question gave, or why it gave none. */
import { Alert, Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { type Cell, isNumberType, type SqlError } from '../../lib/sql.ts'
import styles from './Sql.module.css'

export interface Answered {
  columns: { name: string; type: string }[]
  rows: Cell[][]
  end?: { rows: number; more: boolean; ms: number }
  error?: SqlError
  progress?: number
  running: boolean
}

const STEP = 200

export function Answer({ answer }: { answer: Answered | null }) {
  const { t } = useTranslation()
  const lang = useLang()
  if (!answer) return <p className="dim">{t('sql.empty')}</p>
  return (
    <>
      <p className={styles.status} role="status">
        {answer.running && (answer.progress ? t('sql.progress', { percent: answer.progress }) : t('sql.running'))}
        {answer.end && `${t('sql.rows', { count: answer.end.rows })}，${t('sql.took', { seconds: formatNumber(answer.end.ms / 1000, lang) })}`.replace('，', lang === 'en' ? ', ' : '，')}
      </p>
      {answer.error && (
        <Alert color="red" variant="light" role="alert">
          {answer.error.detail}
        </Alert>
      )}
      {answer.end?.more && <Alert variant="light">{t('sql.more', { count: answer.end.rows })}</Alert>}
      {answer.end?.rows === 0 && <p className="dim">{t('sql.no_rows')}</p>}
      {answer.rows.length > 0 && <Rows columns={answer.columns} rows={answer.rows} />}
    </>
  )
}

function Rows({ columns, rows }: { columns: Answered['columns']; rows: Cell[][] }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(STEP)
  return (
    <>
      {/* It scrolls, so the keyboard must reach it. */}
      <div className={styles.grid} role="region" aria-label={t('sql.result')} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((c, i) => (
                <th key={i} scope="col" data-number={isNumberType(c.type) || undefined} title={c.type}>
                  {c.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row, i) => (
              <tr key={i}>
                {row.map((cell, k) => (
                  <td key={k} data-number={isNumberType(columns[k]?.type ?? '') || undefined}>
                    <Value cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(shown + 5 * STEP)}>
          {t('sql.show_more')}
        </Button>
      )}
    </>
  )
}

function Value({ cell }: { cell: Cell }) {
  const { t } = useTranslation()
  if (cell === null) return <span className="dim">{t('sql.null')}</span>
  if (typeof cell === 'boolean') return t(cell ? 'sql.yes' : 'sql.no')
  return String(cell)
}
