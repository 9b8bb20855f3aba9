/*
 * Table.tsx - a list of records of any object: a table on the desk, cards on the phone.
 *
 * Only the rows in sight are in the document; the next page is fetched before the end is reached.
 */
import { useMediaQuery } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import { columnResizingFeature, columnSizingFeature, tableFeatures, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty, typeOf } from '../fields/index.tsx'
import type { Widths } from '../lib/columns.ts'
import { cardLine, titleFields, titleOf } from '../lib/meta.ts'
import { clickSort, readSort, sortText } from '../lib/sort.ts'
import type { Field, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import styles from './Table.module.css'

export const PHONE = '(max-width: 47.99em)'
const ROW_PX = 41
const CARD_PX = 84
const AHEAD = 30

export interface TableProps {
  object: ObjectMeta
  fields: Field[]
  rows: Rec[]
  total?: number | null
  sort?: string
  onSort?: (sort: string) => void
  widths?: Widths
  onWidths?: (widths: Widths) => void
  onEnd?: () => void
  busy?: boolean
  /* At the end of each row, instead of opening it (the recycle bin). */
  rowAction?: (record: Rec) => ReactNode
}

export function RecordTable(props: TableProps) {
  const phone = useMediaQuery(PHONE, undefined, { getInitialValueInEffect: false })
  return phone ? <Cards {...props} /> : <Grid {...props} />
}

function useRows(props: TableProps, size: number) {
  const { rows, onEnd } = props
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => size,
    getItemKey: (i) => rows[i]?.id ?? i,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - AHEAD) onEnd?.()
  }, [last, rows.length, onEnd])
  return { scroll, virtual, items }
}

const features = tableFeatures({ columnSizingFeature, columnResizingFeature })
const NONE: Widths = {}

/* Room for a column's name, an arrow and the padding; a Chinese character is twice as wide. */
function headWidth(name: string): number {
  return [...name].reduce((sum, c) => sum + (c > '\u2e80' ? 14 : 7.6), 44)
}

