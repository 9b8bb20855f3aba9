/* paint.ts - what need not be done before a click has shown that it was one. */
export function afterPaint(work: () => void) {
  requestAnimationFrame(() => setTimeout(work))
}
