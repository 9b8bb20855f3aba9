import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { plain } from '../../lib/meta.ts'
import { NumberOperand } from '../parts.tsx'
import { type CellProps, type FieldType, NUMBER_OPS } from '../type.ts'

/* Only for a result of no known type; otherwise the type it `returns` shows it. */
function Cell({ value }: CellProps) {
  return <span className="num">{formatNumber(plain(value), useLang())}</span>
}

const formula: FieldType = {
  name: 'formula',
  kind: 'number',
  ops: NUMBER_OPS,
  align: 'end',
  width: 130,
  Cell,
  Input: null,
  Operand: NumberOperand,
}
export default formula
