import { LineInput, TextOperand } from '../parts.tsx'
import { asText, type CellProps, type FieldType, TEXT_OPS } from '../type.ts'

function Cell({ value }: CellProps) {
  const text = asText(value)
  return text ? <a href={`mailto:${text}`}>{text}</a> : null
}

const email: FieldType = {
  name: 'email',
  kind: 'text',
  ops: TEXT_OPS,
  width: 200,
  Cell,
  Input: (props) => <LineInput {...props} type="email" inputMode="email" />,
  Operand: TextOperand,
}
export default email
