/*
 * lazy.tsx - inputs that come when something is first typed into.  A list only shows values, and
 * the larger inputs would be a good part of what it loads.
 */
import { type ComponentType, lazy, Suspense } from 'react'

export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  const Later = lazy(load) as unknown as ComponentType<P>
  return function Waiting(props: P) {
    return (
      <Suspense fallback={<div style={{ height: 36 }} />}>
        <Later {...props} />
      </Suspense>
    )
  }
}
