/*
 * edits.ts - a change of one record shown at once, in every list that has it, before the server
 * has answered; and the way back.
 */
import type { InfiniteData } from '@tanstack/react-query'
import { Offline, patch } from './api.ts'
import { titleOf } from './meta.ts'
import { queryClient } from './queries.ts'
import { inTurn } from './turns.ts'
import type { Json, ObjectMeta, Rec, RecordPage } from './types.ts'

type Listed = InfiniteData<RecordPage> | RecordPage

function mapRows<T>(data: T, change: (rows: Rec[]) => Rec[]): T {
  if (typeof data !== 'object' || data === null) return data
  if ('pages' in data) {
    const { pages } = data as unknown as InfiniteData<RecordPage>
    return { ...data, pages: pages.map((p) => ({ ...p, rows: change(p.rows) })) }
  }
  if ('rows' in data) return { ...data, rows: change((data as unknown as RecordPage).rows) }
  return data
}

/* Lists know only some fields of a record; the others are not added. */
export function patchLists(object: string, id: string, values: Record<string, unknown>) {
  const merge = (row: Rec): Rec => {
    const known = Object.entries(values).filter(([name]) => name in row)
    return { ...row, ...Object.fromEntries(known) } as Rec
  }
  queryClient.setQueriesData<Listed>({ queryKey: ['list', object] }, (data) =>
    data && mapRows(data, (rows) => (rows.some((r) => r.id === id) ? rows.map((r) => (r.id === id ? merge(r) : r)) : rows)),
  )
}

export interface Edit {
  object: ObjectMeta
  record: Rec
  /* As the page shows it … */
  before: Record<string, unknown>
  after: Record<string, unknown>
  /* … and as the server takes it. */
  wire: Record<string, Json>
  wireBefore: Record<string, Json>
}

/* Without the network it waits on this device; false: it cannot be kept there either. */
export async function storeEdit({ object, record, wire, before, after }: Omit<Edit, 'wireBefore'>): Promise<boolean> {
  try {
    const { add, newKey } = await import('./offline/queue.ts')
    const { id, version } = record
    const base = { ...record, ...before }
    await add({ method: 'PATCH', path: `/${object.name}/${id}`, body: wire, version, kind: 'edit', object: object.name, id, title: titleOf(object, record), look: after, base, key: newKey() }, 0)
    return true
  } catch {
    return false
  }
}

/* Throws what the server says, after putting the old values back; null: it waits to be sent. */
export async function saveEdit(edit: Edit): Promise<Rec | null> {
  const { object, record } = edit
  patchLists(object.name, record.id, edit.after)
  try {
    const address = `/${object.name}/${record.id}`
    const { saved, last } = await inTurn(address, record.version, (now) => patch<Rec>(address, edit.wire, now))
    patchLists(object.name, record.id, last ? saved : { version: saved.version })
    queryClient.setQueryData(['record', object.name, record.id], saved)
    void queryClient.invalidateQueries({ queryKey: ['groups', object.name] })
    return saved
  } catch (error) {
    if (error instanceof Offline && (await storeEdit(edit))) return null
    patchLists(object.name, record.id, edit.before)
    throw error
  }
}

/* The same edit the other way round, on the record as it is after it. */
export function backwards(edit: Edit, saved: Rec): Edit {
  return {
    object: edit.object,
    record: saved,
    before: edit.after,
    after: edit.before,
    wire: edit.wireBefore,
    wireBefore: edit.wire,
  }
}
