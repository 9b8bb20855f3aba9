/*
 * Canvas.tsx - the map itself: land, and what stands on it, drawn on a canvas.  Drag, wheel, pinch,
 * arrows and + − move it; with `selecting` a drag draws a rectangle instead.  What is drawn stands
 * as a list of buttons beside it as well, so nothing here needs a pointer.
 */
import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from 'react'
import { landRings } from '../../lib/map/land.ts'
import { type Box, pan, type Point, project, toScreen, toWorld, unproject, type View, zoomAt } from '../../lib/map/mercator.ts'
import type { Cell } from '../../lib/map/query.ts'
import { clip, type Ring } from '../../lib/map/topology.ts'
import styles from './map.module.css'

export interface CanvasProps {
  label: string
  view: View
  onView: (view: View) => void
  onSize: (width: number, height: number) => void
  cells: readonly Cell[]
  here: { lat: number; lon: number } | null
  chosen: string
  onCell: (cell: Cell) => void
  selecting: boolean
  onSelect: (box: Box) => void
}

const STEP = 80
const ZOOM = 1.6
const CLICK_PX = 6
const HIT_PX = 22

export const radiusOf = (count: number) => (count === 1 ? 7 : Math.min(34, 11 + 4 * Math.log10(count) * 1.6))

interface Colours {
  sea: string
  land: string
  coast: string
  dot: string
  ink: string
  ring: string
}

function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element)
  const of = (name: string) => style.getPropertyValue(name).trim()
  return { sea: of('--map-sea'), land: of('--map-land'), coast: of('--map-coast'), dot: of('--mantine-color-brand-filled'), ink: '#ffffff', ring: of('--gx-surface') }
}

const MARGIN_PX = 12
/* Steps shorter than this are not seen. */
const STEP_PX = 0.7

function drawLand(c: CanvasRenderingContext2D, land: readonly Ring[], view: View, width: number, height: number, colours: Colours) {
  const a = toWorld(view, { x: -MARGIN_PX, y: -MARGIN_PX }, width, height)
  const b = toWorld(view, { x: width + MARGIN_PX, y: height + MARGIN_PX }, width, height)
  const least = STEP_PX / view.size
  c.beginPath()
  for (const ring of land) {
    if (ring.box.right - ring.box.left < least && ring.box.bottom - ring.box.top < least) continue
    const points = clip(ring, { left: a.x, top: a.y, right: b.x, bottom: b.y })
    let [lastX, lastY] = [Infinity, Infinity]
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0]
      if (Math.abs(x - lastX) < least && Math.abs(y - lastY) < least) continue
      const at = toScreen(view, { x, y }, width, height)
      if (lastX === Infinity) c.moveTo(at.x, at.y)
      else c.lineTo(at.x, at.y)
      lastX = x
      lastY = y
    }
    if (lastX !== Infinity) c.closePath()
  }
  c.fillStyle = colours.land
  c.fill('evenodd')
  c.strokeStyle = colours.coast
  c.lineWidth = 1
  c.stroke()
}

function draw(canvas: HTMLCanvasElement, land: readonly Ring[] | null, p: CanvasProps, width: number, height: number, rectangle: [Point, Point] | null) {
  const c = canvas.getContext('2d')
  if (!c) return
  const scale = window.devicePixelRatio || 1
  const colours = coloursOf(canvas)
  const { view } = p
  c.setTransform(scale, 0, 0, scale, 0, 0)
  c.fillStyle = colours.sea
  c.fillRect(0, 0, width, height)
  if (land) drawLand(c, land, view, width, height, colours)
  c.textAlign = 'center'
  c.textBaseline = 'middle'
  for (const cell of p.cells) {
    const at = toScreen(view, project(Number(cell.lat), Number(cell.lon)), width, height)
    const radius = radiusOf(cell.count)
    c.beginPath()
    c.arc(at.x, at.y, radius, 0, 2 * Math.PI)
    c.fillStyle = colours.dot
    c.fill()
    c.lineWidth = cell.id !== undefined && cell.id === p.chosen ? 4 : 2
    c.strokeStyle = colours.ring
    c.stroke()
    if (cell.count > 1) {
      c.fillStyle = colours.ink
      c.font = `600 ${radius > 20 ? 13 : 11}px system-ui, sans-serif`
      c.fillText(cell.count < 10_000 ? String(cell.count) : `${Math.round(cell.count / 1000)}k`, at.x, at.y)
    }
  }
  if (p.here) {
    const at = toScreen(view, project(p.here.lat, p.here.lon), width, height)
    c.beginPath()
    c.arc(at.x, at.y, 8, 0, 2 * Math.PI)
    c.lineWidth = 3
    c.strokeStyle = '#2f6fde'
    c.stroke()
  }
  if (rectangle) {
    const [a, b] = rectangle
    c.setLineDash([6, 4])
    c.lineWidth = 2
    c.strokeStyle = colours.dot
    c.strokeRect(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.abs(a.x - b.x), Math.abs(a.y - b.y))
    c.setLineDash([])
  }
}

