import { LineInput, TextOperand } from '../parts.tsx'
import { asText, type FieldType, TEXT_OPS } from '../type.ts'

const text: FieldType = {
  name: 'text',
  kind: 'text',
  ops: TEXT_OPS,
  width: 200,
  Cell: ({ value }) => <>{asText(value)}</>,
  Input: (props) => <LineInput {...props} />,
  Operand: TextOperand,
}
export default text
