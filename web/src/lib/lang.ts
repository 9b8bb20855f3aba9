/* lang.ts - the language of the screen, and text that comes per language from metadata. */
import type { Labels, Lang } from './types.ts'

export const LANGS: { code: Lang; name: string }[] = [
  { code: 'zh-Hant', name: '繁體中文' },
  { code: 'en', name: 'English' },
]

/* Chinese of any kind reads Traditional more easily than English; others get English. */
export function pickLang(wanted: readonly (string | null | undefined)[]): Lang {
  for (const tag of wanted) {
    if (!tag) continue
    if (/^zh\b/i.test(tag)) return 'zh-Hant'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'en'
}

export function labelOf(labels: Labels | undefined, lang: Lang, fallback = ''): string {
  return labels?.[lang] || labels?.en || Object.values(labels ?? {}).find(Boolean) || fallback
}
