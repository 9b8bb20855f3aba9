import { formatBytes } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { NoOperand } from '../parts.tsx'
import { asText, type CellProps, type FieldType } from '../type.ts'

interface FileValue {
  name?: string
  title?: string
  size?: number
}

function Cell({ value }: CellProps) {
  const lang = useLang()
  if (!value) return null
  if (typeof value !== 'object') return <>{asText(value)}</>
  const file = value as FileValue
  return (
    <>
      {file.name ?? file.title}
      {file.size !== undefined && <span className="dim small"> {formatBytes(file.size, lang)}</span>}
    </>
  )
}

const file: FieldType = {
  name: 'file',
  inCell: false,
  kind: 'text',
  ops: ['empty', 'not_empty'],
  width: 180,
  Cell,
  Input: null,
  Operand: NoOperand,
}
export default file
