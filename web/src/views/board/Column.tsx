/* Column.tsx - the cards of one state: those in sight only, more as one scrolls. */
import { useDraggable, useDroppable } from '@dnd-kit/core'
import { ActionIcon, Menu } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { IconChevronLeft, IconChevronRight, IconDotsVertical } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty, typeOf } from '../../fields/index.tsx'
import { Chip } from '../../fields/parts.tsx'
import { formatNumber } from '../../lib/format.ts'
import type { Group } from '../../lib/group.ts'
import { useLang } from '../../lib/i18n.ts'
import { plain, titleOf } from '../../lib/meta.ts'
import { movesFrom } from '../../lib/meta.ts'
import { type ListAsk, listQuery } from '../../lib/queries.ts'
import type { Field, ObjectMeta, Process, ProcessState, Rec } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { Sum } from '../list/Sum.tsx'
import styles from './board.module.css'

const CARD_PX = 96
const AHEAD = 20

export interface ColumnProps {
  object: ObjectMeta
  process: Process
  state: ProcessState
  facts: Field[]
  ask: ListAsk
  group: Group | undefined
  sum: Field | undefined
  folded: boolean
  /* While something is dragged: may it go here? */
  target: 'yes' | 'no' | null
  mayMove: (record: Rec) => boolean
  onFold: () => void
  onMove: (record: Rec, to: string) => void
  onStep: (e: KeyboardEvent, record: Rec) => void
}

export function Column(props: ColumnProps) {
  const { object, state, group, sum, folded, target } = props
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const { setNodeRef, isOver } = useDroppable({ id: state.code })
  const name = label(state.label, state.code)
  const Arrow = folded ? IconChevronRight : IconChevronLeft
  return (
    <section ref={setNodeRef} className={styles.column} data-folded={folded || undefined} data-target={target ?? undefined} data-over={isOver || undefined} aria-label={name}>
      <header className={styles.head}>
        <h2>
          <Chip text={name} hue={state.color} />
        </h2>
        <span className="dim small num">{formatNumber(group?.count ?? 0, lang)}</span>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-expanded={!folded} aria-label={t(folded ? 'board.unfold' : 'board.fold', { name })} onClick={props.onFold}>
          <Arrow size={15} />
        </ActionIcon>
        {!folded && sum && (
          <span className={styles.sum}>
            <Sum field={sum} value={group?.sums[sum.name]} />
          </span>
        )}
      </header>
      {!folded && <Stack {...props} label={`${label(object.plural, object.name)}, ${name}`} />}
    </section>
  )
}

function Stack(props: ColumnProps & { label: string }) {
  const { object, ask } = props
  const scroll = useRef<HTMLDivElement>(null)
  const query = useInfiniteQuery(listQuery(object.name, ask))
  const rows = useMemo(() => query.data?.pages.flatMap((p) => p.rows) ?? [], [query.data])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => CARD_PX,
    getItemKey: (i) => rows[i]?.id ?? i,
    overscan: 4,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - AHEAD) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  return (
    <div ref={scroll} className={styles.stack} role="list" aria-label={props.label} tabIndex={-1} aria-busy={query.isFetching}>
      <div className={styles.cards} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const record = rows[item.index]
          return (
            record && (
              <div key={item.key} ref={virtual.measureElement} data-index={item.index} role="listitem" className={styles.slot} style={{ transform: `translateY(${item.start}px)` }}>
                <DragCard {...props} record={record} />
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}

function DragCard({ record, ...props }: ColumnProps & { record: Rec }) {
  const { object, process, state, mayMove, onMove, onStep } = props
  const { t } = useTranslation()
  const label = useLabel()
  const [menu, setMenu] = useState(false)
  const movable = mayMove(record)
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: record.id, data: { record }, disabled: !movable })
  const moves = movable ? movesFrom(process, state.code) : []
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'm' && moves.length && !e.ctrlKey && !e.metaKey) setMenu(true)
    else onStep(e, record)
  }
  return (
    <article ref={setNodeRef} className={styles.card} data-id={record.id} data-dragging={isDragging || undefined} data-movable={movable || undefined} {...listeners}>
      <div className={styles.top}>
        <Link to="/o/$object/$id" params={{ object: object.name, id: record.id }} preload={false} className={styles.title} onKeyDown={onKeyDown} draggable={false}>
          {titleOf(object, record)}
        </Link>
        {moves.length > 0 && (
          <Menu opened={menu} onChange={setMenu} position="bottom-end">
            <Menu.Target>
              <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('board.move', { name: titleOf(object, record) })} onPointerDown={(e) => e.stopPropagation()} onMouseDown={(e) => e.stopPropagation()}>
                <IconDotsVertical size={15} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('board.move_to')}</Menu.Label>
              {moves.map((m) => (
                <Menu.Item key={m.to} onClick={() => onMove(record, m.to)}>
                  {label(process.states.find((s) => s.code === m.to)?.label, m.to)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <Facts record={record} facts={props.facts} />
    </article>
  )
}

export function Facts({ record, facts }: { record: Rec; facts: Field[] }) {
  return (
    <div className={styles.facts}>
      {facts.map((field) =>
        isEmpty(record[field.name]) ? null : (
          <span key={field.name} className="clip">
            {/* Other records are named, not linked: a card is one place to press. */}
            {typeOf(field).kind === 'link' ? plain(record[field.name]) : <FieldCell field={field} value={record[field.name]} />}
          </span>
        ),
      )}
    </div>
  )
}
