import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useLabel } from '../../lib/use.ts'
import { ChoiceChip, NoOperand } from '../parts.tsx'
import { asText, CHOICE_OPS, type FieldType, type InputProps, wrapper } from '../type.ts'

function Input(props: InputProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const data = (props.field.choices ?? []).map((c) => ({ value: c.code, label: label(c.label, c.code) }))
  return (
    <Select
      {...wrapper(props)}
      data={data}
      value={asText(props.value) || null}
      onChange={(code) => props.onChange(code)}
      clearable={!props.required}
      clearButtonProps={{ 'aria-label': t('clear') }}
      searchable={data.length > 7}
      nothingFoundMessage={t('nothing_found')}
      placeholder={t('choose')}
    />
  )
}

const choice: FieldType = {
  name: 'choice',
  kind: 'choice',
  ops: CHOICE_OPS,
  width: 130,
  Cell: ({ field, value }) => (value ? <ChoiceChip choices={field.choices} code={asText(value)} /> : null),
  Input,
  Operand: NoOperand,
}
export default choice
