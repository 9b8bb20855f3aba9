/* i18n.ts - the interface's own words; only the language in use is loaded. */
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type en from '../i18n/en.json'
import { setReplyLang } from './api.ts'
import { pickLang } from './lang.ts'
import { recall, remember } from './storage.ts'
import type { Lang } from './types.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
  }
}

const load: Record<Lang, () => Promise<{ default: object }>> = {
  'zh-Hant': () => import('../i18n/zh-Hant.json'),
  en: () => import('../i18n/en.json'),
}

async function bring(lang: Lang) {
  if (!i18next.hasResourceBundle(lang, 'translation')) {
    i18next.addResourceBundle(lang, 'translation', (await load[lang]()).default)
  }
  document.documentElement.lang = lang
  setReplyLang(lang)
}

export async function startI18n() {
  await i18next.use(initReactI18next).init({
    lng: pickLang([recall<string>('lang'), ...navigator.languages]),
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false /* React escapes */ },
    react: { useSuspense: false },
  })
  await bring(i18next.language as Lang)
}

export async function setLang(lang: Lang) {
  remember('lang', lang)
  await bring(lang)
  await i18next.changeLanguage(lang)
}

export function useLang(): Lang {
  return useTranslation().i18n.language as Lang
}
