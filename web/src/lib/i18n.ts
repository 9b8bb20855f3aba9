/* i18n.ts - the interface's own words; only the language in use is loaded. */
import i18next from 'i18next'
import { useSyncExternalStore } from 'react'
import { initReactI18next } from 'react-i18next'
import { BASE } from './base.ts'
import type en from '../i18n/en.json'
import type access from '../i18n/access/en.json'
import type admin from '../i18n/admin/en.json'
import type alerts from '../i18n/alerts/en.json'
import type auditing from '../i18n/audit/en.json'
import type expiring from '../i18n/expiry/en.json'
import type homing from '../i18n/home/en.json'
import type importing from '../i18n/import/en.json'
import type operating from '../i18n/operator/en.json'
import type people from '../i18n/people/en.json'
import type phone from '../i18n/phone/en.json'
import type privacy from '../i18n/privacy/en.json'
import type provision from '../i18n/provision/en.json'
import type segment from '../i18n/segment/en.json'
import type signin from '../i18n/signin/en.json'
import type sql from '../i18n/sql/en.json'
import type warehousing from '../i18n/warehouse/en.json'
import { setReplyLang } from './api.ts'
import { pickLang } from './lang.ts'
import { recall, remember } from './storage.ts'
import type { Lang } from './types.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: {
      translation: typeof en
        & typeof access
        & typeof admin
        & typeof alerts
        & typeof auditing
        & typeof expiring
        & typeof homing
        & typeof importing
        & typeof operating
        & typeof people
        & typeof phone
        & typeof privacy
        & typeof provision
        & typeof segment
        & typeof signin
        & typeof sql
        & typeof warehousing
    }
  }
}

/* i18n/<lang>.json is there from the start; i18n/<area>/<lang>.json comes with the pages of its area. */
const files = import.meta.glob<{ default: object }>('../i18n/**/*.json')
const areas = new Set<string>([''])

async function bringArea(lang: Lang, area: string) {
  const file = files[`../i18n/${area && `${area}/`}${lang}.json`]
  if (file) i18next.addResourceBundle(lang, 'translation', (await file()).default, true)
}

async function bring(lang: Lang) {
  await Promise.all([...areas].map((area) => bringArea(lang, area)))
  document.documentElement.lang = lang
  document.querySelector('link[rel=manifest]')?.setAttribute('href', `${BASE}/${lang}.webmanifest`)
  setReplyLang(lang)
}

/* A page, once the words of its area are there. */
export async function withWords<T>(area: string, page: Promise<T>): Promise<T> {
  areas.add(area)
  await bringArea(i18next.language as Lang, area)
  return page
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

export async function setLang(lang: Lang, followed = false) {
  /* Not yet on the server (follow.ts), where what this person likes is kept. */
  if (!followed) remember('unsaved.lang', true)
  remember('lang', lang)
  await bring(lang)
  await i18next.changeLanguage(lang)
}

const onLang = (changed: () => void) => {
  i18next.on('languageChanged', changed)
  return () => i18next.off('languageChanged', changed)
}

/* Lists ask this in each cell, so it is less than useTranslation(). */
export function useLang(): Lang {
  return useSyncExternalStore(onLang, () => i18next.language as Lang)
}
