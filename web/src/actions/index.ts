/* index.ts - finds the actions: a file with a default export is one. */
import type { Action } from './action.ts'

const found = import.meta.glob<{ default?: Action }>(['./*.ts', '!./index.ts'], { eager: true })
const ORDER = ['convert', 'download', 'edit', 'copy_link', 'share', 'why', 'audit', 'privacy', 'delete']

export const actions: readonly Action[] = Object.values(found)
  .flatMap((m) => (m.default ? [m.default] : []))
  .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
