/* PasteDialog.tsx - what pasted cells would change, row by row, before anything is written. */
import { Alert, Button, Loader, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty } from '../../fields/index.tsx'
import { type BatchAsk, previewBatch, startBatch } from '../../lib/batch.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { titleOf } from '../../lib/meta.ts'
import type { Field, ObjectMeta, Rec } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { useProblemText } from '../states.tsx'
import styles from './list.module.css'

export interface Pasted {
  fields: Field[]
  records: Rec[]
  /* Texts by record and field. */
  cells: string[][]
}

const SHOWN_MAX = 200

export function PasteDialog({ object, pasted, onClose }: { object: ObjectMeta; pasted: Pasted; onClose: () => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const problemText = useProblemText()
  const [problem, setProblem] = useState<unknown>(null)
  const [starting, setStarting] = useState(false)
  const { fields, records, cells } = pasted
  const ask: BatchAsk = {
    action: 'cells',
    columns: fields.map((f) => f.name),
    rows: records.map((r, i) => ({ id: r.id, cells: fields.map((_, k) => cells[i]?.[k] ?? null) })),
  }
  const preview = useQuery({ queryKey: ['list', object.name, 'paste', ask], staleTime: 0, gcTime: 0, queryFn: () => previewBatch(object.name, ask) })
  const good = preview.data?.allowed ?? 0
  const bad = records.length - good
  const start = async () => {
    setStarting(true)
    try {
      await startBatch(object.name, ask)
      onClose()
    } catch (error) {
      setProblem(error)
      setStarting(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title={t('paste.title')} size="xl" closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        {(problem ?? preview.error) !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(problem ?? preview.error)}
          </Alert>
        )}
        {preview.isPending && <Loader size={18} />}
        {preview.data && (
          <p aria-live="polite">
            {t('paste.good', { count: good, text: formatNumber(good, lang) })}
            {bad > 0 && <span className={styles.wrong}> {t('paste.bad', { count: bad, text: formatNumber(bad, lang) })}</span>}
          </p>
        )}
        {preview.data && (
          <div className={styles.block} tabIndex={0} role="region" aria-label={t('paste.title')}>
            <table>
              <thead>
                <tr>
                  <th>{label(object.label, object.name)}</th>
                  {fields.map((f) => (
                    <th key={f.name}>{label(f.label, f.name)}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {records.slice(0, SHOWN_MAX).map((record, i) => {
                  const row = preview.data.rows?.[i]
                  const whole = row?.errors.filter((e) => !fields.some((f) => f.name === e.path)) ?? []
                  return (
                    <tr key={record.id}>
                      <td>
                        {titleOf(object, record)}
                        {whole.map((e) => (
                          <div key={e.path + e.detail} className={styles.wrong}>
                            {e.detail}
                          </div>
                        ))}
                      </td>
                      {fields.map((f, k) => {
                        const wrong = row?.errors.find((e) => e.path === f.name)
                        const next = row?.values[f.name]
                        return (
                          <td key={f.name}>
                            {!isEmpty(record[f.name]) && (
                              <div className={styles.was}>
                                <FieldCell field={f} value={record[f.name]} />
                              </div>
                            )}
                            {wrong || isEmpty(next) || f.type === 'link' ? <span className={wrong ? styles.wrong : ''}>{cells[i]?.[k]}</span> : <FieldCell field={f} value={next} />}
                            {wrong && <div className={`small ${styles.wrong}`}>{wrong.detail}</div>}
                          </td>
                        )
                      })}
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
        )}
        <p className="dim small">{t('change.undoable')}</p>
        <div className="row">
          <Button loading={starting} disabled={good === 0} onClick={() => void start()} data-autofocus>
            {t('paste.go', { count: good, text: formatNumber(good, lang) })}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
