import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { LineInput, NumberOperand } from '../parts.tsx'
import { asText, type CellProps, cleanNumber, type FieldType, NUMBER_OPS } from '../type.ts'

function Cell({ value, field }: CellProps) {
  return <span className="num">{formatNumber(value, useLang(), field.scale)}</span>
}

const decimal: FieldType = {
  name: 'decimal',
  kind: 'number',
  ops: NUMBER_OPS,
  align: 'end',
  width: 110,
  Cell,
  Input: (props) => <LineInput {...props} inputMode="decimal" clean={cleanNumber} />,
  Operand: NumberOperand,
  toWire: (value) => cleanNumber(asText(value)) || null,
}
export default decimal
