/* targets.ts - what a column of a file can go into. */
import { canType } from '../../fields/index.tsx'
import type { Address, Field, ObjectMeta } from '../../lib/types.ts'
import { type Plan, takenFields } from './plan.ts'

const PARTS = ['street', 'city', 'region', 'postcode', 'country'] as const

/* A field, or a part of an address ("billing_address.city"). */
export interface Target {
  name: string
  field: Field
  part?: keyof Address
}

export function targetsOf(object: ObjectMeta): Target[] {
  return object.fields
    .filter((f) => canType(f) && f.type !== 'file')
    .flatMap((field) => [
      { name: field.name, field },
      ...(field.type === 'address' ? PARTS.map((part) => ({ name: `${field.name}.${part}`, field, part })) : []),
    ])
}

/* Fields without which no record can be made. */
export function missingFields(object: ObjectMeta, plan: Plan): Field[] {
  const taken = takenFields(plan)
  return object.fields.filter((f) => f.required && canType(f) && f.default === undefined && !taken.has(f.name))
}
