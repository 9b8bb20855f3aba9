/*
 * patient.ts - pieces of a page that come later and that it can be used without: when they cannot be
 * fetched they take nothing along, and come when the network is back.
 */
const AGAIN_MS = 10_000

export async function patient<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load()
    } catch {
      await new Promise<unknown>((resolve) => {
        window.addEventListener('online', resolve, { once: true })
        window.setTimeout(resolve, AGAIN_MS)
      })
      /* A style sheet that failed is not asked for a second time by itself. */
      for (const sheet of document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')) if (!sheet.sheet) sheet.replaceWith(sheet.cloneNode())
    }
  }
}
