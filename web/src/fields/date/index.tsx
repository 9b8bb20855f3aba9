import { TextInput } from '@mantine/core'
import { formatDate } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { LineInput } from '../parts.tsx'
import { asText, type CellProps, DATE_OPS, type FieldType, type OperandProps } from '../type.ts'

function Cell({ value }: CellProps) {
  const lang = useLang()
  return value ? <span className="num">{formatDate(asText(value), lang)}</span> : null
}

export function DateOperand({ value, onChange, label }: OperandProps) {
  return <TextInput size="xs" type="date" aria-label={label} value={value} onChange={(e) => onChange(e.currentTarget.value)} />
}

const date: FieldType = {
  name: 'date',
  kind: 'date',
  ops: DATE_OPS,
  width: 120,
  Cell,
  Input: (props) => <LineInput {...props} type="date" />,
  Operand: DateOperand,
}
export default date
