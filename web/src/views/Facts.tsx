/* Facts.tsx - a record's fields by section; each can be changed where it stands. */
import { ActionIcon, Button } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canType, FieldCell, isEmpty, toWire, typeOf } from '../fields/index.tsx'
import { Problem } from '../lib/api.ts'
import { usePhone } from '../lib/media.ts'
import { findField, formSections, systemFields } from '../lib/meta.ts'
import type { Field, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import { changed, errorField } from '../lib/values.ts'
import styles from './Facts.module.css'
import { useSaver } from './Merge.tsx'
import { useProblemText } from './states.tsx'

export interface FactsProps {
  object: ObjectMeta
  record: Rec
  editable: boolean
  /* Fields that do not apply to this record, by the server's rules. */
  hidden: ReadonlySet<string>
  /* Fields that somebody else has just changed. */
  fresh: ReadonlySet<string>
}

export function Facts({ object, record, editable, hidden, fresh }: FactsProps) {
  const label = useLabel()
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const phone = usePhone()
  const sections = formSections(object).map((s) => ({
    title: label(s.label),
    fields: s.fields.flat().map((n) => findField(object, n)).filter((f): f is Field => f !== null && !hidden.has(f.name)),
  }))
  /* What matters on the way stands first; the rest below it, as on the desk. */
  const first = phone ? (object.pages.phone ?? []).map((n) => findField(object, n)).filter((f): f is Field => f !== null && !hidden.has(f.name)) : []
  if (first.length > 0) {
    for (const s of sections) s.fields = s.fields.filter((f) => !first.includes(f))
    sections.unshift({ title: '', fields: first })
  }
  const system = systemFields(object).filter((f) => !first.includes(f))
  if (system.length) sections.push({ title: t('record.system'), fields: system })
  const filled = (f: Field) => !isEmpty(record[f.name])
  const empty = sections.flatMap((s) => s.fields).filter((f) => !filled(f)).length
  return (
    <>
      {sections
        .map((s) => (all ? s : { ...s, fields: s.fields.filter(filled) }))
        .filter((s) => s.fields.length > 0)
        .map((s, i) => (
          <section key={i} className={`card ${styles.section}`}>
            {s.title && <h2>{s.title}</h2>}
            <dl className={styles.list}>
              {s.fields.map((f) => (
                <Fact key={f.name} object={object} record={record} field={f} editable={editable && canType(f)} fresh={fresh.has(f.name)} />
              ))}
            </dl>
          </section>
        ))}
      {empty > 0 && (
        <div>
          <Button size="xs" variant="subtle" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t('record.hide_empty') : t('record.show_empty', { count: empty })}
          </Button>
        </div>
      )}
    </>
  )
}

function Fact({ object, record, field, editable, fresh }: { object: ObjectMeta; record: Rec; field: Field; editable: boolean; fresh: boolean }) {
  const { t } = useTranslation()
  const label = useLabel()
  const [editing, setEditing] = useState(false)
  const name = label(field.label, field.name)
  /* Stages change by moving, in the header. */
  const canEdit = editable && field.type !== 'process'
  return (
    <div className={styles.fact} data-wide={typeOf(field).wide || undefined} data-fresh={fresh || undefined}>
      <dt className={styles.term}>{name}</dt>
      <dd className={styles.value}>
        {editing ? (
          <FactEditor object={object} record={record} field={field} name={name} onDone={() => setEditing(false)} />
        ) : (
          <>
            <div className={styles.shown}>
              <FieldCell field={field} value={record[field.name]} page />
            </div>
            {canEdit && (
              <ActionIcon className={styles.pencil} variant="subtle" color="gray" size="sm" aria-label={t('record.edit_field', { name })} onClick={() => setEditing(true)}>
                <IconPencil size={15} />
              </ActionIcon>
            )}
          </>
        )}
      </dd>
    </div>
  )
}

function FactEditor({ object, record, field, name, onDone }: { object: ObjectMeta; record: Rec; field: Field; name: string; onDone: () => void }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [base] = useState(record) /* somebody else may change it while it is typed */
  const [value, setValue] = useState(record[field.name])
  const { save: send, dialog } = useSaver(object)
  const [error, setError] = useState<string>()
  const [saving, setSaving] = useState(false)
  const { Input } = typeOf(field)
  const save = async () => {
    if (Object.keys(changed([field], base, { [field.name]: value }, toWire)).length === 0) return onDone()
    setSaving(true)
    try {
      const done = await send(base, { [field.name]: toWire(field, value) }, { ...base, [field.name]: value })
      setSaving(false)
      if (done) onDone()
    } catch (e) {
      const own = e instanceof Problem ? e.errors.find((x) => errorField(x.path) === field.name)?.detail : undefined
      setError(own ?? problemText(e))
      setSaving(false)
    }
  }
  if (!Input) return null
  return (
    <>
      {dialog}
      <form
        className={styles.editor}
        onSubmit={(e) => {
          e.preventDefault()
          void save()
        }}
        onKeyDown={(e) => {
          if (e.key === 'Escape') onDone()
        }}
      >
        <Input field={field} value={value} onChange={setValue} label={name} bare error={error} required={field.required ?? false} autoFocus />
        <div className="row">
          <Button type="submit" size="compact-sm" loading={saving} disabled={field.required && isEmpty(value)}>
            {t('form.save')}
          </Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onDone}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </>
  )
}
