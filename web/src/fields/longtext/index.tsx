import { Textarea } from '@mantine/core'
import { TextOperand } from '../parts.tsx'
import styles from '../parts.module.css'
import { asText, type FieldType, type InputProps, wrapper } from '../type.ts'

function Input(props: InputProps) {
  const text = asText(props.value)
  return (
    <Textarea
      {...wrapper(props)}
      value={text}
      onChange={(e) => props.onChange(e.currentTarget.value)}
      rows={Math.min(16, Math.max(4, text.split('\n').length + 1))}
    />
  )
}

const longtext: FieldType = {
  name: 'longtext',
  inCell: false,
  kind: 'text',
  ops: ['contains', 'empty', 'not_empty'],
  width: 260,
  wide: true,
  Cell: ({ value, page }) => (page ? <div className={styles.long}>{asText(value)}</div> : <>{asText(value).slice(0, 200)}</>),
  Input,
  Operand: TextOperand,
}
export default longtext
