import { later } from '../lazy.tsx'
import { ChoiceChip } from '../parts.tsx'
import styles from '../parts.module.css'
import type { CellProps, FieldType } from '../type.ts'
import { codes } from './data.ts'

function Cell({ field, value }: CellProps) {
  return (
    <span className={styles.chips}>
      {codes(value).map((code) => (
        <ChoiceChip key={code} choices={field.choices} code={code} />
      ))}
    </span>
  )
}

const choices: FieldType = {
  name: 'choices',
  inCell: false,
  kind: 'choices',
  ops: ['has', 'empty', 'not_empty'],
  width: 180,
  Cell,
  Input: later(() => import('./Input.tsx')),
  Operand: later(() => import('./Operand.tsx')),
  toWire: (value) => codes(value),
}
export default choices
