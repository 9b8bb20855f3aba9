/* arrange.ts - where the tiles of a page stand: two columns, and those put away; pure. */

export interface Arrangement {
  left: string[]
  right: string[]
  hidden: string[]
}
export type Column = 'left' | 'right'
export type Way = 'up' | 'down' | 'side'

/* What somebody arranged, with what is new since at its usual place and without what is gone. */
export function arranged(usual: Arrangement, saved: Partial<Arrangement> | null): Arrangement {
  const all = [...usual.left, ...usual.right]
  const seen = new Set<string>()
  const keep = (names: unknown) =>
    (Array.isArray(names) ? names : []).filter((n): n is string => all.includes(n as string) && !seen.has(n as string) && !!seen.add(n as string))
  const out = { left: keep(saved?.left), right: keep(saved?.right), hidden: keep(saved?.hidden) }
  for (const side of ['left', 'right'] as const) {
    for (const name of usual[side]) {
      if (seen.has(name)) continue
      const place = usual[side].slice(0, usual[side].indexOf(name)).filter((n) => out[side].includes(n)).length
      out[side].splice(place, 0, name)
    }
  }
  return out
}

const without = (names: readonly string[], name: string) => names.filter((n) => n !== name)
const taken = (a: Arrangement, name: string): Arrangement => ({
  left: without(a.left, name), right: without(a.right, name), hidden: without(a.hidden, name),
})

export function columnOf(a: Arrangement, name: string): Column | null {
  return a.left.includes(name) ? 'left' : a.right.includes(name) ? 'right' : null
}

/* Before the one at `index` of the column, counted without the tile itself. */
export function put(a: Arrangement, name: string, to: Column, index: number): Arrangement {
  const out = taken(a, name)
  out[to] = [...out[to].slice(0, index), name, ...out[to].slice(index)]
  return out
}

export function moved(a: Arrangement, name: string, way: Way): Arrangement {
  const here = columnOf(a, name)
  if (!here) return a
  const at = a[here].indexOf(name)
  if (way === 'side') return put(a, name, here === 'left' ? 'right' : 'left', at)
  const to = way === 'up' ? at - 1 : at + 1
  return to < 0 || to >= a[here].length ? a : put(a, name, here, to)
}

export function hide(a: Arrangement, name: string): Arrangement {
  const out = taken(a, name)
  return { ...out, hidden: [...out.hidden, name] }
}

export function show(a: Arrangement, usual: Arrangement, name: string): Arrangement {
  const to = columnOf(usual, name) ?? 'left'
  return put(a, name, to, a[to].length)
}
