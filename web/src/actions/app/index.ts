/* index.ts - finds the actions of this folder: a file with a default export is one. */
import type { AppAction } from './action.ts'

const found = import.meta.glob<{ default?: AppAction }>(['./*.ts', '!./index.ts'], { eager: true })

export const appActions: readonly AppAction[] = Object.values(found).flatMap((m) => (m.default ? [m.default] : []))
