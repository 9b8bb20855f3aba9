/* usePaste.ts - a block of cells put onto the grid: which records and fields it falls on. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canTypeInCell } from '../../fields/index.tsx'
import { readBlock } from '../../lib/clipboard.ts'
import { toast } from '../../lib/toast.ts'
import type { Field, ObjectMeta, Rec } from '../../lib/types.ts'
import type { Line } from './lines.ts'
import type { Pasted } from './PasteDialog.tsx'

const ROWS_MAX = 2000

export function usePaste(object: ObjectMeta, fields: Field[], lines: Line[]) {
  const { t } = useTranslation()
  const [pasted, setPasted] = useState<Pasted | null>(null)
  const take = (text: string, row: number, cell: number) => {
    const block = readBlock(text)
    const width = Math.max(...block.map((r) => r.length))
    /* Columns that cannot be typed are passed over, with what falls on them. */
    const columns = fields.slice(cell, cell + width).map((field, at) => ({ field, at })).filter(({ field }) => canTypeInCell(field))
    const records = lines
      .slice(row)
      .flatMap((l): Rec[] => (l.kind === 'row' ? [l.record] : []))
      .slice(0, Math.min(block.length, ROWS_MAX))
    if (columns.length === 0 || object.rights.edit === 'none') return toast(t('paste.nothing'), { kind: 'wrong' })
    setPasted({
      fields: columns.map((c) => c.field),
      records,
      cells: block.map((r) => columns.map(({ at }) => r[at] ?? '')),
    })
  }
  return { pasted, take, close: () => setPasted(null) }
}
