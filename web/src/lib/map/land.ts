/*
 * land.ts - the outline of the land (Natural Earth, 1:50 million, public domain) from the package
 * world-atlas: no tiles, no address outside.  The file is TopoJSON: arcs of small steps, which rings
 * name by number (the complement of the number: backwards).
 */
import address from 'world-atlas/land-50m.json?url'
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

let path: Promise<Path2D> | null = null

/* In the square of mercator.ts. */
export function landPath(): Promise<Path2D> {
  path ??= fetch(address)
    .then((reply) => reply.json() as Promise<Topology>)
    .then((topology) => {
      const out = new Path2D()
      for (const ring of rings(topology)) {
        ring.forEach(([lon, lat], i) => {
          const { x, y } = project(lat, lon)
          if (i === 0) out.moveTo(x, y)
          else out.lineTo(x, y)
        })
        out.closePath()
      }
      return out
    })
    .catch((error: unknown) => {
      path = null
      throw error
    })
  return path
}
