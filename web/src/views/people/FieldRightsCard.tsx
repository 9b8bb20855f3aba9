/* FieldRightsCard.tsx - what a role may do with single fields: hidden, masked, read, or all there is. */
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldAccess, FieldRights } from '../../lib/people.ts'
import type { Field, ObjectMeta } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import type { Levels } from './Matrix.tsx'
import styles from './people.module.css'

/* Only what is a text has an end to show. */
const TEXTS = ['text', 'longtext', 'email', 'phone', 'url', 'autonumber']
const ACCESS: readonly FieldAccess[] = ['write', 'read', 'masked', 'hidden']

export interface FieldRightsCardProps {
  levels: Levels
  onChange: (object: string, fields: FieldRights) => void
}

export function FieldRightsCard({ levels, onChange }: FieldRightsCardProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const known = meta.objects.filter((o) => levels[o.name])
  const [name, setName] = useState(() => Object.keys(levels).find((o) => levels[o]?.fields) ?? 'account')
  const object = known.find((o) => o.name === name) ?? known[0]
  if (!object) return null
  const fields = levels[object.name]?.fields ?? {}
  const set = (field: string, access: FieldAccess) => {
    const { [field]: _, ...rest } = fields
    onChange(object.name, access === 'write' ? rest : { ...rest, [field]: access })
  }
  const said = (o: ObjectMeta) => Object.keys(levels[o.name]?.fields ?? {}).length
  return (
    <section className={`card ${styles.section}`} aria-labelledby="field-rights">
      <div className={styles.head}>
        <h2 id="field-rights" className={styles.grow}>
          {t('people.field_rights')}
        </h2>
        <NativeSelect
          size="xs"
          aria-label={t('people.object')}
          value={object.name}
          onChange={(e) => setName(e.currentTarget.value)}
          data={known.map((o) => ({ value: o.name, label: label(o.plural, o.name) + (said(o) ? ` (${said(o)})` : '') }))}
        />
      </div>
      <p className="dim small">{t('people.field_rights_help')}</p>
      <div className={styles.choices}>
        {object.fields
          .filter((f) => !f.system && f.name !== object.title)
          .map((f) => (
            <FieldRight key={f.name} field={f} access={fields[f.name] ?? 'write'} onChange={(access) => set(f.name, access)} />
          ))}
      </div>
    </section>
  )
}

function FieldRight({ field, access, onChange }: { field: Field; access: FieldAccess; onChange: (access: FieldAccess) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  return (
    <NativeSelect
      size="xs"
      label={label(field.label, field.name)}
      data-field={field.name}
      value={access}
      onChange={(e) => onChange(e.currentTarget.value as FieldAccess)}
      data={ACCESS.filter((a) => a !== 'masked' || TEXTS.includes(field.type)).map((a) => ({ value: a, label: t(`people.field_${a}`) }))}
    />
  )
}
