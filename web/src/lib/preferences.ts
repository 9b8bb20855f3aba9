/*
 * preferences.ts - how a person likes the screens, kept on the server, so that it follows from the desk
 * to the phone.  Each part of the screens has one by its name.
 */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { get, patch, post, Problem } from './api.ts'
import { queryClient } from './queries.ts'
import type { Rec, RecordPage } from './types.ts'

/* Under "list", so that what another device writes is news here (lib/live.ts). */
const preferencesQuery = queryOptions({
  queryKey: ['list', 'preference', 'mine'],
  staleTime: 60_000,
  queryFn: async ({ signal }) =>
    (await get<RecordPage>('/preference', { filter: 'owner = me', fields: 'name,value', limit: 200 }, signal)).rows,
})

function read<T>(rows: readonly Rec[] | undefined, name: string): T | null {
  const text = rows?.find((r) => r.name === name)?.value
  try {
    return typeof text === 'string' ? (JSON.parse(text) as T) : null
  } catch {
    return null
  }
}

/* null: nothing was said yet; `ready` once that is known. */
export function usePreference<T>(name: string): { value: T | null; ready: boolean } {
  const { data, isPending } = useQuery(preferencesQuery)
  return { value: read<T>(data, name), ready: !isPending }
}

async function write(name: string, value: string): Promise<void> {
  const known = (queryClient.getQueryData(preferencesQuery.queryKey) ?? []).find((r) => r.name === name && r.id)
  if (known) await patch(`/preference/${known.id}`, { value })
  else await post('/preference', { name, value })
}

/* On the screen at once; another device may have been faster with the first one. */
export async function savePreference(name: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value)
  await queryClient.cancelQueries({ queryKey: preferencesQuery.queryKey })
  queryClient.setQueryData(preferencesQuery.queryKey, (rows) => {
    const old = (rows ?? []).find((r) => r.name === name)
    const next = { ...(old ?? ({ id: '', version: 0, name } as unknown as Rec)), value: text }
    return [...(rows ?? []).filter((r) => r !== old), next]
  })
  try {
    await write(name, text)
  } catch (error) {
    await queryClient.refetchQueries({ queryKey: preferencesQuery.queryKey })
    if (!(error instanceof Problem) || error.status !== 409) throw error
    await write(name, text)
  }
  await queryClient.invalidateQueries({ queryKey: preferencesQuery.queryKey })
}
