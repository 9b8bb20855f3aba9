/* Grid.tsx - a list as a table on the desk: rows in sight only, cells that can be typed into. */
import { useNavigate } from '@tanstack/react-router'
import { type ClipboardEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canTypeInCell } from '../../fields/index.tsx'
import { isChosen } from '../../lib/selection.ts'
import { useStable } from '../../lib/stable.ts'
import { useLabel } from '../../lib/use.ts'
import type { TableProps } from '../Table.tsx'
import styles from '../Table.module.css'
import { GridRow, type RowDoes } from './GridRow.tsx'
import { GroupHead, Header, MoreLine, Tick } from './parts.tsx'
import { useCursor } from './useCursor.ts'
import { useLines } from './useLines.ts'
import { useWidths } from './useWidths.ts'

/* As the theme says, for the density that was chosen. */
const rowPx = () => Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--gx-row')) || 41
const HEAD_PX = 38

export function Grid(props: TableProps) {
  const { object, fields, lines, rowAction, selection, onSelect, editing } = props
  const { t } = useTranslation()
  const label = useLabel()
  const navigate = useNavigate()
  const rowHeight = useMemo(rowPx, [])
  const { scroll, virtual, items } = useLines(props, rowHeight)
  const [edited, setEdited] = useState<{ id: string; cell: number } | null>(null)
  const lastTick = useRef(-1)
  const editable = useMemo(() => fields.map(canTypeInCell), [fields])
  const { widths, setWidth, resize } = useWidths(fields, props.widths, props.onWidths)
  const sized = widths.map((w, i) => (i === widths.length - 1 ? `minmax(${w}px, 1fr)` : `${w}px`))
  const template = `${onSelect ? '44px ' : ''}${sized.join(' ')}${rowAction ? ' auto' : ''}`
  const width = widths.reduce((sum, w) => sum + w, onSelect ? 44 : 0)

  const recordAt = (row: number) => {
    const line = lines[row]
    return line?.kind === 'row' ? line.record : null
  }
  const open = (row: number) => {
    const line = lines[row]
    if (line?.kind === 'group') props.onGroup?.(line.line.id)
    else if (line?.kind === 'more') props.onMore?.(line.line.id)
    else if (line && !rowAction) void navigate({ to: '/o/$object/$id', params: { object: object.name, id: line.record.id } })
  }
  const mayEdit = (row: number, cell: number) => {
    const record = recordAt(row)
    const field = fields[cell]
    return !!editing && !!record && !!field && !!editable[cell] && editing.may(record)
  }
  const tick = (row: number, on: boolean, range: boolean) => {
    const from = range && lastTick.current >= 0 ? Math.min(lastTick.current, row) : row
    const to = range && lastTick.current >= 0 ? Math.max(lastTick.current, row) : row
    const ids = lines.slice(from, to + 1).flatMap((l) => (l.kind === 'row' ? [l.record.id] : []))
    lastTick.current = row
    onSelect?.(ids, on)
  }
  /* Rows are all of one height, so no layout need be asked where they are. */
  const show = (row: number) => {
    const [top, height] = [virtual.scrollOffset ?? 0, (virtual.scrollRect?.height ?? 0) - HEAD_PX]
    const to = row * rowHeight < top ? row * rowHeight : Math.max(top, (row + 1) * rowHeight - height)
    if (to !== top) scroll.current?.scrollTo(0, to)
  }
  const cursor = useCursor({
    rows: lines.length,
    cells: fields.length,
    open,
    mayEdit,
    firstEditable: editable.indexOf(true),
    edit: (row, cell) => {
      const record = recordAt(row)
      if (record && mayEdit(row, cell)) setEdited({ id: record.id, cell })
    },
    ...(onSelect
      ? {
          choose: (row: number) => {
            const record = recordAt(row)
            if (record && selection) tick(row, !isChosen(selection, record.id), false)
          },
        }
      : {}),
    ...(props.onSelectAll ? { chooseAll: () => props.onSelectAll?.(true) } : {}),
    ...(editing ? { undo: editing.undo } : {}),
    ...(props.onSelectAll ? { leave: () => props.onSelectAll?.(false) } : {}),
    seen: show,
  })
  const { at } = cursor
  const back = () => {
    setEdited(null)
    scroll.current?.focus({ preventScroll: true })
  }
  const nextCell = (row: number, cell: number, step: number): { row: number; cell: number } | null => {
    for (let [r, c] = [row, cell + step]; r >= 0 && r < lines.length; ) {
      if (c < 0 || c >= fields.length) {
        r += step
        c = step > 0 ? 0 : fields.length - 1
      } else if (mayEdit(r, c)) return { row: r, cell: c }
      else c += step
    }
    return null
  }
  const keep = (row: number, cell: number, value: unknown, step: -1 | 0 | 1) => {
    const record = recordAt(row)
    const field = fields[cell]
    if (record && field) editing?.save(record, field, value)
    const next = step ? nextCell(row, cell, step) : null
    const target = next && recordAt(next.row)
    if (!next || !target) return back()
    cursor.setAt(next)
    show(next.row)
    setEdited({ id: target.id, cell: next.cell })
  }
  const does = useStable<RowDoes>({
    open: (row) => !rowAction && open(row),
    tick,
    keep,
    leave: back,
    type: (row, cell, id) => {
      cursor.setAt({ row, cell })
      setEdited({ id, cell })
    },
  })
  const onPaste = (e: ClipboardEvent) => {
    if (e.target !== scroll.current || !props.onPaste) return
    const text = e.clipboardData.getData('text/plain')
    if (!text.trim() || at.row < 0) return
    e.preventDefault()
    props.onPaste(text, at.row, Math.max(0, at.cell))
  }
  const current = lines[at.row]
  const activeId = current?.kind === 'row' ? `r${current.record.id}${at.cell >= 0 ? `-${at.cell}` : ''}` : undefined
  const checked = selection && (selection.all ? selection.ids.size === 0 : false)
  const mixed = selection && !checked && (selection.all || selection.ids.size > 0)
  return (
    <div
      ref={scroll}
      className={styles.scroll}
      role="grid"
      aria-label={label(object.plural)}
      aria-rowcount={props.total ?? -1}
      aria-busy={props.busy ?? false}
      aria-multiselectable={onSelect ? true : undefined}
      aria-activedescendant={activeId}
      tabIndex={0}
      onKeyDown={cursor.onKeyDown}
      onPaste={onPaste}
    >
      <div className={styles.head} role="rowgroup">
        <div role="row" className={styles.row} style={{ gridTemplateColumns: template, minWidth: width }}>
          {onSelect && (
            <span role="columnheader" className={styles.tick}>
              <Tick label={t('select.all')} checked={checked ?? false} mixed={mixed ?? false} onChange={() => props.onSelectAll?.(!checked)} />
            </span>
          )}
          {fields.map((field, i) => (
            <Header key={field.name} field={field} {...props}>
              {props.onWidths && <span className={styles.handle} aria-hidden onPointerDown={(e) => resize(e, i)} onDoubleClick={() => setWidth(field.name, null)} />}
            </Header>
          ))}
          {rowAction && <span role="columnheader" className={styles.cell} aria-label={t('actions')} />}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize(), minWidth: width }}>
        {items.map((item) => {
          const line = lines[item.index]
          if (!line) return null
          const place = { gridTemplateColumns: template, transform: `translateY(${item.start}px)` }
          const active = item.index === at.row
          if (line.kind === 'group') return <GroupHead key={item.key} line={line.line} fields={fields} place={place} index={item.index} active={active} ticks={!!onSelect} onToggle={() => props.onGroup?.(line.line.id)} />
          if (line.kind === 'more') return <MoreLine key={item.key} line={line.line} place={place} index={item.index} active={active} onMore={() => props.onMore?.(line.line.id)} />
          const { record } = line
          return (
            <GridRow
              key={item.key}
              object={object}
              fields={fields}
              editable={editable}
              record={record}
              index={item.index}
              start={item.start}
              template={template}
              cursor={active ? at.cell : null}
              chosen={selection ? isChosen(selection, record.id) : null}
              typing={edited?.id === record.id ? edited.cell : -1}
              may={!!editing?.may(record)}
              does={does}
              {...(rowAction ? { rowAction } : {})}
            />
          )
        })}
      </div>
    </div>
  )
}
