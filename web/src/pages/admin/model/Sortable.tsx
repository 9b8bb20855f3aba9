/*
 * Sortable.tsx - a list put in order by its grips: with the mouse, a finger, or the arrow keys on
 * a grip.  What moved where is said aloud.
 */
import { DndContext, type DragEndEvent, MouseSensor, pointerWithin, TouchSensor, useDraggable, useDroppable, useSensor, useSensors } from '@dnd-kit/core'
import { IconGripVertical } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './model.module.css'

export interface SortableItem {
  id: string
  /* What it is called, for the grip. */
  name: string
}

export function useDragSensors() {
  return useSensors(useSensor(MouseSensor, { activationConstraint: { distance: 4 } }), useSensor(TouchSensor, { activationConstraint: { delay: 200, tolerance: 8 } }))
}

/* What dnd-kit would say in English is said by us in the language of the screen. */
export const QUIET = { screenReaderInstructions: { draggable: '' }, announcements: { onDragStart: () => '', onDragOver: () => '', onDragEnd: () => '', onDragCancel: () => '' } }

export function Sortable<T extends SortableItem>({ items, onMove, render, label }: { items: readonly T[]; onMove: (from: number, to: number) => void; render: (item: T, index: number) => ReactNode; label: string }) {
  const { t } = useTranslation()
  const [said, setSaid] = useState('')
  const move = (from: number, to: number) => {
    if (to < 0 || to >= items.length || from === to || from < 0) return
    setSaid(t('admin.moved', { name: items[from]?.name, at: to + 1, of: items.length }))
    onMove(from, to)
  }
  const index = (id: string) => items.findIndex((i) => i.id === id)
  const onDragEnd = (e: DragEndEvent) => {
    if (e.over) move(index(String(e.active.id)), index(String(e.over.id)))
  }
  return (
    <DndContext sensors={useDragSensors()} collisionDetection={pointerWithin} onDragEnd={onDragEnd} accessibility={QUIET}>
      <ul className={`plain ${styles.sortable}`} aria-label={label}>
        {items.map((item, i) => (
          <Row key={item.id} item={item} onStep={(step) => move(i, i + step)}>
            {render(item, i)}
          </Row>
        ))}
      </ul>
      <div className="sr" role="status">
        {said}
      </div>
    </DndContext>
  )
}

function Row({ item, onStep, children }: { item: SortableItem; onStep: (step: number) => void; children: ReactNode }) {
  const { t } = useTranslation()
  const drag = useDraggable({ id: item.id })
  const drop = useDroppable({ id: item.id })
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[e.key]
    if (!step) return
    e.preventDefault()
    onStep(step)
  }
  const { transform } = drag
  return (
    <li
      ref={(node) => {
        drag.setNodeRef(node)
        drop.setNodeRef(node)
      }}
      className={styles.sortRow}
      data-over={(drop.isOver && !drag.isDragging) || undefined}
      data-lifted={drag.isDragging || undefined}
      style={transform ? { transform: `translate(${transform.x}px, ${transform.y}px)` } : undefined}
    >
      <button type="button" className={styles.grip} aria-label={t('admin.grip', { name: item.name })} onKeyDown={onKeyDown} {...drag.listeners}>
        <IconGripVertical size={16} aria-hidden />
      </button>
      <div className={styles.sortBody}>{children}</div>
    </li>
  )
}
