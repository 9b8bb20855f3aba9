import { TextOperand } from '../parts.tsx'
import { asText, type FieldType, TEXT_OPS } from '../type.ts'

const autonumber: FieldType = {
  name: 'autonumber',
  kind: 'text',
  ops: TEXT_OPS,
  width: 120,
  Cell: ({ value }) => <span className="num">{asText(value)}</span>,
  Input: null,
  Operand: TextOperand,
}
export default autonumber
