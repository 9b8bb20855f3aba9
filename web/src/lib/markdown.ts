/* markdown.ts - what of a text may be shown, and where a link in it may lead; pure. */

const SCHEMES = ['http:', 'https:', 'mailto:', 'tel:']
/* Control characters and spaces that browsers skip inside a scheme. */
const SKIPPED = /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060\ufeff]/g

/* The address as it may be used, or null: only whole addresses with a scheme known to be harmless. */
export function safeHref(href: string): string | null {
  const text = plainText(href).replace(SKIPPED, '')
  try {
    const url = new URL(text)
    return SCHEMES.includes(url.protocol) ? url.href : null
  } catch {
    return null
  }
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/* The entities that Markdown knows, as the characters they stand for. */
export function plainText(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}

/* Worth loading the reader for?  Most texts are plain lines. */
export function looksMarked(text: string): boolean {
  return /[*_~`#>|[\]]|^\s*([-+]|\d+[.)])\s|https?:|www\./m.test(text)
}
