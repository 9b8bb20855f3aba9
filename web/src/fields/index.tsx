/* index.tsx - finds the field types: a folder is a type. */
import { asText, type CellProps, type FieldType } from './type.ts'
import type { Field, Json } from '../lib/types.ts'

const found = import.meta.glob<{ default: FieldType }>('./*/index.tsx', { eager: true })
const types = new Map(Object.values(found).map((m) => [m.default.name, m.default]))
const text = types.get('text') as FieldType

/* A formula shows as what it gives. */
export function typeOf(field: Field): FieldType {
  const own = types.get(field.type)
  if (field.type !== 'formula' && field.type !== 'rollup') return own ?? text
  const given = field.returns ? types.get(field.returns) : undefined
  return given ? { ...given, Input: null } : (own ?? text)
}

export function canType(field: Field): boolean {
  return !field.readonly && (!field.system || field.name === 'owner') && typeOf(field).Input !== null
}

/* What one may type in a cell of a list. */
export function canTypeInCell(field: Field): boolean {
  return canType(field) && !field.name.includes('.') && typeOf(field).inCell !== false
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

export function FieldCell(props: CellProps) {
  const { Cell } = typeOf(props.field)
  if (isEmpty(props.value)) return props.page ? <span className="dim">—</span> : null
  return <Cell {...props} />
}

export function toWire(field: Field, value: unknown): Json {
  const { toWire: convert } = typeOf(field)
  if (convert) return convert(value)
  return typeof value === 'object' && value !== null ? (value as Json) : asText(value) || null
}

export type { CellProps, FieldType, InputProps, OperandProps } from './type.ts'
