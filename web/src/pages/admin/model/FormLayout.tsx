/*
 * FormLayout.tsx - the form, laid out by hand: fields are dragged, or moved with the arrow keys
 * when they have the focus; Delete takes one off the form.
 */
import { DndContext, type DragEndEvent, pointerWithin, useDraggable, useDroppable } from '@dnd-kit/core'
import { ActionIcon, Button } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash, IconX } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addField, dropField, moveField, moveItem, placeOf, removeField, type Step, type Target } from '../../../lib/layout.ts'
import { isInner } from '../../../lib/meta.ts'
import type { Field, FormSection, ObjectMeta } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import styles from './layout.module.css'
import own from './model.module.css'
import { LabelsInput } from './parts.tsx'
import { QUIET, useDragSensors } from './Sortable.tsx'

const STEPS: Record<string, Step> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }

/* Behind the middle of a field: after it. */
function isBehind(e: DragEndEvent): boolean {
  const from = e.activatorEvent as MouseEvent | TouchEvent
  const x = 'touches' in from ? (from.touches[0]?.clientX ?? 0) : from.clientX
  const rect = e.over?.rect
  return rect ? x + e.delta.x > rect.left + rect.width / 2 : false
}

export function FormLayout({ object, sections, onChange }: { object: ObjectMeta; sections: FormSection[]; onChange: (sections: FormSection[]) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const help = useId()
  const root = useRef<HTMLElement>(null)
  const focus = useRef('')
  const [said, setSaid] = useState('')
  const nameOf = (n: string) => label(object.fields.find((f) => f.name === n)?.label, n)
  const used = new Set(sections.flatMap((s) => s.fields.flat()))
  const rest = object.fields.filter((f) => !used.has(f.name) && !isInner(f))
  /* A field that moves is made anew elsewhere: the focus goes with it. */
  useEffect(() => {
    if (focus.current) root.current?.querySelector<HTMLElement>(`[data-chip="${focus.current}"]`)?.focus()
    focus.current = ''
  })
  const change = (next: FormSection[], field: string) => {
    const at = placeOf(next, field)
    const title = at && label(next[at.section]?.label)
    setSaid(at ? t('admin.placed', { name: nameOf(field), section: title, row: at.row + 1, at: at.at + 1 }) : t('admin.off_form', { name: nameOf(field) }))
    onChange(next)
  }
  const onKey = (field: string) => (e: KeyboardEvent) => {
    const step = STEPS[e.key]
    if (step) {
      e.preventDefault()
      focus.current = field
      change(moveField(sections, field, step), field)
    } else if (e.key === 'Delete' || e.key === 'Backspace') {
      e.preventDefault()
      const order = sections.flatMap((s) => s.fields.flat())
      const at = order.indexOf(field)
      focus.current = order[at + 1] ?? order[at - 1] ?? ''
      change(removeField(sections, field), field)
    }
  }
  const onDragEnd = (e: DragEndEvent) => {
    if (!e.over) return
    const field = String(e.active.id)
    const target = e.over.data.current as Target
    change(dropField(sections, field, target.at !== null && isBehind(e) ? { ...target, at: target.at + 1 } : target), field)
  }
  const setSection = (i: number, s: FormSection) => onChange(sections.map((x, k) => (k === i ? s : x)))
  return (
    <section ref={root} className={styles.editor} aria-label={t('admin.page.form')}>
      <p id={help} className="dim small">
        {t('admin.form_keys')}
      </p>
      <DndContext sensors={useDragSensors()} collisionDetection={pointerWithin} onDragEnd={onDragEnd} accessibility={QUIET}>
        {sections.map((s, i) => {
          const title = label(s.label) || t('admin.section_n', { n: i + 1 })
          return (
            <div key={i} className={`card ${styles.section}`} role="group" aria-label={title}>
              <div className={styles.sectionHead}>
                <LabelsInput bare label={t('admin.section_name', { name: title })} value={s.label ?? {}} onChange={(v) => setSection(i, { ...s, label: v })} />
                <span className={styles.sectionTools}>
                  <ActionIcon variant="subtle" color="gray" disabled={i === 0} aria-label={t('admin.section_up', { name: title })} onClick={() => onChange(moveItem(sections, i, i - 1))}>
                    <IconArrowUp size={16} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="gray" disabled={i === sections.length - 1} aria-label={t('admin.section_down', { name: title })} onClick={() => onChange(moveItem(sections, i, i + 1))}>
                    <IconArrowDown size={16} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="red" disabled={sections.length === 1} aria-label={t('admin.remove_named', { name: title })} onClick={() => onChange(sections.filter((_, k) => k !== i))}>
                    <IconTrash size={16} />
                  </ActionIcon>
                </span>
              </div>
              {s.fields.map((row, r) => (
                <div key={r}>
                  <Gap section={i} row={r} />
                  <div className={styles.row}>
                    {row.map((n, at) => (
                      <Chip key={n} name={n} label={nameOf(n)} section={i} row={r} at={at} help={help} onKeyDown={onKey(n)} onRemove={() => change(removeField(sections, n), n)} />
                    ))}
                  </div>
                </div>
              ))}
              <Gap section={i} row={s.fields.length} last empty={s.fields.length === 0} />
            </div>
          )
        })}
        <div>
          <Button size="xs" variant="subtle" leftSection={<IconPlus size={15} />} onClick={() => onChange([...sections, { label: { 'zh-Hant': '新區段', en: 'New section' }, fields: [] }])}>
            {t('admin.section_add')}
          </Button>
        </div>
        <div className={`card ${own.box}`} role="group" aria-label={t('admin.not_on_form')}>
          <h3>{t('admin.not_on_form')}</h3>
          {rest.length === 0 && <p className="dim small">{t('admin.all_on_form')}</p>}
          <div className={styles.row}>
            {rest.map((f) => (
              <Spare key={f.name} field={f} label={nameOf(f.name)} onAdd={() => change(addField(sections, f.name, sections.length - 1), f.name)} />
            ))}
          </div>
        </div>
      </DndContext>
      <div className="sr" role="status">
        {said}
      </div>
    </section>
  )
}

function Gap({ section, row, last, empty }: { section: number; row: number; last?: boolean; empty?: boolean }) {
  const { t } = useTranslation()
  const { setNodeRef, isOver } = useDroppable({ id: `gap:${section}:${row}`, data: { section, row, at: null } satisfies Target })
  return (
    <div ref={setNodeRef} className={styles.gap} data-over={isOver || undefined} data-last={last || undefined}>
      {empty && <span className="dim small">{t('admin.section_empty')}</span>}
    </div>
  )
}

interface ChipProps {
  name: string
  label: string
  section: number
  row: number
  at: number
  help: string
  onKeyDown: (e: KeyboardEvent) => void
  onRemove: () => void
}

function Chip({ name, label, section, row, at, help, onKeyDown, onRemove }: ChipProps) {
  const { t } = useTranslation()
  const drag = useDraggable({ id: name })
  const drop = useDroppable({ id: `on:${name}`, data: { section, row, at } satisfies Target })
  const { transform } = drag
  return (
    <div
      ref={(node) => {
        drag.setNodeRef(node)
        drop.setNodeRef(node)
      }}
      className={styles.chip}
      data-lifted={drag.isDragging || undefined}
      data-over={(drop.isOver && !drag.isDragging) || undefined}
      style={transform ? { transform: `translate(${transform.x}px, ${transform.y}px)` } : undefined}
    >
      <button type="button" className={styles.hold} data-chip={name} aria-describedby={help} onKeyDown={onKeyDown} {...drag.listeners}>
        {label}
      </button>
      <button type="button" className={styles.off} aria-label={t('admin.remove_named', { name: label })} onClick={onRemove}>
        <IconX size={14} aria-hidden />
      </button>
    </div>
  )
}

function Spare({ field, label, onAdd }: { field: Field; label: string; onAdd: () => void }) {
  const { t } = useTranslation()
  const { setNodeRef, listeners, transform, isDragging } = useDraggable({ id: field.name })
  return (
    <div ref={setNodeRef} className={styles.chip} data-lifted={isDragging || undefined} style={transform ? { transform: `translate(${transform.x}px, ${transform.y}px)` } : undefined}>
      <button type="button" className={styles.hold} aria-label={t('admin.add_named', { name: label })} onClick={onAdd} {...listeners}>
        <IconPlus size={14} aria-hidden /> {label}
      </button>
    </div>
  )
}
