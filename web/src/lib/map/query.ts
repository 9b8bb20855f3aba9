/* query.ts - what the map asks the server: squares with numbers, and some records by name. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get } from '../api.ts'
import type { Field, ObjectMeta } from '../types.ts'

export interface Cell {
  count: number
  lat: string
  lon: string
  id?: string
  title?: string
  south?: string
  west?: string
  north?: string
  east?: string
}
export interface Spot {
  id: string
  title: string
  lat: string
  lon: string
}
export interface MapPage {
  inside: number
  outside: number
  cells: Cell[]
  rows: Spot[]
}

export interface MapAsk {
  field: string
  filter?: string | undefined
  q?: string | undefined
  box?: string | undefined
  columns?: number
  rows?: number
}

/* As many as the named rows the server gives, and a filter may hold. */
export const SELECT_MAX = 300

export const placeFields = (object: ObjectMeta): Field[] => object.fields.filter((f) => f.type === 'location')

export const mapQuery = (object: string, ask: MapAsk) =>
  queryOptions({
    queryKey: ['map', object, ask],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<MapPage>(`/${object}/map`, { ...ask }, signal),
  })
