/* Preview.tsx - what people will see: the renderers of the pages themselves, over records there are. */
import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell } from '../../../fields/index.tsx'
import { get } from '../../../lib/api.ts'
import { cardLine, findField, formSections, listColumns, phoneFields, titleOf } from '../../../lib/meta.ts'
import type { Field, ObjectMeta, Rec, RecordPage } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { Facts } from '../../../views/Facts.tsx'
import { FormField, Section } from '../../../views/Form.tsx'
import styles from './layout.module.css'

const NONE: ReadonlySet<string> = new Set()
const EMPTY: Rec = { id: '0', version: 1 }

function useSamples(object: string): Rec[] {
  const { data } = useQuery({
    queryKey: ['list', object, 'samples'],
    retry: false,
    staleTime: 60_000,
    queryFn: ({ signal }) => get<RecordPage>(`/${object}`, { limit: 3 }, signal),
  })
  return data?.rows.length ? data.rows : [EMPTY]
}

export function Preview({ object, which }: { object: ObjectMeta; which: 'form' | 'list' | 'phone' | 'card' }) {
  const { t } = useTranslation()
  const [way, setWay] = useState('form')
  const rows = useSamples(object.name)
  const first = rows[0] ?? EMPTY
  const fields = (names: readonly string[]) => names.map((n) => findField(object, n)).filter((f): f is Field => f !== null)
  return (
    <section className={styles.preview} aria-label={t('admin.preview')}>
      <div className={styles.previewHead}>
        <h3>{t('admin.preview')}</h3>
        {which === 'form' && <SegmentedControl size="xs" aria-label={t('admin.preview')} value={way} onChange={setWay} data={[{ value: 'form', label: t('admin.preview_form') }, { value: 'page', label: t('admin.preview_page') }]} />}
      </div>
      {/* To look at only. */}
      <div className={styles.stage} inert data-which={which}>
        {which === 'form' && way === 'page' && <Facts key={first.id} object={object} record={first} editable={false} hidden={NONE} fresh={NONE} />}
        {which === 'form' && way === 'form' && <FormPreview object={object} record={first} />}
        {which === 'list' && <ListPreview fields={fields(listColumns(object))} rows={rows} />}
        {which === 'phone' && <Lines fields={fields(phoneFields(object))} rows={rows.slice(0, 1)} object={object} />}
        {which === 'card' && <Lines fields={fields(cardLine(object))} rows={rows} object={object} plain />}
      </div>
    </section>
  )
}

function FormPreview({ object, record }: { object: ObjectMeta; record: Rec }) {
  const label = useLabel()
  return formSections(object).map((s, i) => (
    <Section
      key={i}
      title={label(s.label)}
      rows={s.fields.map((row) => row.map((n) => findField(object, n)).filter((f): f is Field => f !== null)).filter((row) => row.length > 0)}
      render={(f) => <FormField field={f} value={record[f.name]} error={undefined} required={f.required ?? false} onChange={() => {}} />}
    />
  ))
}

function ListPreview({ fields, rows }: { fields: Field[]; rows: Rec[] }) {
  const label = useLabel()
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {fields.map((f) => (
            <th key={f.name} scope="col">
              {label(f.label, f.name)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.id}>
            {fields.map((f) => (
              <td key={f.name}>
                <FieldCell field={f} value={r[f.name]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Lines({ fields, rows, object, plain }: { fields: Field[]; rows: Rec[]; object: ObjectMeta; plain?: boolean }) {
  const label = useLabel()
  return rows.map((r) => (
    <div key={r.id} className={`card ${styles.phone}`}>
      {!plain && <b>{titleOf(object, r)}</b>}
      {fields.map((f) => (
        <div key={f.name} className={styles.fact}>
          {!plain && <span className="dim small">{label(f.label, f.name)}</span>}
          <FieldCell field={f} value={r[f.name]} page={!plain} />
        </div>
      ))}
    </div>
  ))
}
