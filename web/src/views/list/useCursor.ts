/*
 * useCursor.ts - where the keyboard stands in a table: on a row, or in one of its cells.
 *
 * Up and down walk the rows, right goes into the cells.  Enter opens the record, or in a cell
 * begins to type; so does F2 anywhere.  Space chooses the row, Ctrl+A all that match.
 */
import type { KeyboardEvent } from 'react'
import { useState } from 'react'

export interface Cursor {
  row: number
  /* -1: the whole row. */
  cell: number
}

export interface CursorActions {
  rows: number
  cells: number
  open: (row: number) => void
  edit: (row: number, cell: number) => void
  firstEditable: number
  mayEdit: (row: number, cell: number) => boolean
  choose?: (row: number) => void
  chooseAll?: () => void
  undo?: () => void
  leave?: () => void
  seen: (row: number) => void
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }

export function useCursor(a: CursorActions) {
  const [at, setAt] = useState<Cursor>({ row: -1, cell: -1 })
  const toRow = (row: number) => {
    const next = Math.max(0, Math.min(a.rows - 1, row))
    setAt({ ...at, row: next })
    a.seen(next)
  }
  const toCell = (cell: number) => setAt({ row: Math.max(0, at.row), cell: Math.max(-1, Math.min(a.cells - 1, cell)) })
  const edit = (cell: number) => {
    if (at.row < 0 || cell < 0) return
    setAt({ ...at, cell })
    a.edit(at.row, cell)
  }
  const enter = () => {
    if (at.row < 0) return
    if (at.cell >= 0 && a.mayEdit(at.row, at.cell)) a.edit(at.row, at.cell)
    else a.open(at.row)
  }
  const escape = () => {
    if (at.cell >= 0) setAt({ ...at, cell: -1 })
    else a.leave?.()
  }
  const plain = (key: string): (() => void) | null => {
    const step = STEPS[key]
    if (step !== undefined) return () => toRow(at.row + step)
    switch (key) {
      case 'Home': return () => (at.cell >= 0 ? toCell(0) : toRow(0))
      case 'End': return () => (at.cell >= 0 ? toCell(a.cells - 1) : toRow(a.rows - 1))
      case 'ArrowRight': return () => toCell(at.cell + 1)
      case 'ArrowLeft': return () => toCell(at.cell - 1)
      case 'Enter': return enter
      case 'F2': return () => edit(at.cell >= 0 && a.mayEdit(at.row, at.cell) ? at.cell : a.firstEditable)
      case ' ': return a.choose ? () => at.row >= 0 && a.choose?.(at.row) : null
      case 'Escape': return escape
      default: return null
    }
  }
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.target !== e.currentTarget) return
    const withCtrl: Record<string, (() => void) | undefined> = { a: a.chooseAll, z: a.undo }
    const run = e.ctrlKey || e.metaKey ? withCtrl[e.key.toLowerCase()] : e.altKey ? null : plain(e.key)
    if (!run) return
    e.preventDefault()
    run()
  }
  return { at, setAt, onKeyDown }
}
