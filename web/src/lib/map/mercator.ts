/* mercator.ts - the world as a square of side 1 (Web Mercator), and a window onto it; pure. */

export interface Point {
  x: number
  y: number
}
/* What is seen: the middle, in the square, and how many pixels wide the whole world would be. */
export interface View extends Point {
  size: number
}
export interface Box {
  south: number
  west: number
  north: number
  east: number
}

/* Further up and down the square ends. */
const LAT_MAX = 85.0511
export const SIZE_MIN = 256
export const SIZE_MAX = 256 * 2 ** 18

const clamp = (v: number, lo: number, hi: number) => Math.min(hi, Math.max(lo, v))

export function project(lat: number, lon: number): Point {
  const s = Math.sin((clamp(lat, -LAT_MAX, LAT_MAX) * Math.PI) / 180)
  return { x: lon / 360 + 0.5, y: 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI) }
}
export function unproject({ x, y }: Point): { lat: number; lon: number } {
  return { lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, lon: (x - 0.5) * 360 }
}

export const toScreen = (view: View, p: Point, width: number, height: number): Point => ({
  x: (p.x - view.x) * view.size + width / 2,
  y: (p.y - view.y) * view.size + height / 2,
})
export const toWorld = (view: View, p: Point, width: number, height: number): Point => ({
  x: (p.x - width / 2) / view.size + view.x,
  y: (p.y - height / 2) / view.size + view.y,
})

export function tidyView(view: View): View {
  return { x: clamp(view.x, 0, 1), y: clamp(view.y, 0, 1), size: clamp(view.size, SIZE_MIN, SIZE_MAX) }
}

/* Closer or further, and what is under the pointer stays there. */
export function zoomAt(view: View, by: number, at: Point, width: number, height: number): View {
  const fixed = toWorld(view, at, width, height)
  const size = clamp(view.size * by, SIZE_MIN, SIZE_MAX)
  return tidyView({ x: fixed.x - (at.x - width / 2) / size, y: fixed.y - (at.y - height / 2) / size, size })
}

export const pan = (view: View, dx: number, dy: number): View => tidyView({ ...view, x: view.x - dx / view.size, y: view.y - dy / view.size })

export function boxOf(view: View, width: number, height: number): Box {
  const a = unproject(toWorld(view, { x: 0, y: height }, width, height))
  const b = unproject(toWorld(view, { x: width, y: 0 }, width, height))
  return { south: Math.max(-90, a.lat), west: Math.max(-180, a.lon), north: Math.min(90, b.lat), east: Math.min(180, b.lon) }
}

/* All of the box in sight, with some air around it. */
export function fit(box: Box, width: number, height: number, sizeMax = SIZE_MAX): View {
  const a = project(box.north, box.west)
  const b = project(box.south, box.east)
  const size = Math.min((width * 0.8) / Math.max(b.x - a.x, 1e-9), (height * 0.8) / Math.max(b.y - a.y, 1e-9), sizeMax)
  return tidyView({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, size })
}

/* "26,120,27,122", as the server takes it; rounded outwards, so that nothing at the edge is lost. */
export function boxText({ south, west, north, east }: Box): string {
  const down = (v: number) => Math.floor(v * 1e5) / 1e5
  const up = (v: number) => Math.ceil(v * 1e5) / 1e5
  return [down(south), down(west), up(north), up(east)].join()
}

/* Kilometres between two places on the ground. */
export function distance(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const rad = Math.PI / 180
  const h = Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2
  return 2 * 6371 * Math.asin(Math.sqrt(h))
}
