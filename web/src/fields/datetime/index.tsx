import { formatMoment, isRoc, localToMoment, momentToLocal } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { useOffset } from '../../lib/use.ts'
import { DateOperand } from '../date/index.tsx'
import { later } from '../lazy.tsx'
import { LineInput } from '../parts.tsx'
import { asText, type CellProps, DATE_OPS, type FieldType, type InputProps } from '../type.ts'

function Cell({ value }: CellProps) {
  const lang = useLang()
  const offset = useOffset()
  return value ? <span className="num">{formatMoment(asText(value), lang, offset)}</span> : null
}

const RocMoment = later<InputProps & { local: string; onLocal: (local: string) => void }>(() => import('../date/Roc.tsx').then((m) => ({ default: m.RocMoment })))

function Input(props: InputProps) {
  const offset = useOffset()
  const local = props.value ? momentToLocal(asText(props.value), offset) : ''
  const take = (typed: unknown) => props.onChange(typed ? localToMoment(asText(typed), offset) : null)
  if (isRoc()) return <RocMoment {...props} local={local} onLocal={take} />
  return <LineInput {...props} type="datetime-local" value={local} onChange={take} />
}

const datetime: FieldType = {
  name: 'datetime',
  kind: 'moment',
  ops: DATE_OPS,
  get width() {
    return isRoc() ? 200 : 160
  },
  Cell,
  Input,
  Operand: DateOperand,
}
export default datetime
