/*
 * drag.ts - a card is lifted, carried over the columns and put down: by mouse at once, by finger after
 * resting on it.
 *
 * While a card is carried nothing is drawn anew: a picture of it follows the pointer, and the columns
 * say by an attribute where it may go.  Cards are `article[data-id][data-movable]`, columns
 * `section[data-state]`, inside the board that is listened to.
 */
import { afterPaint } from '../../lib/paint.ts'
import styles from './board.module.css'

export interface DragDoes {
  /* Where this card may go. */
  targets: (id: string) => string[]
  drop: (id: string, state: string) => void
}

const SLIP_PX = 6 /* a click may move as far */
const REST_MS = 250
const REST_SLIP_PX = 8
const EDGE_PX = 56 /* so near the side the board scrolls along */
const EDGE_STEP_PX = 14

interface Place {
  column: HTMLElement
  left: number
  right: number
}

function picture(card: HTMLElement): HTMLElement {
  const copy = card.cloneNode(true) as HTMLElement
  copy.className = `${styles.card} ${styles.lifted}`
  copy.ariaHidden = 'true'
  copy.inert = true
  delete copy.dataset.id
  for (const e of copy.querySelectorAll('[id]')) e.removeAttribute('id')
  copy.style.width = `${card.offsetWidth}px`
  document.body.append(copy)
  return copy
}

/* From lifting to putting down; the function given back ends it. */
function carry(board: HTMLElement, card: HTMLElement, start: PointerEvent, does: DragDoes) {
  const id = card.dataset.id ?? ''
  const from = card.closest<HTMLElement>('section[data-state]')
  const targets = does.targets(id)
  const box = card.getBoundingClientRect()
  const area = board.getBoundingClientRect()
  const scrolled = board.scrollLeft
  const columns = [...board.querySelectorAll<HTMLElement>('section[data-state]')]
  const places: Place[] = columns.map((column) => {
    const { left, right } = column.getBoundingClientRect()
    return { column, left, right }
  })
  const shown = picture(card)
  let over: HTMLElement | null = null
  let [x, y] = [start.clientX, start.clientY]
  let timer = 0
  const placeAt = () => {
    const at = x + board.scrollLeft - scrolled
    const inside = y >= area.top && y <= area.bottom
    return (inside && places.find((p) => at >= p.left && at <= p.right)?.column) || null
  }
  const follow = () => {
    shown.style.transform = `translate(${box.left + x - start.clientX}px, ${box.top + y - start.clientY}px) rotate(2deg)`
    const now = placeAt()
    if (now === over) return
    if (over) delete over.dataset.over
    if (now && now !== from) now.dataset.over = 'true'
    over = now
  }
  const side = () => (x < area.left + EDGE_PX ? -1 : x > area.right - EDGE_PX ? 1 : 0)
  const scroll = () => {
    timer = 0
    if (!side()) return
    board.scrollLeft += side() * EDGE_STEP_PX
    follow()
    timer = requestAnimationFrame(scroll)
  }
  board.dataset.carrying = 'true'
  card.dataset.dragging = 'true'
  for (const { column } of places) if (column !== from) column.dataset.target = targets.includes(column.dataset.state ?? '') ? 'yes' : 'no'
  follow()
  const clear = () => {
    shown.remove()
    delete card.dataset.dragging
  }
  return {
    move: (e: PointerEvent) => {
      ;[x, y] = [e.clientX, e.clientY]
      follow()
      if (side() && !timer) timer = requestAnimationFrame(scroll)
    },
    end: (put: boolean) => {
      cancelAnimationFrame(timer)
      delete board.dataset.carrying
      for (const { column } of places) {
        delete column.dataset.target
        delete column.dataset.over
      }
      const state = put && over !== from ? over?.dataset.state : undefined
      if (!state) return clear()
      /* It lies where it was put until the columns are drawn. */
      afterPaint(() => {
        does.drop(id, state)
        afterPaint(clear)
      })
    },
  }
}

/* The click that belongs to letting go is none. */
function swallowClick() {
  const stop = (e: Event) => {
    e.preventDefault()
    e.stopPropagation()
  }
  document.addEventListener('click', stop, { capture: true, once: true })
  window.setTimeout(() => document.removeEventListener('click', stop, { capture: true }), 50)
}

export function listenForDrags(board: HTMLElement, does: DragDoes): () => void {
  let carried: ReturnType<typeof carry> | null = null
  let stop: (() => void) | null = null
  const end = (put: boolean) => {
    stop?.()
    stop = null
    if (!carried) return
    carried.end(put)
    carried = null
    swallowClick()
  }
  const down = (start: PointerEvent) => {
    const target = start.target as Element
    const card = target.closest<HTMLElement>('article[data-movable]')
    if (!card || start.button !== 0 || !start.isPrimary || target.closest('button')) return
    end(false)
    const finger = start.pointerType === 'touch'
    const lift = (e: PointerEvent) => (carried = carry(board, card, e, does))
    const rest = finger ? window.setTimeout(() => lift(start), REST_MS) : 0
    const mine = (e: PointerEvent) => e.pointerId === start.pointerId
    const move = (e: PointerEvent) => {
      if (!mine(e)) return
      const far = Math.hypot(e.clientX - start.clientX, e.clientY - start.clientY)
      if (carried) carried.move(e)
      else if (finger) far > REST_SLIP_PX && end(false)
      else if (far > SLIP_PX) lift(start).move(e)
    }
    const up = (e: PointerEvent) => mine(e) && end(true)
    const cancel = (e: PointerEvent) => mine(e) && end(false)
    const key = (e: KeyboardEvent) => e.key === 'Escape' && end(false)
    const menu = (e: Event) => finger && e.preventDefault()
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', up)
    window.addEventListener('pointercancel', cancel)
    window.addEventListener('keydown', key)
    window.addEventListener('contextmenu', menu)
    stop = () => {
      window.clearTimeout(rest)
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', up)
      window.removeEventListener('pointercancel', cancel)
      window.removeEventListener('keydown', key)
      window.removeEventListener('contextmenu', menu)
    }
  }
  /* What is carried does not scroll the page. */
  const hold = (e: TouchEvent) => carried && e.cancelable && e.preventDefault()
  board.addEventListener('pointerdown', down)
  board.addEventListener('touchmove', hold, { passive: false })
  return () => {
    end(false)
    board.removeEventListener('pointerdown', down)
    board.removeEventListener('touchmove', hold)
  }
}
