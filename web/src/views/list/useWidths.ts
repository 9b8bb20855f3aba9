/* useWidths.ts - how wide the columns of a table are, and dragging them wider. */
import { type PointerEvent, useMemo, useState } from 'react'
import { typeOf } from '../../fields/index.tsx'
import type { Widths } from '../../lib/columns.ts'
import type { Field } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'

const MIN_PX = 64
const MAX_PX = 900

/* Room for a column's name, an arrow and the padding; a Chinese character is twice as wide. */
function headWidth(name: string): number {
  return [...name].reduce((sum, c) => sum + (c > '\u2e80' ? 14 : 7.6), 44)
}

export function useWidths(fields: Field[], given: Widths | undefined, onWidths: ((widths: Widths) => void) | undefined) {
  const label = useLabel()
  const [pulled, setPulled] = useState<{ name: string; px: number } | null>(null)
  const widths = useMemo(
    () =>
      fields.map((field, i) => {
        if (pulled?.name === field.name) return pulled.px
        return given?.[field.name] ?? Math.max(typeOf(field).width, i === 0 ? 240 : 0, headWidth(label(field.label, field.name)))
      }),
    [fields, given, pulled, label],
  )
  const setWidth = (name: string, px: number | null) => {
    const { [name]: _, ...others } = given ?? {}
    onWidths?.(px === null ? others : { ...others, [name]: px })
  }
  const resize = (e: PointerEvent<HTMLElement>, i: number) => {
    const name = fields[i]?.name
    const handle = e.currentTarget
    const [from, start] = [e.clientX, widths[i] ?? MIN_PX]
    if (!name) return
    e.preventDefault()
    handle.setPointerCapture(e.pointerId)
    let px = start
    handle.onpointermove = (move) => {
      px = Math.round(Math.max(MIN_PX, Math.min(MAX_PX, start + move.clientX - from)))
      setPulled({ name, px })
    }
    handle.onpointerup = () => {
      handle.onpointermove = handle.onpointerup = null
      setPulled(null)
      if (px !== start) setWidth(name, px)
    }
  }
  return { widths, setWidth, resize }
}
