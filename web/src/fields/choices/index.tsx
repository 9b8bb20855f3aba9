import { MultiSelect, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Field } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { ChoiceChip } from '../parts.tsx'
import styles from '../parts.module.css'
import { type CellProps, type FieldType, type InputProps, type OperandProps, wrapper } from '../type.ts'

const codes = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])

function useData(field: Field) {
  const label = useLabel()
  return (field.choices ?? []).map((c) => ({ value: c.code, label: label(c.label, c.code) }))
}

function Cell({ field, value }: CellProps) {
  return (
    <span className={styles.chips}>
      {codes(value).map((code) => (
        <ChoiceChip key={code} choices={field.choices} code={code} />
      ))}
    </span>
  )
}

function Input(props: InputProps) {
  const { t } = useTranslation()
  const chosen = codes(props.value)
  return (
    <MultiSelect
      {...wrapper(props)}
      data={useData(props.field)}
      value={chosen}
      onChange={props.onChange}
      searchable
      nothingFoundMessage={t('nothing_found')}
      placeholder={chosen.length ? '' : t('choose')}
    />
  )
}

function Operand({ field, value, onChange, label }: OperandProps) {
  return (
    <Select size="xs" aria-label={label} data={useData(field)} value={value || null} onChange={(code) => onChange(code ?? '')} searchable />
  )
}

const choices: FieldType = {
  name: 'choices',
  inCell: false,
  kind: 'choices',
  ops: ['has', 'empty', 'not_empty'],
  width: 180,
  Cell,
  Input,
  Operand,
  toWire: (value) => codes(value),
}
export default choices
