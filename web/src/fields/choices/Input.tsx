import '@mantine/core/styles/PillsInput.layer.css'
import '@mantine/core/styles/Pill.layer.css'
import { MultiSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type InputProps, wrapper } from '../type.ts'
import { codes, useData } from './data.ts'

export default function ChoicesInput(props: InputProps) {
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
