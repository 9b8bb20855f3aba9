/*
 * prefs.ts - how somebody likes to see things: how close lines stand, and how years are counted.  Language
 * and colours have places of their own (i18n.ts, Mantine); all of it follows the person (follow.ts).
 */
import i18next from 'i18next'
import { setRoc } from './format.ts'
import { recall, remember } from './storage.ts'

export interface Prefs {
  density: 'comfortable' | 'compact'
  calendar: 'ad' | 'roc'
}

export function prefs(): Prefs {
  return { density: 'comfortable', calendar: 'ad', ...recall<Partial<Prefs>>('prefs') }
}

export function applyPrefs() {
  const { density, calendar } = prefs()
  document.documentElement.dataset.density = density
  setRoc(calendar === 'roc')
}

export function setPrefs(change: Partial<Prefs>, followed = false) {
  /* Not yet on the server (follow.ts). */
  if (!followed) remember('unsaved.prefs', true)
  remember('prefs', { ...prefs(), ...change })
  applyPrefs()
  /* Whatever shows a date listens for the language, so this makes it look again. */
  i18next.emit('languageChanged', i18next.language)
}
