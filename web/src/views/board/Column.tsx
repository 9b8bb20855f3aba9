/* Column.tsx - the cards of one state: those in sight only, more as one scrolls. */
import { ActionIcon } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { memo, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { formatNumber } from '../../lib/format.ts'
import type { Group } from '../../lib/group.ts'
import { useLang } from '../../lib/i18n.ts'
import { type ListAsk, listQuery } from '../../lib/queries.ts'
import type { Field, ObjectMeta, Process, ProcessState, Rec } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { Card, type CardDoes } from './Card.tsx'
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
  does: BoardDoes
}

/* What columns and cards ask of their board. */
export interface BoardDoes extends CardDoes {
  mayMove: (record: Rec) => boolean
  fold: (state: string) => void
}

/* Dragging (drag.ts) says by attributes of its own that a card is carried here, and that it may. */
export const Column = memo(function Column(props: ColumnProps) {
  const { object, state, group, sum, folded } = props
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const name = label(state.label, state.code)
  const Arrow = folded ? IconChevronRight : IconChevronLeft
  return (
    <section className={styles.column} data-state={state.code} data-folded={folded || undefined} aria-label={name}>
      <header className={styles.head}>
        <h2>
          <Chip text={name} hue={state.color} />
        </h2>
        <span className="dim small num">{formatNumber(group?.count ?? 0, lang)}</span>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-expanded={!folded} aria-label={t(folded ? 'board.unfold' : 'board.fold', { name })} onClick={() => props.does.fold(state.code)}>
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
})

function Stack(props: ColumnProps & { label: string }) {
  const { object, process, state, facts, ask, does } = props
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
                <article className={styles.card} data-id={record.id} data-movable={does.mayMove(record) || undefined}>
                  <Card object={object} process={process} state={state} facts={facts} record={record} movable={does.mayMove(record)} does={does} />
                </article>
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}
