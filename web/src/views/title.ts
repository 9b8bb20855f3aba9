/* title.ts - the name of the page in the browser's tab. */
import { useEffect } from 'react'

export function useTitle(text: string) {
  useEffect(() => {
    document.title = text ? `${text} · Guanxi` : 'Guanxi 關係'
  }, [text])
}
