import { useLabel } from '../../lib/use.ts'
import { later } from '../lazy.tsx'
import { Chip, NoOperand } from '../parts.tsx'
import { asText, type CellProps, CHOICE_OPS, type FieldType } from '../type.ts'
import { useProcess } from './useProcess.ts'

function Cell({ field, value }: CellProps) {
  const label = useLabel()
  const state = useProcess(field)?.states.find((s) => s.code === value)
  return value ? <Chip text={label(state?.label, asText(value))} hue={state?.color} /> : null
}

const process: FieldType = {
  name: 'process',
  inCell: false,
  kind: 'choice',
  ops: CHOICE_OPS,
  width: 120,
  Cell,
  Input: later(() => import('./Input.tsx')),
  Operand: NoOperand,
}
export default process
