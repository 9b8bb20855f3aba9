/*
 * topology.ts - reads an outline and cuts it to what is seen; pure.  The outline is TopoJSON: arcs of
 * small steps, which rings name by number (the complement of the number: backwards).
 */
import { project } from './mercator.ts'

export interface Topology {
  transform: { scale: [number, number]; translate: [number, number] }
  arcs: [number, number][][]
  objects: { land: { geometries: { arcs: number[][][] }[] } }
}

export function rings(topology: Topology): [number, number][][] {
  const { scale, translate } = topology.transform
  const arcs = topology.arcs.map((steps) => {
    let [x, y] = [0, 0]
    return steps.map(([dx, dy]): [number, number] => {
      x += dx
      y += dy
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]]
    })
  })
  const arc = (i: number) => (i >= 0 ? (arcs[i] ?? []) : (arcs[~i] ?? []).toReversed())
  return topology.objects.land.geometries.flatMap((g) => g.arcs.flat()).map((ring) => ring.flatMap((i, n) => arc(i).slice(n === 0 ? 0 : 1)))
}

/* A ring in the square of mercator.ts: x, y, x, y …, and between which lines it lies. */
export interface Ring {
  points: Float64Array
  box: Window
}
export interface Window {
  left: number
  top: number
  right: number
  bottom: number
}

export function ringOf(places: readonly [number, number][]): Ring {
  const points = new Float64Array(places.length * 2)
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  places.forEach(([lon, lat], i) => {
    const { x, y } = project(lat, lon)
    points[2 * i] = x
    points[2 * i + 1] = y
    Object.assign(box, { left: Math.min(box.left, x), right: Math.max(box.right, x), top: Math.min(box.top, y), bottom: Math.max(box.bottom, y) })
  })
  return { points, box }
}

type Side = [inside: (x: number, y: number) => boolean, cut: (ax: number, ay: number, bx: number, by: number) => [number, number]]

/*
 * What of a ring lies in a window (Sutherland and Hodgman): from near, only a few of the many
 * thousand steps of a coast are drawn.
 */
export function clip({ points, box }: Ring, w: Window): number[] {
  if (box.right < w.left || box.left > w.right || box.bottom < w.top || box.top > w.bottom) return []
  if (box.left >= w.left && box.right <= w.right && box.top >= w.top && box.bottom <= w.bottom) return [...points]
  const atX = (x: number) => (ax: number, ay: number, bx: number, by: number): [number, number] => [x, ay + ((by - ay) * (x - ax)) / (bx - ax)]
  const atY = (y: number) => (ax: number, ay: number, bx: number, by: number): [number, number] => [ax + ((bx - ax) * (y - ay)) / (by - ay), y]
  const sides: Side[] = [
    [(x) => x >= w.left, atX(w.left)], [(x) => x <= w.right, atX(w.right)],
    [(_, y) => y >= w.top, atY(w.top)], [(_, y) => y <= w.bottom, atY(w.bottom)],
  ]
  let now: ArrayLike<number> = points
  for (const [inside, cut] of sides) {
    const out: number[] = []
    for (let i = 0, n = now.length; i < n; i += 2) {
      const k = (i + n - 2) % n
      const [ax, ay, bx, by] = [now[k] ?? 0, now[k + 1] ?? 0, now[i] ?? 0, now[i + 1] ?? 0]
      const [a, b] = [inside(ax, ay), inside(bx, by)]
      if (a !== b) out.push(...cut(ax, ay, bx, by))
      if (b) out.push(bx, by)
    }
    now = out
  }
  return [...(now as number[])]
}
