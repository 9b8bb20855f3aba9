/* GridRow.tsx - one record of a table; drawn again only when something of it changes. */
import { IconPencil } from '@tabler/icons-react'
import { lazy, memo, type MouseEvent, type ReactNode, Suspense, useState } from 'react'
import { FieldCell, isEmpty, typeOf } from '../../fields/index.tsx'
import { RecordLink } from '../../fields/parts.tsx'
import { titleFields, titleOf } from '../../lib/meta.ts'
import type { Field, ObjectMeta, Rec } from '../../lib/types.ts'
import styles from '../Table.module.css'
import { Tick } from './parts.tsx'

const CellEditor = lazy(() => import('./CellEditor.tsx').then((m) => ({ default: m.CellEditor })))

/* What a row asks of its table. */
export interface RowDoes {
  open: (row: number) => void
  tick: (row: number, on: boolean, range: boolean) => void
  type: (row: number, cell: number, id: string) => void
  keep: (row: number, cell: number, value: unknown, step: -1 | 0 | 1) => void
  leave: () => void
}

interface GridRowProps {
  object: ObjectMeta
  fields: Field[]
  /* Which fields can be typed in a cell; may: by this person in this record. */
  editable: boolean[]
  may: boolean
  record: Rec
  index: number
  start: number
  template: string
  /* The cell that the keyboard is on, -1 the whole row, null another row. */
  cursor: number | null
  /* null: rows are not chosen here. */
  chosen: boolean | null
  typing: number
  does: RowDoes
  rowAction?: (record: Rec) => ReactNode
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { object, fields, editable, may, record, index, cursor, chosen, typing, does, rowAction } = props
  const [over, setOver] = useState(-1)
  const onClick = (e: MouseEvent) => {
    if ((e.target as Element).closest('a, button, input, label')) return
    if (window.getSelection()?.isCollapsed === false) return
    does.open(index)
  }
  return (
    <div
      id={`r${record.id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen ?? undefined}
      data-active={cursor === -1 || undefined}
      data-chosen={chosen || undefined}
      className={styles.row}
      style={{ gridTemplateColumns: props.template, transform: `translateY(${props.start}px)` }}
      onClick={onClick}
      onPointerLeave={() => setOver(-1)}
    >
      {chosen !== null && (
        <span role="gridcell" className={styles.tick}>
          <Tick label={titleOf(object, record)} checked={chosen} onChange={(shift) => does.tick(index, !chosen, shift)} />
        </span>
      )}
      {fields.map((field, i) => (
        <span
          key={field.name}
          id={`r${record.id}-${i}`}
          role="gridcell"
          className={styles.cell}
          data-end={typeOf(field).align === 'end' || undefined}
          data-title={i === 0 || undefined}
          data-cursor={cursor === i || undefined}
          data-typing={typing === i || undefined}
          onPointerEnter={may && editable[i] ? () => setOver(i) : undefined}
        >
          {typing === i ? (
            <Suspense>
              <CellEditor field={field} record={record} onKeep={(v, step) => does.keep(index, i, v, step)} onLeave={does.leave} />
            </Suspense>
          ) : titleFields(object).includes(field.name) && !rowAction ? (
            <RecordLink object={object.name} id={record.id} className={styles.title} tabIndex={-1}>
              {isEmpty(record[field.name]) ? titleOf(object, record) : <FieldCell field={field} value={record[field.name]} />}
            </RecordLink>
          ) : (
            <FieldCell field={field} value={record[field.name]} />
          )}
          {over === i && typing !== i && may && editable[i] && (
            <button type="button" className={styles.pencil} tabIndex={-1} aria-hidden onClick={() => does.type(index, i, record.id)}>
              <IconPencil size={14} />
            </button>
          )}
        </span>
      ))}
      {rowAction && (
        <span role="gridcell" className={styles.cell}>
          {rowAction(record)}
        </span>
      )}
    </div>
  )
})
