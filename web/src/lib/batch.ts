/*
 * batch.ts - changes of many records: asked for, followed until they are over, taken back.
 *
 * They go on in the server whatever page is shown, so what is under way lives here, not in a page.
 */
import { useSyncExternalStore } from 'react'
import { get, post, Problem } from './api.ts'
import { forget } from './queries.ts'
import type { Selection } from './selection.ts'
import type { Json } from './types.ts'

export interface Batch {
  id: string
  object: string
  action: 'update' | 'delete' | 'restore' | 'cells' | 'put' | 'take' | 'relocate'
  state: 'running' | 'done' | 'cancelled' | 'failed' | 'undoing' | 'undone'
  total: number | null
  done: number
  changed: number
  same: number
  refused: number
  kept: number
  problem: string
}

export interface BatchRow {
  id: string
  title: string
  action: 'refused' | 'kept'
  errors: { path: string; code: string; detail: string }[]
}

export interface Preview {
  matched: number | null
  allowed: number | null
  rows?: { id: string; title: string; values: Record<string, unknown>; errors: { path: string; detail: string }[] }[]
}

export type BatchAsk = { action: Batch['action'] } & { [key: string]: Json }

/* Which records are meant, as the server takes it. */
export function meant(selection: Selection, ask: { filter?: string; q?: string }): { [key: string]: Json } {
  if (!selection.all) return { ids: [...selection.ids] }
  return {
    ...(ask.filter ? { filter: ask.filter } : {}),
    ...(ask.q ? { q: ask.q } : {}),
    ...(selection.ids.size ? { ids: [...selection.ids], except: true } : {}),
  }
}

const POLL_MS = 350
let batches: readonly Batch[] = []
const listeners = new Set<() => void>()

function set(next: readonly Batch[]) {
  batches = next
  for (const listener of listeners) listener()
}

function put(batch: Batch) {
  set(batches.some((b) => b.id === batch.id) ? batches.map((b) => (b.id === batch.id ? batch : b)) : [...batches, batch])
}

export const busy = (b: Batch) => b.state === 'running' || b.state === 'undoing'

async function follow(batch: Batch) {
  put(batch)
  let now = batch
  while (busy(now)) {
    await new Promise((resolve) => window.setTimeout(resolve, POLL_MS))
    try {
      now = await get<Batch>(`/batch/${batch.id}`)
    } catch (error) {
      if (error instanceof Problem) return closeBatch(batch.id)
      continue
    }
    put(now)
  }
  await forget(now.object)
}

export const previewBatch = (object: string, ask: BatchAsk) => post<Preview>(`/${object}/batch/preview`, ask)

export async function startBatch(object: string, ask: BatchAsk) {
  void follow(await post<Batch>(`/${object}/batch`, ask))
}
export async function undoBatch(batch: Batch) {
  void follow(await post<Batch>(`/batch/${batch.id}/undo`))
}
export async function cancelBatch(batch: Batch) {
  await post(`/batch/${batch.id}/cancel`).catch(() => null)
}
export function closeBatch(id: string) {
  set(batches.filter((b) => b.id !== id))
}

export function useBatches(): readonly Batch[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => batches,
  )
}
