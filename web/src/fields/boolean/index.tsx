import { IconCheck, IconMinus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { later } from '../lazy.tsx'
import { NoOperand } from '../parts.tsx'
import styles from '../parts.module.css'
import type { CellProps, FieldType } from '../type.ts'

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

const boolean: FieldType = {
  name: 'boolean',
  kind: 'bool',
  ops: ['true', 'false'],
  width: 90,
  Cell,
  Input: later(() => import('./Input.tsx')),
  Operand: NoOperand,
  toWire: (value) => value === true,
}
export default boolean
