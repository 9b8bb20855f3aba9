import { later } from '../lazy.tsx'
import { ChoiceChip, NoOperand } from '../parts.tsx'
import { asText, CHOICE_OPS, type FieldType } from '../type.ts'

const choice: FieldType = {
  name: 'choice',
  kind: 'choice',
  ops: CHOICE_OPS,
  width: 130,
  Cell: ({ field, value }) => (value ? <ChoiceChip choices={field.choices} code={asText(value)} /> : null),
  Input: later(() => import('./Input.tsx')),
  Operand: NoOperand,
}
export default choice
