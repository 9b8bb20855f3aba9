/* lines.ts - what stands in a table one below the other: records, and heads of groups. */
import type { Group } from '../../lib/group.ts'
import type { Rec } from '../../lib/types.ts'

export interface GroupLine {
  group: Group
  id: string
  text: string
  hue?: string | null
  open: boolean
  /* Records of the group that are shown. */
  shown: number
}

export type Line = { kind: 'row'; record: Rec } | { kind: 'group'; line: GroupLine } | { kind: 'more'; line: GroupLine }

export function lineKey(line: Line): string {
  return line.kind === 'row' ? line.record.id : `${line.kind} ${line.line.id}`
}