export function MapCanvas(props: CanvasProps) {
  const { view, onView, onSize, cells, selecting } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const [land, setLand] = useState<Ring[] | null>(null)
  const [[width, height], setSize] = useState<[number, number]>([0, 0])
  const [rectangle, setRectangle] = useState<[Point, Point] | null>(null)
  const pointers = useRef(new Map<number, Point>())
  const moved = useRef(0)
  useEffect(() => void landRings().then(setLand, () => setLand(null)), [])
  useEffect(() => {
    const element = canvas.current?.parentElement
    if (!element) return
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return
      const { width: w, height: h } = entry.contentRect
      setSize([w, h])
      onSize(w, h)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [onSize])
  useEffect(() => {
    const element = canvas.current
    if (!element || width === 0) return
    const frame = requestAnimationFrame(() => draw(element, land, props, width, height, rectangle))
    return () => cancelAnimationFrame(frame)
  })
  /* React listens to wheels passively; the page must not scroll along. */
  const wheel = useCallback(
    (e: WheelEvent) => {
      e.preventDefault()
      onView(zoomAt(view, Math.exp(-e.deltaY / 300), { x: e.offsetX, y: e.offsetY }, width, height))
    },
    [view, onView, width, height],
  )
  useEffect(() => {
    const element = canvas.current
    element?.addEventListener('wheel', wheel, { passive: false })
    return () => element?.removeEventListener('wheel', wheel)
  }, [wheel])

  const at = (e: PointerEvent): Point => {
    const { left, top } = e.currentTarget.getBoundingClientRect()
    return { x: e.clientX - left, y: e.clientY - top }
  }
  const down = (e: PointerEvent) => {
    e.currentTarget.setPointerCapture(e.pointerId)
    pointers.current.set(e.pointerId, at(e))
    moved.current = 0
    if (selecting) setRectangle([at(e), at(e)])
  }
  const move = (e: PointerEvent) => {
    const before = pointers.current.get(e.pointerId)
    if (!before) return
    const now = at(e)
    moved.current += Math.abs(now.x - before.x) + Math.abs(now.y - before.y)
    const other = [...pointers.current].find(([id]) => id !== e.pointerId)?.[1]
    pointers.current.set(e.pointerId, now)
    if (rectangle) return setRectangle([rectangle[0], now])
    if (!other) return onView(pan(view, now.x - before.x, now.y - before.y))
    const spread = (p: Point) => Math.hypot(p.x - other.x, p.y - other.y)
    onView(zoomAt(view, spread(now) / Math.max(spread(before), 1), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }, width, height))
  }
  const up = (e: PointerEvent) => {
    const was = pointers.current.delete(e.pointerId)
    if (rectangle) {
      const [a, b] = rectangle.map((p) => unproject(toWorld(view, p, width, height)))
      setRectangle(null)
      if (a && b && moved.current > CLICK_PX) props.onSelect({ south: Math.min(a.lat, b.lat), north: Math.max(a.lat, b.lat), west: Math.min(a.lon, b.lon), east: Math.max(a.lon, b.lon) })
    } else if (was && moved.current <= CLICK_PX) {
      const p = at(e)
      const near = cells
        .map((cell) => {
          const s = toScreen(view, project(Number(cell.lat), Number(cell.lon)), width, height)
          return { cell, far: Math.hypot(s.x - p.x, s.y - p.y) - radiusOf(cell.count) }
        })
        .sort((x, y) => x.far - y.far)[0]
      if (near && near.far < HIT_PX - 7) props.onCell(near.cell)
    }
  }
  const key = (e: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }
    const step = steps[e.key]
    const middle = { x: width / 2, y: height / 2 }
    if (step) onView(pan(view, ...step))
    else if (e.key === '+' || e.key === '=') onView(zoomAt(view, ZOOM, middle, width, height))
    else if (e.key === '-') onView(zoomAt(view, 1 / ZOOM, middle, width, height))
    else return
    e.preventDefault()
  }
  const scale = window.devicePixelRatio || 1
  return (
    <canvas
      ref={canvas}
      role="img"
      tabIndex={0}
      aria-label={props.label}
      className={styles.canvas}
      data-selecting={selecting || undefined}
      data-land={land !== null || undefined}
      width={Math.round(width * scale)}
      height={Math.round(height * scale)}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onKeyDown={key}
    />
  )
}
