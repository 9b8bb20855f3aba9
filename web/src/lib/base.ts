/*
 * base.ts - where this application stands: at the root of its host (''), or below the path of one
 * of many organisations ('/t/acme'; docs/TENANTS.md).  Pages and the service worker both ask.
 */
export const BASE = /^\/t\/[^/]+/.exec((globalThis.location as Location | undefined)?.pathname ?? '')?.[0] ?? ''

/* What the browser keeps for a host, it keeps for all organisations there: a name for this one. */
export const own = (name: string) => name + BASE.replaceAll('/', '.')

/* An address as the router knows it, without what stands in front of all. */
export const within = (href: string) => (BASE && href.startsWith(BASE) ? href.slice(BASE.length) || '/' : href)
