/* toast.ts - short messages at the edge of the screen, some with a way back. */
import { useSyncExternalStore } from 'react'

export interface Toast {
  id: number
  kind: 'done' | 'wrong'
  text: string
  undo?: { label: string; run: () => void }
}

const STAY_MS = 6_000
const STAY_WITH_UNDO_MS = 12_000

let toasts: readonly Toast[] = []
let last = 0
const listeners = new Set<() => void>()

function set(next: readonly Toast[]) {
  toasts = next
  for (const listener of listeners) listener()
}

export function closeToast(id: number) {
  set(toasts.filter((t) => t.id !== id))
}

export function toast(text: string, { stay, ...more }: Partial<Pick<Toast, 'kind' | 'undo'>> & { stay?: boolean } = {}) {
  const id = ++last
  set([...toasts.slice(-2), { id, kind: 'done', text, ...more }])
  if (!stay) window.setTimeout(() => closeToast(id), more.undo ? STAY_WITH_UNDO_MS : STAY_MS)
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts)
}
