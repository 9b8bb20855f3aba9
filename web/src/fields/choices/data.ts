/* data.ts - what there is to choose from. */
import type { Field } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'

export const codes = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])

export function useData(field: Field) {
  const label = useLabel()
  return (field.choices ?? []).map((c) => ({ value: c.code, label: label(c.label, c.code) }))
}
