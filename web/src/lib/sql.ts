/*
 * sql.ts - asking in SQL: what may be asked of, the answer line by line, saved questions.
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, get, patch, post, remove } from './api.ts'
import type { Link, RecordPage } from './types.ts'

export interface SqlLabel {
  en: string
  'zh-Hant': string
}
export interface SqlColumn {
  name: string
  type: string
  label: SqlLabel
  computed: boolean
  masked: boolean
  to?: string
  choices?: { code: string; label: SqlLabel }[]
}
export interface SqlTable {
  name: string
  label: SqlLabel
  doc: string
  columns: SqlColumn[]
}
export interface SqlSchema {
  tables: SqlTable[]
  functions: string[]
}
export interface SqlCheck {
  columns: { name: string; type: string }[]
  tables: { name: string; label: string; rows: number }[]
  cost: 'low' | 'medium' | 'high'
  crossings: number
  reading: string
}
export type Cell = string | number | boolean | null
export interface SqlAsked {
  at: string
  sql: string
  rows: number
  ms: number
  end: 'done' | 'more' | 'failed' | 'stopped'
  file: boolean
}
export interface SavedSql {
  id: string
  version: number
  name: string
  sql: string
  shared: boolean
  owner: Link | null
}
export interface SqlError {
  detail: string
  at?: number
}

/* What a line of the answer says. */
interface Line {
  run?: string
  columns?: { name: string; type: string }[]
  rows?: Cell[][]
  progress?: number
  end?: { rows: number; more: boolean; ms: number }
  error?: SqlError
}

export const sqlSchemaQuery = queryOptions({
  queryKey: ['sql', 'schema'],
  staleTime: 60_000,
  queryFn: ({ signal }) => get<SqlSchema>('/sql/schema', {}, signal),
})
export const sqlHistoryQuery = queryOptions({
  queryKey: ['sql', 'history'],
  queryFn: ({ signal }) => get<{ rows: SqlAsked[] }>('/sql/history', { limit: 30 }, signal),
})
export const sqlSavedQuery = queryOptions({
  queryKey: ['sql', 'saved'],
  queryFn: async ({ signal }) => (await get<RecordPage>('/sql_query', { limit: 200, sort: 'name' }, signal)).rows as unknown as SavedSql[],
})

export const checkSql = (sql: string, signal?: AbortSignal) => post<SqlCheck>('/sql', { sql, check: true }, { signal })
export const cancelSql = (run: string) => post('/sql/cancel', { run })
export const saveSql = (name: string, sql: string, shared: boolean, over?: SavedSql) =>
  over ? patch(`/sql_query/${over.id}`, { name, sql, shared }, over.version) : post('/sql_query', { name, sql, shared })
export const deleteSql = (saved: SavedSql) => remove(`/sql_query/${saved.id}`, saved.version)

/* Text in pieces into whole lines; what is left of the last one is given back. */
export function splitLines(text: string, each: (line: string) => void): string {
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  for (const line of lines) if (line) each(line)
  return rest
}

export async function runSql(sql: string, signal: AbortSignal, take: (line: Line) => void): Promise<void> {
  const reply = await ask('POST', '/sql', { body: { sql }, signal })
  const reader = reply.body?.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  while (reader) {
    const { done, value } = await reader.read()
    rest = splitLines(rest + decoder.decode(value, { stream: !done }), (line) => take(JSON.parse(line) as Line))
    if (done) break
  }
}

/* The whole answer as a file. */
export async function downloadSql(sql: string) {
  const reply = await ask('POST', '/sql', { body: { sql, format: 'csv' } })
  const url = URL.createObjectURL(await reply.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = 'query.csv'
  link.click()
  URL.revokeObjectURL(url)
}

/* A place that the server says in bytes, in a text of this side. */
export function placeOf(text: string, bytes: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes)).length
}

export const isNumberType = (type: string) => /^(INTEGER|BIGINT|HUGEINT|DOUBLE|DECIMAL)/.test(type)
