import { Select } from '@mantine/core'
import type { OperandProps } from '../type.ts'
import { useData } from './data.ts'

export default function ChoicesOperand({ field, value, onChange, label }: OperandProps) {
  return (
    <Select size="xs" aria-label={label} data={useData(field)} value={value || null} onChange={(code) => onChange(code ?? '')} searchable />
  )
}
