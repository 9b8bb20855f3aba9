import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration, readDuration } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { TextOperand } from '../parts.tsx'
import { asText, type CellProps, type FieldType, type InputProps, wrapper } from '../type.ts'

function Cell({ value }: CellProps) {
  const lang = useLang()
  return value ? <span className="num">{formatDuration(asText(value), lang)}</span> : null
}

function Input(props: InputProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const iso = asText(props.value)
  const [typed, setTyped] = useState(iso ? formatDuration(iso, lang) : '')
  const [wrong, setWrong] = useState(false)
  const set = (text: string) => {
    setTyped(text)
    const read = text.trim() === '' ? null : readDuration(text)
    setWrong(text.trim() !== '' && read === null)
    props.onChange(text.trim() === '' ? null : (read ?? text))
  }
  return (
    <TextInput
      {...wrapper(props)}
      value={typed}
      placeholder={t('duration.example')}
      onChange={(e) => set(e.currentTarget.value)}
      error={props.error ?? (wrong ? t('duration.wrong') : undefined)}
    />
  )
}

const duration: FieldType = {
  name: 'duration',
  kind: 'duration',
  ops: ['empty', 'not_empty'],
  align: 'end',
  width: 120,
  Cell,
  Input,
  Operand: TextOperand,
}
export default duration
