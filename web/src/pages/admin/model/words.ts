/* words.ts - definitions in the words of people. */
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { type DefFile, labelsOf, objectView, partList, processStates, processViews } from '../../../lib/definition.ts'
import type { DefChange } from '../../../lib/definition_diff.ts'
import type { Json, Labels } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'

type Label = (labels: Labels | undefined, fallback?: string) => string

const KEYS = [
  'label', 'plural', 'icon', 'title', 'doc', 'help', 'required', 'required_when', 'when', 'default', 'choices', 'unique', 'index', 'history',
  'private', 'readonly', 'search', 'min', 'max', 'scale', 'on_delete', 'to', 'expr', 'returns', 'format', 'check', 'message', 'field', 'warn', 'start',
  'kind', 'color', 'probability', 'require', 'who', 'type', 'name', 'process',
] as const
type Key = (typeof KEYS)[number]
const isKey = (k: string): k is Key => (KEYS as readonly string[]).includes(k)

export const TYPES = [
  'text', 'longtext', 'choice', 'choices', 'integer', 'decimal', 'money', 'percent', 'boolean', 'date', 'datetime', 'duration',
  'link', 'links', 'phone', 'email', 'url', 'address', 'location', 'file', 'autonumber', 'formula', 'rollup', 'process',
] as const
export type TypeName = (typeof TYPES)[number]
export const isType = (name: string): name is TypeName => (TYPES as readonly string[]).includes(name)

export function keyWord(t: TFunction, key: string): string {
  return isKey(key) ? t(`admin.key.${key}`) : key
}

export function typeWord(t: TFunction, type: Json | undefined): string {
  return typeof type === 'string' && isType(type) ? t(`admin.type.${type}`) : String(type ?? '')
}

/* What a thing is called: as it will be, else as it was. */
export function nameIn(label: Label, both: readonly (readonly DefFile[])[], of: string, what: 'object' | 'field' | 'rule' | 'relation' | 'process' | 'state', name = of): string {
  for (const files of both) {
    if (what === 'object') {
      const view = objectView(files, of)
      if (view) return label(view.label, of)
    } else if (what === 'process' || what === 'state') {
      const view = processViews(files).find((p) => p.name === of)
      if (view && what === 'process') return label(labelsOf(view.def.label), of)
      const state = view && processStates(view.def).find((s) => s.code === name)
      if (state) return label(labelsOf(state.label), name)
    } else {
      const part = partList(files, of, `${what}s`).find((p) => p.name === name)
      if (part) return label(labelsOf(part.def.label), name)
    }
  }
  return name
}

/* One line of a plan. */
export function useChangeText(files: readonly DefFile[], before: readonly DefFile[]) {
  const { t } = useTranslation()
  const label = useLabel()
  const both = [files, before]
  return (c: DefChange): string => {
    const what = c.kind.split('_')[0]
    const keys = c.keys.map((k) => keyWord(t, k)).join(t('admin.and'))
    const move = c.after ?? c.before
    const name =
      what === 'field' || what === 'rule' || what === 'relation' ? nameIn(label, both, c.of, what, c.name)
      : what === 'state' ? label(labelsOf((c.after ?? c.before)?.label), c.name)
      : what === 'move' ? label(labelsOf(move?.label), String(move?.to ?? ''))
      : what === 'page' ? t(`admin.page.${c.name as 'form'}`)
      : c.name
    return t(`admin.change.${c.kind}`, { name, keys, type: typeWord(t, c.after?.type) })
  }
}
