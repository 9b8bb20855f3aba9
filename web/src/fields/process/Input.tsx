import { Select } from '@mantine/core'
import { useLabel } from '../../lib/use.ts'
import { asText, type InputProps, wrapper } from '../type.ts'
import { useProcess } from './useProcess.ts'

/* Which states may follow is for the server to say; buttons on the record offer the usual ones. */
export default function ProcessInput(props: InputProps) {
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
