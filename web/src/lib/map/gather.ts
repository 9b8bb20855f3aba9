/* gather.ts - squares whose marks would lie on one another become one mark; pure. */
import { project, type View } from './mercator.ts'
import type { Cell } from './query.ts'

const edge = (cell: Cell) => ({
  south: Number(cell.south ?? cell.lat), north: Number(cell.north ?? cell.lat),
  west: Number(cell.west ?? cell.lon), east: Number(cell.east ?? cell.lon),
})

function joined(a: Cell, b: Cell): Cell {
  const count = a.count + b.count
  const mean = (x: string, y: string) => String((Number(x) * a.count + Number(y) * b.count) / count)
  const [p, q] = [edge(a), edge(b)]
  return {
    count, lat: mean(a.lat, b.lat), lon: mean(a.lon, b.lon),
    south: String(Math.min(p.south, q.south)), north: String(Math.max(p.north, q.north)),
    west: String(Math.min(p.west, q.west)), east: String(Math.max(p.east, q.east)),
  }
}

/* The largest take in their neighbours. */
export function gather(cells: readonly Cell[], view: View, radius: (count: number) => number): Cell[] {
  const marks: { cell: Cell; x: number; y: number }[] = []
  for (const cell of [...cells].sort((a, b) => b.count - a.count)) {
    const { x, y } = project(Number(cell.lat), Number(cell.lon))
    const on = marks.find((m) => Math.hypot(m.x - x, m.y - y) * view.size < radius(m.cell.count) + radius(cell.count))
    if (on) on.cell = joined(on.cell, cell)
    else marks.push({ cell, x, y })
  }
  return marks.map((m) => m.cell)
}
