/* storage.ts - small things remembered on this device: never data of records' content. */
import { own } from './base.ts'

export function remember(key: string, value: unknown) {
  try {
    localStorage.setItem(`${own('gx')}.${key}`, JSON.stringify(value))
  } catch {
    /* Private windows may refuse; the page works without. */
  }
}

export function recall<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(`${own('gx')}.${key}`)
    return text === null ? null : (JSON.parse(text) as T)
  } catch {
    return null
  }
}

export function forgetAll() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(own('gx') + '.recent')) localStorage.removeItem(key)
    }
  } catch {
    /* See remember(). */
  }
}
