import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useLabel } from '../../lib/use.ts'
import { asText, type InputProps, wrapper } from '../type.ts'

export default function ChoiceInput(props: InputProps) {
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
