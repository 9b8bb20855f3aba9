import { LineInput, TextOperand } from '../parts.tsx'
import { asText, type CellProps, type FieldType, TEXT_OPS } from '../type.ts'

function Cell({ value }: CellProps) {
  const text = asText(value)
  if (!text) return null
  const safe = /^https?:\/\//i.test(text) ? text : `https://${text}`
  return (
    <a href={safe} target="_blank" rel="noreferrer noopener">
      {text.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '')}
    </a>
  )
}

const url: FieldType = {
  name: 'url',
  kind: 'text',
  ops: TEXT_OPS,
  width: 200,
  Cell,
  Input: (props) => <LineInput {...props} type="url" inputMode="url" />,
  Operand: TextOperand,
}
export default url
