import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { LineInput, NumberOperand } from '../parts.tsx'
import { asText, type CellProps, cleanNumber, type FieldType, NUMBER_OPS } from '../type.ts'

function Cell({ value }: CellProps) {
  const lang = useLang()
  return value === null || value === undefined ? null : <span className="num">{formatNumber(value, lang)}%</span>
}

const percent: FieldType = {
  name: 'percent',
  kind: 'number',
  ops: NUMBER_OPS,
  align: 'end',
  width: 100,
  Cell,
  Input: (props) => <LineInput {...props} inputMode="decimal" right="%" clean={cleanNumber} />,
  Operand: NumberOperand,
  toWire: (value) => cleanNumber(asText(value)).replace(/%$/, '') || null,
}
export default percent
