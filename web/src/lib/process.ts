/* process.ts - the steps a process knows; which of them a record may take now is for the server to say. */
import type { Process, ProcessMove } from './types.ts'

export function movesFrom(process: Process, state: string): ProcessMove[] {
  return process.moves.filter((m) => m.to !== state && (m.from.length === 0 || m.from.includes(state) || m.from.includes('*')))
}
