import { Textarea } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { looksMarked } from '../../lib/markdown.ts'
import { TextOperand } from '../parts.tsx'
import styles from '../parts.module.css'
import { asText, type CellProps, type FieldType, type InputProps, wrapper } from '../type.ts'

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

const Markdown = lazy(() => import('./Markdown.tsx'))

/* In a list one line of it; on a page as Markdown, plain until its reader has come. */
function Cell({ value, page }: CellProps) {
  const text = asText(value)
  if (!page) return <>{text.slice(0, 200)}</>
  const plain = <div className={styles.long}>{text}</div>
  if (!looksMarked(text)) return plain
  return (
    <Suspense fallback={plain}>
      <Markdown text={text} />
    </Suspense>
  )
}

const longtext: FieldType = {
  name: 'longtext',
  inCell: false,
  kind: 'text',
  ops: ['contains', 'empty', 'not_empty'],
  width: 260,
  wide: true,
  Cell,
  Input,
  Operand: TextOperand,
}
export default longtext
