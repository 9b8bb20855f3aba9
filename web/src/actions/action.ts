/*
 * action.ts - what one can do with a record.  An action is one file; the menu, the keyboard and
 * later the palette read the same list.
 */
import type { TablerIcon } from '@tabler/icons-react'
import type { useNavigate } from '@tanstack/react-router'
import type { ParseKeys, TFunction } from 'i18next'
import type { ComponentType } from 'react'
import type { ObjectMeta, Rec, Session } from '../lib/types.ts'

export interface ActionContext {
  object: ObjectMeta
  record: Rec
  session: Session | null
  t: TFunction
  navigate: ReturnType<typeof useNavigate>
  /* Shows a dialog over the page until it calls onClose. */
  open: (Dialog: ComponentType<DialogProps>) => void
}

export interface DialogProps {
  object: ObjectMeta
  record: Rec
  onClose: () => void
}

export interface Action {
  name: string
  label: ParseKeys
  icon: TablerIcon
  /* As useHotkeys writes it. */
  keys?: string
  /* Stands beside the title, not in the menu. */
  first?: boolean
  danger?: boolean
  when: (context: ActionContext) => boolean
  run: (context: ActionContext) => void | Promise<void>
}