function Grid(props: TableProps) {
  const { object, fields, rows, rowAction } = props
  const { t } = useTranslation()
  const label = useLabel()
  const navigate = useNavigate()
  const { scroll, virtual, items } = useRows(props, ROW_PX)
  const [sizing, setSizing] = useState<Widths>(props.widths ?? NONE)
  const [active, setActive] = useState(-1)
  const titles = useMemo(() => new Set(titleFields(object)), [object])
  const columns = useMemo(
    () =>
      fields.map((field, i) => ({
        id: field.name,
        accessorFn: (r: Rec) => r[field.name],
        size: Math.max(typeOf(field).width, i === 0 ? 240 : 0, headWidth(label(field.label, field.name))),
        minSize: 64,
        maxSize: 900,

      })),
    [fields, label],
  )
  const { onWidths } = props
  useEffect(() => {
    if (sizing !== (props.widths ?? NONE)) onWidths?.(sizing)
    /* Only a new width is told to the outside, not what came from there. */
  }, [sizing])
  const table = useTable({
    features,
    columns,
    data: rows,
    columnResizeMode: 'onChange',
    state: { columnSizing: sizing },
    onColumnSizingChange: setSizing,
    getRowId: (r: Rec) => r.id,
  })
  const headers = table.getFlatHeaders()
  const template = `${headers.map((h, i) => (i === headers.length - 1 ? `minmax(${h.getSize()}px, 1fr)` : `${h.getSize()}px`)).join(' ')}${rowAction ? ' auto' : ''}`
  const width = headers.reduce((sum, h) => sum + h.getSize(), 0)

  const open = (record: Rec) =>
    void navigate({ to: '/o/$object/$id', params: { object: object.name, id: record.id } })
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.target !== scroll.current) return
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -1e9, End: 1e9 }[e.key]
    const record = rows[active]
    if (step !== undefined) {
      e.preventDefault()
      const next = Math.max(0, Math.min(rows.length - 1, active + step))
      setActive(next)
      virtual.scrollToIndex(next, { align: 'auto' })
    } else if (e.key === 'Enter' && record && !rowAction) open(record)
  }
  const onRowClick = (e: MouseEvent, record: Rec) => {
    if (rowAction || (e.target as Element).closest('a, button')) return
    if (window.getSelection()?.isCollapsed === false) return
    open(record)
  }
  return (
    <div
      ref={scroll}
      className={styles.scroll}
      role="table"
      aria-label={label(object.plural)}
      aria-rowcount={props.total ?? -1}
      aria-busy={props.busy ?? false}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={styles.head} role="rowgroup">
        <div role="row" className={styles.row} style={{ gridTemplateColumns: template, minWidth: width }}>
          {headers.map((header, i) => (
            <Header key={header.id} field={fields[i] as Field} {...props}>
              {onWidths && (
                <span
                  className={styles.handle}
                  aria-hidden
                  data-on={header.column.getIsResizing() || undefined}
                  onMouseDown={header.getResizeHandler()}
                  onTouchStart={header.getResizeHandler()}
                  onDoubleClick={() => header.column.resetSize()}
                />
              )}
            </Header>
          ))}
          {rowAction && <span role="columnheader" className={styles.cell} aria-label={t('actions')} />}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize(), minWidth: width }}>
        {items.map((item) => {
          const record = rows[item.index]
          if (!record) return null
          return (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              data-active={item.index === active || undefined}
              className={styles.row}
              style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
              onClick={(e) => onRowClick(e, record)}
            >
              {fields.map((field, i) => (
                <span key={field.name} role="cell" className={styles.cell} data-end={typeOf(field).align === 'end' || undefined} data-title={i === 0 || undefined}>
                  {titles.has(field.name) && !rowAction ? (
                    <Link to="/o/$object/$id" params={{ object: object.name, id: record.id }} preload={false} className={styles.title}>
                      {isEmpty(record[field.name]) ? titleOf(object, record) : <FieldCell field={field} value={record[field.name]} />}
                    </Link>
                  ) : (
                    <FieldCell field={field} value={record[field.name]} />
                  )}
                </span>
              ))}
              {rowAction && (
                <span role="cell" className={styles.cell}>
                  {rowAction(record)}
                </span>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Header({ field, sort, onSort, children }: TableProps & { field: Field; children: ReactNode }) {
  const { t } = useTranslation()
  const label = useLabel()
  const keys = readSort(sort)
  const at = keys.findIndex((k) => k.field === field.name)
  const key = keys[at]
  const end = typeOf(field).align === 'end' || undefined
  const Arrow = key?.down ? IconArrowDown : IconArrowUp
  return (
    <span role="columnheader" className={styles.cell} data-end={end} aria-sort={key ? (key.down ? 'descending' : 'ascending') : 'none'}>
      {onSort && field.sortable !== false ? (
        <button
          type="button"
          className={styles.sort}
          title={t('list.sort_hint')}
          onClick={(e) => onSort(sortText(clickSort(keys, field.name, e.shiftKey)))}
        >
          <span className="clip">{label(field.label, field.name)}</span>
          {key && <Arrow size={14} aria-hidden />}
          {key && keys.length > 1 && <sub>{at + 1}</sub>}
        </button>
      ) : (
        <span className="clip">{label(field.label, field.name)}</span>
      )}
      {children}
    </span>
  )
}

function Cards(props: TableProps) {
  const { object, rows, rowAction } = props
  const label = useLabel()
  const { scroll, virtual, items } = useRows(props, CARD_PX)
  const shown = useMemo(() => {
    const titles = new Set(titleFields(object))
    return cardLine(object)
      .filter((name) => !titles.has(name))
      .map((name) => object.fields.find((f) => f.name === name))
      .filter((f): f is Field => f !== undefined)
  }, [object])
  return (
    <div ref={scroll} className={styles.scroll} role="list" aria-label={label(object.plural)} aria-busy={props.busy ?? false}>
      <div className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const record = rows[item.index]
          if (!record) return null
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="listitem"
              className={styles.card}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {rowAction ? (
                <span className={styles.cardTitle}>{titleOf(object, record)}</span>
              ) : (
                <Link to="/o/$object/$id" params={{ object: object.name, id: record.id }} preload={false} className={styles.cardTitle}>
                  {titleOf(object, record)}
                </Link>
              )}
              <div className={styles.cardFacts}>
                {shown.map((field) =>
                  isEmpty(record[field.name]) ? null : (
                    <span key={field.name} className={styles.cardFact}>
                      <FieldCell field={field} value={record[field.name]} />
                    </span>
                  ),
                )}
              </div>
              {rowAction?.(record)}
            </div>
          )
        })}
      </div>
    </div>
  )
}
