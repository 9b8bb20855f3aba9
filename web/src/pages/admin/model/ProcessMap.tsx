/*
 * ProcessMap.tsx - a process drawn: states from top to bottom, moves forward at the right, back at
 * the left, the longer the wider.  What it shows stands in the lists beside it as well.
 */
import { useTranslation } from 'react-i18next'
import type { Process } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import own from './process.module.css'

const WIDTH = 360
const BOX = { width: 150, height: 34, gap: 26 }
const LEFT = (WIDTH - BOX.width) / 2
const top = (i: number) => 8 + i * (BOX.height + BOX.gap)

interface Arc {
  from: number
  to: number
  label: string
}

/* Neighbours are joined by a straight arrow; others by a curve beside the states. */
function path({ from, to }: Arc): string {
  const forward = to > from
  if (to === from + 1) return `M ${WIDTH / 2} ${top(from) + BOX.height} V ${top(to) - 5}`
  const x = forward ? LEFT + BOX.width : LEFT
  const reach = Math.min(22 + Math.abs(to - from) * 16, LEFT - 6) * (forward ? 1 : -1)
  const y1 = top(from) + BOX.height * (forward ? 0.68 : 0.32), y2 = top(to) + BOX.height * (forward ? 0.32 : 0.68)
  const end = x + (forward ? 5 : -5)
  return `M ${x} ${y1} C ${x + reach} ${y1}, ${x + reach} ${y2}, ${end} ${y2}`
}

export function ProcessMap({ process }: { process: Process }) {
  const { t } = useTranslation()
  const label = useLabel()
  const index = new Map(process.states.map((s, i) => [s.code, i]))
  const arcs: Arc[] = process.moves.flatMap((m) => {
    const to = index.get(m.to)
    const from = m.from.includes('*') ? process.states.map((s) => s.code).filter((c) => c !== m.to) : m.from
    return to === undefined ? [] : from.flatMap((f) => (index.has(f) ? [{ from: index.get(f) ?? 0, to, label: label(m.label) }] : []))
  })
  const name = (i: number) => label(process.states[i]?.label, process.states[i]?.code)
  const height = top(process.states.length) - BOX.gap + 10
  return (
    <svg className={own.map} viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={t('admin.processes.drawing_of', { text: arcs.map((a) => `${name(a.from)} → ${name(a.to)}`).join(t('admin.and')) })}>
      <defs>
        <marker id="arrow" viewBox="0 0 6 6" refX="4" refY="3" markerWidth="6" markerHeight="6" orient="auto-start-reverse">
          <path d="M 0 0 L 6 3 L 0 6 z" className={own.head} />
        </marker>
      </defs>
      {arcs.map((a, i) => (
        <path key={i} d={path(a)} className={own.arc} markerEnd="url(#arrow)">
          <title>{`${name(a.from)} → ${name(a.to)}${a.label ? ` (${a.label})` : ''}`}</title>
        </path>
      ))}
      {process.states.map((s, i) => (
        <g key={s.code} data-hue={s.color ?? 'gray'}>
          <rect x={LEFT} y={top(i)} width={BOX.width} height={BOX.height} rx={8} className={own.box} data-start={process.start === s.code || undefined} />
          <text x={WIDTH / 2} y={top(i) + BOX.height / 2} className={own.text}>
            {short(name(i))}
          </text>
        </g>
      ))}
    </svg>
  )
}

/* What fits: a Chinese character is as wide as two others. */
function short(text: string): string {
  let room = 18, out = ''
  for (const c of text) {
    room -= /\p{Script=Han}/u.test(c) ? 2 : 1
    if (room < 0) return `${out}…`
    out += c
  }
  return out
}
