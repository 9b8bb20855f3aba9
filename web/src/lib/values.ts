/* values.ts - what a form holds: before, while and after people type. */
import { processOf } from './meta.ts'
import type { Field, Json, Meta, ObjectMeta, Session } from './types.ts'

export type Values = Record<string, unknown>

/* Defaults that need computing are left to the server. */
export function freshValues(meta: Meta, object: ObjectMeta, session: Session | null): Values {
  const values: Values = {}
  for (const field of object.fields) {
    const given = field.default
    if (given !== undefined && given !== null && typeof given !== 'object') values[field.name] = given
  }
  const process = processOf(meta, object)
  if (process) values[process.field.name] ??= process.process.start ?? process.process.states[0]?.code
  const owner = object.fields.find((f) => f.name === 'owner')
  if (object.owned && owner && session)
    values.owner = { id: session.user.id, title: session.user.display_name || session.user.name }
  return values
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/* What differs between two states of a record, as the server takes it. */
export function changed(
  fields: readonly Field[],
  before: Values,
  after: Values,
  wire: (field: Field, value: unknown) => Json,
): Record<string, Json> {
  const out: Record<string, Json> = {}
  for (const field of fields) {
    const now = wire(field, after[field.name])
    if (!same(wire(field, before[field.name]), now)) out[field.name] = now
  }
  return out
}

/* "address.city" and "/amount" both belong to the field they begin with. */
export function errorField(path: string | undefined): string {
  return (path ?? '').replace(/^[/$.]+/, '').split(/[./[]/)[0] ?? ''
}
