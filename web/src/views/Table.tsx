/*
 * Table.tsx - a list of records of any object: a table on the desk, cards on the phone.
 *
 * Only the rows in sight are in the document; the next page is fetched before the end is reached.
 */
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty } from '../fields/index.tsx'
import { RecordLink } from '../fields/parts.tsx'
import type { Widths } from '../lib/columns.ts'
import { formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { usePhone } from '../lib/media.ts'
import { cardLine, titleFields, titleOf } from '../lib/meta.ts'
import { isChosen, type Selection } from '../lib/selection.ts'
import type { Field, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import { Grid } from './list/Grid.tsx'
import type { GroupLine } from './list/lines.ts'
import { Tick } from './list/parts.tsx'
import { Sum } from './list/Sum.tsx'
import { type LinesProps, useLines } from './list/useLines.ts'
import styles from './Table.module.css'

const CARD_PX = 84

export interface Editing {
  may: (record: Rec) => boolean
  save: (record: Rec, field: Field, value: unknown) => void
  undo: () => void
}

export interface TableProps extends LinesProps {
  object: ObjectMeta
  fields: Field[]
  total?: number | null
  sort?: string
  onSort?: (sort: string) => void
  widths?: Widths
  onWidths?: (widths: Widths) => void
  busy?: boolean
  /* At the end of each row, instead of opening it (the recycle bin). */
  rowAction?: (record: Rec) => ReactNode
  selection?: Selection
  onSelect?: (ids: string[], on: boolean) => void
  onSelectAll?: (on: boolean) => void
  editing?: Editing
  onPaste?: (text: string, row: number, cell: number) => void
  onGroup?: (id: string) => void
  onMore?: (id: string) => void
}

export function RecordTable(props: TableProps) {
  const phone = usePhone()
  return phone ? <Cards {...props} /> : <Grid {...props} />
}

function GroupCard({ line, object, onToggle }: { line: GroupLine; object: ObjectMeta; onToggle: () => void }) {
  const lang = useLang()
  const Arrow = line.open ? IconChevronDown : IconChevronRight
  return (
    <button type="button" className={styles.foldCard} aria-expanded={line.open} onClick={onToggle}>
      <Arrow size={18} aria-hidden />
      <span className="clip">{line.text}</span>
      <span className="dim">{formatNumber(line.group.count, lang)}</span>
      <span className={styles.cardSum}>
        {Object.entries(line.group.sums).slice(0, 1).map(([name, value]) => {
          const field = object.fields.find((f) => f.name === name)
          return field && <Sum key={name} field={field} value={value} />
        })}
      </span>
    </button>
  )
}

function Cards(props: TableProps) {
  const { object, lines, rowAction, selection, onSelect } = props
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const { scroll, virtual, items } = useLines(props, CARD_PX)
  const shown = useMemo(() => {
    const titles = new Set(titleFields(object))
    return cardLine(object)
      .filter((name) => !titles.has(name))
      .map((name) => object.fields.find((f) => f.name === name))
      .filter((f): f is Field => f !== undefined)
  }, [object])
  const inside = (index: number) => {
    const line = lines[index]
    if (!line) return null
    if (line.kind === 'group') return <GroupCard line={line.line} object={object} onToggle={() => props.onGroup?.(line.line.id)} />
    if (line.kind === 'more')
      return (
        <button type="button" className={styles.fold} onClick={() => props.onMore?.(line.line.id)}>
          {t('group.more', { text: formatNumber(line.line.group.count - line.line.shown, lang) })}
        </button>
      )
    const { record } = line
    const title = titleOf(object, record)
    const chosen = selection ? isChosen(selection, record.id) : false
    return (
      <>
        {onSelect && <Tick label={title} checked={chosen} onChange={() => onSelect([record.id], !chosen)} />}
        {rowAction ? (
          <span className={styles.cardTitle}>{title}</span>
        ) : (
          <RecordLink object={object.name} id={record.id} className={styles.cardTitle}>
            {title}
          </RecordLink>
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
      </>
    )
  }
  return (
    <div ref={scroll} className={styles.scroll} role="list" aria-label={label(object.plural)} aria-busy={props.busy ?? false}>
      <div className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            role="listitem"
            className={styles.card}
            data-ticks={onSelect ? true : undefined}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {inside(item.index)}
          </div>
        ))}
      </div>
    </div>
  )
}
