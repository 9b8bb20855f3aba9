import { LineInput, TextOperand } from '../parts.tsx'
import { asText, type CellProps, type FieldType, TEXT_OPS } from '../type.ts'

function Cell({ value }: CellProps) {
  const text = asText(value)
  return text ? (
    <a className="num" href={`tel:${text.replace(/[^+\d,;#*]/g, '')}`}>
      {text}
    </a>
  ) : null
}

const phone: FieldType = {
  name: 'phone',
  kind: 'text',
  ops: TEXT_OPS,
  width: 150,
  Cell,
  Input: (props) => <LineInput {...props} type="tel" inputMode="tel" />,
  Operand: TextOperand,
}
export default phone
