/* DefaultInput.tsx - what a new record has in a field: nothing, a value, or what an expression gives. */
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isEmpty, toWire, typeOf } from '../../../fields/index.tsx'
import type { Field, FieldError, Json, ObjectMeta } from '../../../lib/types.ts'
import styles from './model.module.css'
import { Expression } from './parts.tsx'

const exprOf = (value: Json | undefined) => (typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.expr === 'string' ? value.expr : null)

export function DefaultInput({ object, field, value, onChange, error }: { object: ObjectMeta; field: Field; value: Json | undefined; onChange: (value: Json | undefined) => void; error: FieldError | undefined }) {
  const { t } = useTranslation()
  const expr = exprOf(value)
  const [way, setWay] = useState(expr !== null ? 'expr' : value === undefined ? 'none' : 'value')
  const [shown, setShown] = useState<unknown>(expr === null ? value : undefined)
  const { Input } = typeOf(field)
  return (
    <div className="stack">
      <div>
        <div className={styles.legend} id="default-way">
          {t('admin.key.default')}
        </div>
        <SegmentedControl
          size="xs"
          aria-labelledby="default-way"
          value={way}
          onChange={(next) => {
            setWay(next)
            setShown(undefined)
            onChange(undefined)
          }}
          data={(['none', 'value', 'expr'] as const).map((x) => ({ value: x, label: t(`admin.default.${x}`) }))}
        />
      </div>
      {way === 'value' && Input && (
        <Input
          field={field}
          value={shown}
          label={t('admin.default.value')}
          bare
          error={error?.detail}
          onChange={(v) => {
            setShown(v)
            onChange(isEmpty(v) ? undefined : toWire(field, v))
          }}
        />
      )}
      {way === 'expr' && <Expression label={t('admin.default.expr')} help={t('admin.key_doc.default')} object={object} value={expr ?? ''} onChange={(v) => onChange(v ? { expr: v } : undefined)} error={error} />}
    </div>
  )
}
