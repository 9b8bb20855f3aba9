import { TextInput } from '@mantine/core'
import { formatDate, isRoc } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { later } from '../lazy.tsx'
import { LineInput } from '../parts.tsx'
import { asText, type CellProps, DATE_OPS, type FieldType, type InputProps, type OperandProps } from '../type.ts'

function Cell({ value }: CellProps) {
  const lang = useLang()
  return value ? <span className="num">{formatDate(asText(value), lang)}</span> : null
}

export function DateOperand({ value, onChange, label }: OperandProps) {
  if (isRoc()) return <RocOperand value={value} onChange={onChange} label={label} />
  return <TextInput size="xs" type="date" aria-label={label} value={value} onChange={(e) => onChange(e.currentTarget.value)} />
}

/* The browser's own inputs count years one way only. */
const RocInput = later<InputProps>(() => import('./Roc.tsx').then((m) => ({ default: m.RocInput })))
const RocOperand = later<Pick<OperandProps, 'value' | 'onChange' | 'label'>>(() => import('./Roc.tsx').then((m) => ({ default: m.RocOperand })))

const date: FieldType = {
  name: 'date',
  kind: 'date',
  ops: DATE_OPS,
  get width() {
    return isRoc() ? 156 : 120
  },
  Cell,
  Input: (props) => (isRoc() ? <RocInput {...props} /> : <LineInput {...props} type="date" />),
  Operand: DateOperand,
}
export default date
