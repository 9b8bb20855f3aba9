/* merge.ts - three versions of a record: as I found it, as I want it, as it is now; pure. */
import type { Field, Json, Rec } from './types.ts'
import type { Values } from './values.ts'

export interface Merge {
  /* Changed by both, and not alike: somebody has to choose. */
  both: Field[]
  /* Changed by them only: stays. */
  theirs: Field[]
}

export type Choice = 'mine' | 'theirs' | 'joined'
type Wire = (field: Field, value: unknown) => Json

const same = (a: Json, b: Json) => JSON.stringify(a) === JSON.stringify(b)

export function mergeOf(fields: readonly Field[], base: Values, mine: Record<string, Json>, theirs: Rec, wire: Wire): Merge {
  const moved = fields.filter((f) => !same(wire(f, base[f.name]), wire(f, theirs[f.name])))
  return {
    both: moved.filter((f) => f.name in mine && !same(mine[f.name] ?? null, wire(f, theirs[f.name]))),
    theirs: moved.filter((f) => !(f.name in mine)),
  }
}

/* Long texts need not lose either: theirs first, for it was there first. */
export function joined(mine: Json, theirs: unknown): string {
  return [theirs, mine].map((v) => String(v ?? '').trim()).filter(Boolean).join('\n\n')
}

/* What is still to be sent once it was chosen. */
export function resolve(mine: Record<string, Json>, theirs: Rec, choices: Readonly<Record<string, Choice>>): Record<string, Json> {
  const out: Record<string, Json> = {}
  for (const [name, value] of Object.entries(mine)) {
    if (choices[name] === 'theirs') continue
    out[name] = choices[name] === 'joined' ? joined(value, theirs[name]) : value
  }
  return out
}
