/*
 * media.ts - is the screen a phone's, is it held in the hand?
 *
 * The browser is asked once and says when it changes; asking at every drawing makes it lay out the
 * page each time.
 */
import { useSyncExternalStore } from 'react'

function medium(query: string): () => boolean {
  const listeners = new Set<() => void>()
  let list: MediaQueryList | null = null
  let matches = false
  const ask = () => {
    if (list === null) {
      list = window.matchMedia(query)
      matches = list.matches
      list.addEventListener('change', (e) => {
        matches = e.matches
        for (const tell of listeners) tell()
      })
    }
    return matches
  }
  const listen = (tell: () => void) => {
    listeners.add(tell)
    return () => void listeners.delete(tell)
  }
  return () => useSyncExternalStore(listen, ask)
}

export const usePhone = medium('(max-width: 47.99em)')
export const useHand = medium('(pointer: coarse)')
