/* useProcess.ts - the process whose states a field holds. */
import type { Field, Process } from '../../lib/types.ts'
import { useMeta } from '../../lib/use.ts'

export function useProcess(field: Field): Process | null {
  const meta = useMeta()
  const named = meta.processes.find((p) => p.name === (field.process ?? field.name))
  return named ?? meta.processes.find((p) => p.states.some((s) => s.code === field.default)) ?? null
}
