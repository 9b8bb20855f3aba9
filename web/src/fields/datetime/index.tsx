import { formatMoment, localToMoment, momentToLocal } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { useOffset } from '../../lib/use.ts'
import { DateOperand } from '../date/index.tsx'
import { LineInput } from '../parts.tsx'
import { asText, type CellProps, DATE_OPS, type FieldType, type InputProps } from '../type.ts'

function Cell({ value }: CellProps) {
  const lang = useLang()
  const offset = useOffset()
  return value ? <span className="num">{formatMoment(asText(value), lang, offset)}</span> : null
}

function Input(props: InputProps) {
  const offset = useOffset()
  return (
    <LineInput
      {...props}
      type="datetime-local"
      value={props.value ? momentToLocal(asText(props.value), offset) : ''}
      onChange={(local) => props.onChange(local ? localToMoment(asText(local), offset) : null)}
    />
  )
}

const datetime: FieldType = {
  name: 'datetime',
  kind: 'moment',
  ops: DATE_OPS,
  width: 160,
  Cell,
  Input,
  Operand: DateOperand,
}
export default datetime
