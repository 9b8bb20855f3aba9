/*
 * Arrange.tsx - the tiles of a page put where one wants them: dragged, or moved by buttons and arrow
 * keys; those put away wait below.
 */
import { DndContext, type DragEndEvent, MouseSensor, pointerWithin, TouchSensor, useDraggable, useDroppable, useSensor, useSensors } from '@dnd-kit/core'
import { ActionIcon, Button } from '@mantine/core'
import { IconArrowDown, IconArrowsLeftRight, IconArrowUp, IconEyeOff, IconGripVertical, IconPlus } from '@tabler/icons-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Arrangement, type Column, columnOf, hide, moved, put, show, type Way } from '../../lib/arrange.ts'
import styles from './home.module.css'

interface ArrangeProps {
  usual: Arrangement
  value: Arrangement
  titleOf: (name: string) => string
  onChange: (next: Arrangement) => void
}

export default function Arrange({ usual, value, titleOf, onChange }: ArrangeProps) {
  const { t } = useTranslation()
  const [said, setSaid] = useState('')
  const root = useRef<HTMLDivElement>(null)
  const sensors = useSensors(useSensor(MouseSensor, { activationConstraint: { distance: 4 } }), useSensor(TouchSensor, { activationConstraint: { delay: 150, tolerance: 8 } }))
  const place = (a: Arrangement, name: string) => {
    const column = columnOf(a, name)
    if (!column) return t('home.put_away', { name: titleOf(name) })
    return t(`home.placed_${column}`, { name: titleOf(name), place: a[column].indexOf(name) + 1 })
  }
  const change = (next: Arrangement, name: string) => {
    onChange(next)
    setSaid(place(next, name))
    /* The handle is drawn anew where the tile went. */
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-handle="${name}"]`)?.focus())
  }
  const drop = (e: DragEndEvent) => {
    const name = String(e.active.id)
    const over = e.over ? String(e.over.id) : ''
    if (over === 'left' || over === 'right') change(put(value, name, over, value[over].length), name)
    else if (over && over !== name) {
      const to = columnOf(value, over)
      if (!to) return
      const others = value[to].filter((n) => n !== name)
      const down = columnOf(value, name) === to && value[to].indexOf(name) < value[to].indexOf(over)
      change(put(value, name, to, others.indexOf(over) + (down ? 1 : 0)), name)
    }
  }
  return (
    <div ref={root}>
      <p className="sr" role="status">
        {said}
      </p>
      <DndContext sensors={sensors} collisionDetection={pointerWithin} onDragEnd={drop}>
        <div className={styles.columns}>
          {(['left', 'right'] as const).map((side) => (
            <ColumnOf key={side} side={side}>
              {value[side].map((name) => (
                <Handle
                  key={name}
                  name={name}
                  title={titleOf(name)}
                  onMove={(way) => change(moved(value, name, way), name)}
                  onHide={() => change(hide(value, name), name)}
                />
              ))}
            </ColumnOf>
          ))}
        </div>
      </DndContext>
      {value.hidden.length > 0 && (
        <section className={styles.hidden} aria-label={t('home.hidden')}>
          <h2>{t('home.hidden')}</h2>
          <div className="row">
            {value.hidden.map((name) => (
              <Button key={name} size="xs" variant="default" leftSection={<IconPlus size={15} />} onClick={() => change(show(value, usual, name), name)}>
                {titleOf(name)}
              </Button>
            ))}
          </div>
        </section>
      )}
    </div>
  )
}

function ColumnOf({ side, children }: { side: Column; children: React.ReactNode }) {
  const { t } = useTranslation()
  const { setNodeRef, isOver } = useDroppable({ id: side })
  return (
    <section ref={setNodeRef} className={styles.column} data-column={side} data-over={isOver || undefined} aria-label={t(`home.column_${side}`)}>
      {children}
    </section>
  )
}

const KEYS: Record<string, Way> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'side', ArrowRight: 'side' }

interface HandleProps {
  name: string
  title: string
  onMove: (way: Way) => void
  onHide: () => void
}

function Handle({ name, title, onMove, onHide }: HandleProps) {
  const { t } = useTranslation()
  const drop = useDroppable({ id: name })
  const drag = useDraggable({ id: name })
  const { x = 0, y = 0 } = drag.transform ?? {}
  const onKeyDown = (e: KeyboardEvent) => {
    const way = KEYS[e.key]
    if (!way) return
    e.preventDefault()
    onMove(way)
  }
  const button = (label: string, Icon: typeof IconArrowUp, run: () => void) => (
    <ActionIcon variant="subtle" color="gray" aria-label={label} title={label} onClick={run}>
      <Icon size={17} />
    </ActionIcon>
  )
  return (
    <div ref={drop.setNodeRef} className={styles.slot} data-over={(drop.isOver && !drag.isDragging) || undefined}>
      <div
        ref={drag.setNodeRef}
        className={`card ${styles.handle}`}
        data-tile={name}
        data-lifted={drag.isDragging || undefined}
        style={drag.isDragging ? { transform: `translate(${x}px, ${y}px)` } : undefined}
      >
        <button type="button" className={styles.grip} data-handle={name} aria-label={t('home.handle', { name: title })} onKeyDown={onKeyDown} {...drag.listeners}>
          <IconGripVertical size={18} aria-hidden />
          <span>{title}</span>
        </button>
        {button(t('home.up', { name: title }), IconArrowUp, () => onMove('up'))}
        {button(t('home.down', { name: title }), IconArrowDown, () => onMove('down'))}
        <span className={styles.sideways}>{button(t('home.side', { name: title }), IconArrowsLeftRight, () => onMove('side'))}</span>
        {button(t('home.hide', { name: title }), IconEyeOff, onHide)}
      </div>
    </div>
  )
}
