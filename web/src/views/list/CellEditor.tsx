/* CellEditor.tsx - one field, typed where it stands. Enter and Tab keep it, Escape does not. */
import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react'
import { typeOf } from '../../fields/index.tsx'
import type { Field, Rec } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import styles from './list.module.css'

export interface CellEditorProps {
  field: Field
  record: Rec
  /* step: to the next cell (1), the one before (-1), or none. */
  onKeep: (value: unknown, step: -1 | 0 | 1) => void
  onLeave: () => void
}

/* Types that are chosen, not typed: choosing is keeping. */
const CHOSEN = new Set(['choice', 'link', 'bool'])

export function CellEditor({ field, record, onKeep, onLeave }: CellEditorProps) {
  const label = useLabel()
  const [value, setValue] = useState(record[field.name])
  const over = useRef(false)
  const { Input, kind } = typeOf(field)
  const keep = (kept: unknown, step: -1 | 0 | 1) => {
    if (over.current) return
    over.current = true
    onKeep(kept, step)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    e.stopPropagation()
    const choosing = (e.target as Element).getAttribute('aria-expanded') === 'true'
    if (e.key === 'Escape') {
      over.current = true
      onLeave()
    } else if (e.key === 'Tab') {
      e.preventDefault()
      keep(value, e.shiftKey ? -1 : 1)
    } else if (e.key === 'Enter' && !choosing) {
      e.preventDefault()
      keep(value, 0)
    }
  }
  const onBlur = (e: FocusEvent) => {
    if (!e.currentTarget.contains(e.relatedTarget)) keep(value, 0)
  }
  if (!Input) return null
  return (
    <div className={styles.editor} onKeyDown={onKeyDown} onBlur={onBlur} onClick={(e) => e.stopPropagation()}>
      <Input
        field={field}
        value={value}
        bare
        autoFocus
        label={label(field.label, field.name)}
        onChange={(next) => {
          setValue(next)
          if (CHOSEN.has(kind)) keep(next, 0)
        }}
      />
    </div>
  )
}
