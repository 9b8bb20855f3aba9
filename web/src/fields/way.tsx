/* way.tsx - a place as a link to the phone's own map; on a desk, where none answers, plain text. */
import type { ReactNode } from 'react'
import { useHand } from '../lib/media.ts'

/* Apple's devices know maps:, all others geo:. */
function address(query: string): string {
  const place = encodeURIComponent(query)
  return /iPhone|iPad|Macintosh/.test(navigator.userAgent) ? `maps:?q=${place}` : `geo:0,0?q=${place}`
}

export function Way({ to, children }: { to: string; children: ReactNode }) {
  const hand = useHand()
  return hand ? <a href={address(to)}>{children}</a> : <>{children}</>
}
