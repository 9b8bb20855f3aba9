/*
 * land.ts - the outline of the land (Natural Earth, 1:50 million, public domain) from the package
 * world-atlas: no tiles, no address outside.
 */
import address from 'world-atlas/land-50m.json?url'
import { type Ring, ringOf, rings, type Topology } from './topology.ts'

let land: Promise<Ring[]> | null = null

export function landRings(): Promise<Ring[]> {
  land ??= fetch(address)
    .then((reply) => reply.json() as Promise<Topology>)
    .then((topology) => rings(topology).map(ringOf))
    .catch((error: unknown) => {
      land = null
      throw error
    })
  return land
}
