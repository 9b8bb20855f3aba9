/* sort.ts - "-amount,name": the order of a list, as the address bar and the server write it. */

export interface SortKey {
  field: string
  down: boolean
}

export function readSort(text: string | undefined): SortKey[] {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((s) => (s.startsWith('-') ? { field: s.slice(1), down: true } : { field: s, down: false }))
}

export function sortText(keys: readonly SortKey[]): string {
  return keys.map((k) => (k.down ? '-' : '') + k.field).join(',')
}

/* A click: up, then down, then none.  With `add`, the other keys stay. */
export function clickSort(keys: readonly SortKey[], field: string, add: boolean): SortKey[] {
  const old = keys.find((k) => k.field === field)
  const next = !old ? { field, down: false } : !old.down ? { field, down: true } : null
  if (!add) return next ? [next] : []
  const others = keys.map((k) => (k.field === field ? next : k)).filter((k) => k !== null)
  return old || !next ? others : [...others, next]
}
