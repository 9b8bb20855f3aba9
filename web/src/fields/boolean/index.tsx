import { Switch } from '@mantine/core'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { NoOperand } from '../parts.tsx'
import styles from '../parts.module.css'
import { type CellProps, type FieldType, type InputProps, wrapper } from '../type.ts'

function Cell({ value, page }: CellProps) {
  const { t } = useTranslation()
  const text = value === true ? t('yes') : t('no')
  if (page) return <>{text}</>
  return value === true ? (
    <IconCheck size={18} className={styles.yes} role="img" aria-label={text} />
  ) : (
    <IconMinus size={16} className={styles.no} role="img" aria-label={text} />
  )
}

function Input(props: InputProps) {
  const { withAsterisk: _, ...rest } = wrapper(props)
  return (
    <Switch
      {...rest}
      mt={props.bare ? 0 : 'lg'}
      checked={props.value === true}
      onChange={(e) => props.onChange(e.currentTarget.checked)}
    />
  )
}

const boolean: FieldType = {
  name: 'boolean',
  kind: 'bool',
  ops: ['true', 'false'],
  width: 90,
  Cell,
  Input,
  Operand: NoOperand,
  toWire: (value) => value === true,
}
export default boolean
