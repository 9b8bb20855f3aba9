/* stable.ts - functions that stay the same from drawing to drawing and do what the latest would. */
import { useRef, useState } from 'react'

/* For parts that are drawn again only when something of theirs changes (memo). */
export function useStable<T extends object>(now: T): T {
  const latest = useRef(now)
  latest.current = now
  const [stable] = useState(
    () =>
      Object.fromEntries(
        Object.keys(now).map((name) => [name, (...args: unknown[]) => (latest.current[name as keyof T] as (...args: unknown[]) => unknown)(...args)]),
      ) as T,
  )
  return stable
}
