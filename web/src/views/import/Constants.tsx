/* Constants.tsx - fields that no column has, and that are the same in every row. */
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { typeOf } from '../../fields/index.tsx'
import type { Field, ObjectMeta } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import styles from './import.module.css'
import { TargetSelect } from './Mapping.tsx'
import type { Constant, Plan } from './plan.ts'
import { targetsOf } from './targets.ts'

export function Constants({ object, plan, onPlan }: { object: ObjectMeta; plan: Plan; onPlan: (plan: Plan) => void }) {
  const { t } = useTranslation()
  const { constants } = plan
  const set = (next: Constant[]) => onPlan({ ...plan, constants: next })
  const put = (k: number, change: Partial<Constant>) => set(constants.map((c, i) => (i === k ? { ...c, ...change } : c)))
  return (
    <div className={styles.constants} role="group" aria-label={t('import.constants')}>
      {constants.length > 0 && <h3>{t('import.constants')}</h3>}
      {constants.map((c, k) => {
        const target = targetsOf(object).find((x) => x.name === c.field)
        return (
          <div key={k} className={styles.constant}>
            <div className={styles.half}>
              <TargetSelect
                object={object}
                plan={plan}
                value={c.field}
                label={`${t('import.constant')} ${k + 1}: ${t('import.field')}`}
                always
                onChange={(field) => put(k, { field, value: '' })}
              />
            </div>
            <span className="dim" aria-hidden>
              =
            </span>
            <div className={styles.half}>
              {target && <Value key={target.name} field={target.field} whole={!target.part} value={c.value} onChange={(value) => put(k, { value })} />}
            </div>
            <ActionIcon variant="subtle" color="gray" aria-label={`${t('import.constant')} ${k + 1}: ${t('remove')}`} onClick={() => set(constants.filter((_, i) => i !== k))}>
              <IconX size={16} />
            </ActionIcon>
          </div>
        )
      })}
      <Button variant="subtle" size="xs" leftSection={<IconPlus size={16} />} onClick={() => set([...constants, { field: null, value: '' }])}>
        {t('import.add_constant')}
      </Button>
    </div>
  )
}

interface ValueProps {
  field: Field
  /* Not a part of an address, which is text whatever the field. */
  whole: boolean
  value: string
  onChange: (value: string) => void
}

/* The value is text, as it would stand in a cell of the file. */
function Value({ field, whole, value, onChange }: ValueProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const spoken = `${label(field.label, field.name)}: ${t('import.value')}`
  const { Input, Operand } = typeOf(field)
  if (whole && field.type === 'link') return <Operand field={field} value={value} onChange={onChange} label={spoken} />
  if (whole && field.type === 'boolean') {
    const data = [{ value: '', label: t('choose') }, { value: 'true', label: t('yes') }, { value: 'false', label: t('no') }]
    return <NativeSelect size="xs" aria-label={spoken} value={value} data={data} onChange={(e) => onChange(e.currentTarget.value)} />
  }
  if (whole && Input && (field.type === 'choice' || field.type === 'process'))
    return <Input bare field={field} label={spoken} value={value} onChange={(code) => onChange(typeof code === 'string' ? code : '')} />
  return <TextValue type={whole && field.type === 'date' ? 'date' : 'text'} label={spoken} value={value} onChange={onChange} />
}

/* Typed, and kept when one goes elsewhere. */
function TextValue({ type, label, value, onChange }: { type: string; label: string; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value)
  return (
    <TextInput
      size="xs"
      type={type}
      aria-label={label}
      value={typed}
      onChange={(e) => setTyped(e.currentTarget.value)}
      onBlur={() => typed !== value && onChange(typed)}
      autoComplete="off"
    />
  )
}
