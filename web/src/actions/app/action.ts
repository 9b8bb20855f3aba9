/*
 * action.ts - what one can do from anywhere, or in a list: one file each, shared by the palette,
 * the menu and the keyboard.
 */
import type { TablerIcon } from '@tabler/icons-react'
import type { useNavigate } from '@tanstack/react-router'
import type { ParseKeys, TFunction } from 'i18next'
import type { Lang, ObjectMeta } from '../../lib/types.ts'

export interface AppContext {
  t: TFunction
  navigate: ReturnType<typeof useNavigate>
  /* Whose list or record is shown, if any. */
  object: ObjectMeta | null
  lang: Lang
  dark: boolean
  setLook: (look: 'light' | 'dark') => void
  /* Shows the keyboard help. */
  help: () => void
}

export interface AppAction {
  name: string
  label: ParseKeys
  icon: TablerIcon
  /* As useHotkeys writes it. */
  keys?: string
  when?: (context: AppContext) => boolean
  run: (context: AppContext) => void | Promise<void>
}
