import { Select } from '@mantine/core'
import { useLabel, useMeta } from '../../lib/use.ts'
import type { Field, Process } from '../../lib/types.ts'
import { Chip, NoOperand } from '../parts.tsx'
import { asText, type CellProps, CHOICE_OPS, type FieldType, type InputProps, wrapper } from '../type.ts'

export function useProcess(field: Field): Process | null {
  const meta = useMeta()
  const named = meta.processes.find((p) => p.name === (field.process ?? field.name))
  return named ?? meta.processes.find((p) => p.states.some((s) => s.code === field.default)) ?? null
}

function Cell({ field, value }: CellProps) {
  const label = useLabel()
  const state = useProcess(field)?.states.find((s) => s.code === value)
  return value ? <Chip text={label(state?.label, asText(value))} hue={state?.color} /> : null
}

/* Which states may follow is for the server to say; buttons on the record offer the usual ones. */
function Input(props: InputProps) {
  const label = useLabel()
  const states = useProcess(props.field)?.states ?? []
  return (
    <Select
      {...wrapper(props)}
      data={states.map((s) => ({ value: s.code, label: label(s.label, s.code) }))}
      value={asText(props.value) || null}
      onChange={(code) => props.onChange(code)}
      allowDeselect={false}
    />
  )
}

const process: FieldType = {
  name: 'process',
  inCell: false,
  kind: 'choice',
  ops: CHOICE_OPS,
  width: 120,
  Cell,
  Input,
  Operand: NoOperand,
}
export default process
