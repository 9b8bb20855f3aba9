import { formatMoney } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import type { Money } from '../../lib/types.ts'
import { useCurrency } from '../../lib/use.ts'
import { LineInput, NumberOperand } from '../parts.tsx'
import { type CellProps, cleanNumber, type FieldType, type InputProps, NUMBER_OPS } from '../type.ts'

function read(value: unknown): Money | null {
  if (typeof value === 'object' && value !== null && 'amount' in value) return value as Money
  return typeof value === 'string' && value !== '' ? { amount: value, currency: '' } : null
}

function Cell({ value }: CellProps) {
  const lang = useLang()
  const currency = useCurrency()
  const money = read(value)
  if (!money) return null
  return <span className="num">{formatMoney({ ...money, currency: money.currency || currency }, lang)}</span>
}

function Input(props: InputProps) {
  const money = read(props.value)
  const currency = money?.currency || useCurrency()
  const set = (typed: string) => props.onChange(typed === '' ? null : { amount: typed, currency })
  return (
    <LineInput
      {...props}
      value={money?.amount ?? ''}
      onChange={(typed) => set(String(typed))}
      inputMode="decimal"
      right={currency}
      clean={cleanNumber}
    />
  )
}

const money: FieldType = {
  name: 'money',
  kind: 'number',
  ops: NUMBER_OPS,
  align: 'end',
  width: 140,
  Cell,
  Input,
  Operand: NumberOperand,
  toWire: (value) => {
    const m = read(value)
    if (!m || cleanNumber(m.amount) === '') return null
    return { amount: cleanNumber(m.amount), currency: m.currency }
  },
}
export default money
