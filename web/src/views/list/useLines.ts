/* useLines.ts - which lines of a long list are in sight, and when more are wanted. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { type Line, lineKey } from './lines.ts'

const AHEAD = 60

export interface LinesProps {
  lines: Line[]
  onEnd?: () => void
  /* First and last line in sight, from 0. */
  onSight?: (from: number, to: number) => void
}

export function useLines(props: LinesProps, size: number) {
  const { lines, onEnd, onSight } = props
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => size,
    getItemKey: (i) => {
      const line = lines[i]
      return line ? lineKey(line) : i
    },
    /* A page down finds its rows there; the next ones are drawn once it is on the screen. */
    overscan: 16,
    useFlushSync: false,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (lines.length > 0 && last >= lines.length - AHEAD) onEnd?.()
  }, [last, lines.length, onEnd])
  const { startIndex = 0, endIndex = 0 } = virtual.range ?? {}
  useEffect(() => {
    onSight?.(startIndex, endIndex)
  }, [startIndex, endIndex, onSight])
  return { scroll, virtual, items }
}
