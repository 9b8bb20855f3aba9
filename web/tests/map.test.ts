import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { gather } from '../src/lib/map/gather.ts'
import type { Cell } from '../src/lib/map/query.ts'
import { clip, ringOf, rings, type Topology } from '../src/lib/map/topology.ts'
import { boxOf, boxText, distance, fit, pan, project, SIZE_MAX, SIZE_MIN, tidyView, toScreen, toWorld, unproject, zoomAt } from '../src/lib/map/mercator.ts'

const near = (a: number, b: number, by = 1e-6) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`)

test('map: a place there and back', () => {
  for (const [lat, lon] of [[25.033, 121.5654], [-33.9, 18.4], [0, 0], [85, -179.9]] as const) {
    const back = unproject(project(lat, lon))
    near(back.lat, lat)
    near(back.lon, lon)
  }
  near(project(0, 0).x, 0.5)
  near(project(90, 0).y, 0, 1e-3)
})

test('map: what is under the pointer stays there', () => {
  const view = tidyView({ ...project(25, 121), size: 4096 })
  const at = { x: 100, y: 40 }
  const before = toWorld(view, at, 800, 600)
  const after = toWorld(zoomAt(view, 3, at, 800, 600), at, 800, 600)
  near(before.x, after.x)
  near(before.y, after.y)
  const [p, q] = [toScreen(view, before, 800, 600), toScreen(pan(view, 30, -20), before, 800, 600)]
  near(q.x - p.x, 30, 1e-3)
  near(q.y - p.y, -20, 1e-3)
})

test('map: it does not get lost', () => {
  assert.equal(zoomAt({ x: 0.5, y: 0.5, size: 1024 }, 1e9, { x: 0, y: 0 }, 10, 10).size, SIZE_MAX)
  assert.equal(zoomAt({ x: 0.5, y: 0.5, size: 1024 }, 1e-9, { x: 0, y: 0 }, 10, 10).size, SIZE_MIN)
  assert.deepEqual(tidyView({ x: 7, y: -1, size: 512 }), { x: 1, y: 0, size: 512 })
})

test('map: a box is all in sight, and asked for as text', () => {
  const box = { south: 22, west: 120, north: 25.3, east: 122 }
  const seen = boxOf(fit(box, 800, 600), 800, 600)
  assert.ok(seen.south < 22 && seen.north > 25.3 && seen.west < 120 && seen.east > 122)
  assert.equal(boxText({ south: -1.000001, west: 2, north: 3.000001, east: 4 }), '-1.00001,2,3.00001,4')
  const point = fit({ south: 25, west: 121, north: 25, east: 121 }, 800, 600, 5000)
  assert.equal(point.size, 5000)
})

test('map: kilometres', () => near(distance({ lat: 25.033, lon: 121.5654 }, { lat: 22.6273, lon: 120.3014 }), 297, 2))

const square = ringOf([[-10, -10], [10, -10], [10, 10], [-10, 10]])

test('map: of a coast only what is in the window is drawn', () => {
  const { left, right, top, bottom } = square.box
  const middle = (left + right) / 2
  assert.equal(clip(square, { left: right + 0.1, right: 1, top, bottom }).length, 0)
  assert.equal(clip(square, { left: 0, right: 1, top: 0, bottom: 1 }).length, 8)
  const half = clip(square, { left: 0, right: middle, top: 0, bottom: 1 })
  assert.equal(half.length, 8)
  near(Math.max(...half.filter((_, i) => i % 2 === 0)), middle)
  /* A window within the land is all land. */
  const within = clip(square, { left: middle - 1e-3, right: middle + 1e-3, top: 0.499, bottom: 0.501 })
  near(Math.max(...within.filter((_, i) => i % 2 === 0)) - Math.min(...within.filter((_, i) => i % 2 === 0)), 2e-3)
})

test('map: the outline of the land is whole', () => {
  const file = path.join(import.meta.dirname, '..', 'node_modules', 'world-atlas', 'land-50m.json')
  const all = rings(JSON.parse(readFileSync(file, 'utf8')) as Topology)
  assert.ok(all.length > 1000)
  for (const ring of all) assert.deepEqual(ring[0], ring.at(-1))
})

test('map: marks that would lie on one another become one', () => {
  const cell = (lat: string, lon: string, count = 1): Cell => ({ count, lat, lon, ...(count === 1 ? { id: lat, title: lat } : {}) })
  const view = tidyView({ ...project(25, 121), size: 4096 })
  const far = gather([cell('25', '121'), cell('28', '121'), cell('25', '125', 40)], view, () => 8)
  assert.equal(far.length, 3)
  const near = gather([cell('25', '121'), cell('25.001', '121.001'), cell('25.01', '121', 8)], view, () => 8)
  assert.equal(near.length, 1)
  assert.deepEqual([near[0]?.count, near[0]?.id, near[0]?.south, near[0]?.north], [10, undefined, '25', '25.01'])
})
