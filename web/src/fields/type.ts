/*
 * type.ts - what a field type is to the screen.  Each type has a folder here with an index.tsx
 * that exports one of these; nothing else in the program looks at a field's type by name.
 */
import type { ComponentType } from 'react'
import type { Kind, Op } from '../lib/expr.ts'
import type { Field, Json } from '../lib/types.ts'

export interface CellProps {
  field: Field
  value: unknown
  /* On a record's page, where there is room and links are useful; else in a list. */
  page?: boolean
}

export interface InputProps {
  field: Field
  value: unknown
  onChange: (value: unknown) => void
  /* In a form the label stands above; edited in place it is only spoken. */
  label: string
  bare?: boolean
  help?: string | undefined
  error?: string | undefined
  required?: boolean
  autoFocus?: boolean
}

/* What a condition compares with, always as text. */
export interface OperandProps {
  field: Field
  value: string
  onChange: (value: string) => void
  label: string
}

export interface FieldType {
  name: string
  kind: Kind
  ops: readonly Op[]
  Cell: ComponentType<CellProps>
  /* null: made by the server, never typed. */
  Input: ComponentType<InputProps> | null
  Operand: ComponentType<OperandProps>
  align?: 'end'
  width: number
  /* Too large, or with rules of its own: not typed in the cell of a list. */
  inCell?: false
  /* Takes the whole row of a form. */
  wide?: boolean
  /* From what Input holds to what the server takes. */
  toWire?: (value: unknown) => Json
}

export const TEXT_OPS: readonly Op[] = ['contains', 'starts', 'ends', 'eq', 'ne', 'empty', 'not_empty']
export const NUMBER_OPS: readonly Op[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'between', 'empty', 'not_empty']
export const DATE_OPS: readonly Op[] = ['period', 'today', 'last_days', 'next_days', 'lt', 'ge', 'between', 'empty', 'not_empty']
export const CHOICE_OPS: readonly Op[] = ['in', 'not_in', 'empty', 'not_empty']

/* The label and messages of one input, for Mantine's wrappers. */
export function wrapper(props: InputProps) {
  return {
    ...(props.bare ? { 'aria-label': props.label } : { label: props.label }),
    description: props.bare ? undefined : props.help,
    error: props.error,
    withAsterisk: props.required ?? false,
    'aria-required': props.required ?? false,
    autoFocus: props.autoFocus ?? false,
    name: props.field.name,
    'data-field': props.field.name,
    ...(props.autoFocus ? { 'data-autofocus': true } : {}),
  }
}

export function asText(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}

/* Full-width digits and thousands separators are how many people type numbers. */
export function cleanNumber(typed: string): string {
  return typed.normalize('NFKC').replace(/[,\s]/g, '')
}
