import { formatNumber, isDecimal } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { LineInput, NumberOperand } from '../parts.tsx'
import { asText, type CellProps, cleanNumber, type FieldType, NUMBER_OPS } from '../type.ts'

function Cell({ value }: CellProps) {
  return <span className="num">{formatNumber(value, useLang())}</span>
}

const integer: FieldType = {
  name: 'integer',
  kind: 'number',
  ops: NUMBER_OPS,
  align: 'end',
  width: 110,
  Cell,
  Input: (props) => <LineInput {...props} inputMode="numeric" clean={cleanNumber} />,
  Operand: NumberOperand,
  /* What is not a number goes as it was typed: the server says what is wrong with it. */
  toWire: (value) => {
    const text = cleanNumber(asText(value))
    if (text === '') return null
    return isDecimal(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text
  },
}
export default integer
