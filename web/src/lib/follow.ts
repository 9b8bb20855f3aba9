/*
 * follow.ts - what follows a person from device to device: language, colours, how close lines stand, how
 * years are counted, and the records last looked at.  Kept on the server as preferences; what this device
 * remembers of it is there before the server has answered, and without it.
 */
import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useRef } from 'react'
import { get } from './api.ts'
import { setLang, useLang } from './i18n.ts'
import { findObject, titleOf } from './meta.ts'
import { savePreference, usePreference } from './preferences.ts'
import { type Prefs, prefs, setPrefs } from './prefs.ts'
import { metaQuery, queryClient } from './queries.ts'
import { joinTraces, onRecent, recentOf, type Seen, setRecent, type Trace } from './recent.ts'
import { recall, remember } from './storage.ts'
import type { Lang, RecordPage } from './types.ts'

interface Look extends Prefs {
  lang: Lang
  scheme: MantineColorScheme
}

const LOOK = 'look'
const RECENT = 'recent'
const SEEN_AFTER_MS = 3_000

async function saveLook(look: Look) {
  await savePreference(LOOK, look)
  for (const part of ['lang', 'prefs']) remember(`unsaved.${part}`, null)
}

const quietly = (work: Promise<unknown>) => void work.catch(() => null)
const text = ({ density, calendar, lang, scheme }: Look) => JSON.stringify([density, calendar, lang, scheme])

function useLook() {
  const lang = useLang()
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const { value, ready } = usePreference<Partial<Look>>(LOOK)
  /* What this device and the server last agreed on. */
  const agreed = useRef('')
  const now = useRef<() => Look>(() => ({ ...prefs(), lang, scheme: colorScheme }))
  now.current = () => ({ ...prefs(), lang: i18next.language as Lang, scheme: colorScheme })
  useEffect(() => {
    if (!ready) return
    const here = now.current()
    const first = agreed.current === ''
    /* What was picked before the server had answered is the newest wish. */
    const { density, calendar, lang } = here
    const picked = first ? { ...(recall('unsaved.lang') ? { lang } : {}), ...(recall('unsaved.prefs') ? { density, calendar } : {}) } : {}
    const there = { ...here, ...value, ...picked }
    if (!first && text(there) === agreed.current) return
    agreed.current = text(there)
    if (Object.keys(picked).length > 0) quietly(saveLook(there))
    if (there.density !== here.density || there.calendar !== here.calendar) setPrefs({ density: there.density, calendar: there.calendar }, true)
    if (there.lang !== here.lang) void setLang(there.lang, true)
    if (there.scheme !== here.scheme) setColorScheme(there.scheme)
  }, [ready, value, setColorScheme])
  useEffect(() => {
    const changed = () => {
      const here = now.current()
      if (!agreed.current || text(here) === agreed.current) return
      agreed.current = text(here)
      quietly(saveLook(here))
    }
    changed()
    i18next.on('languageChanged', changed)
    return () => i18next.off('languageChanged', changed)
  }, [colorScheme])
}

/* Titles of records that were seen on another device, as far as this person may still read them. */
async function titles(traces: readonly Trace[]): Promise<Map<string, string>> {
  const meta = await queryClient.ensureQueryData(metaQuery)
  const out = new Map<string, string>()
  for (const name of new Set(traces.map((s) => s.object))) {
    const object = findObject(meta, name)
    if (!object) continue
    const ids = traces.filter((s) => s.object === name).map((s) => `"${s.id}"`)
    const { rows } = await get<RecordPage>(`/${name}`, { filter: `id in (${ids.join(', ')})` })
    for (const row of rows) out.set(row.id, titleOf(object, row))
  }
  return out
}

async function bring(user: string, there: readonly Trace[]) {
  const here = recentOf(user)
  const known = new Map(here.map((s) => [s.id, s.title]))
  const joined = joinTraces(here, there)
  const unknown = joined.filter((s) => !known.has(s.id))
  const found = unknown.length > 0 ? await titles(unknown) : new Map<string, string>()
  const list = joined.flatMap((s): Seen[] => {
    const title = known.get(s.id) ?? found.get(s.id)
    return title === undefined ? [] : [{ ...s, title }]
  })
  if (JSON.stringify(list) !== JSON.stringify(here)) setRecent(user, list)
}

const traces = (user: string) => recentOf(user).map(({ object, id, at }): Trace => ({ object, id, at }))

function useSeen(user: string) {
  const { value, ready } = usePreference<Trace[]>(RECENT)
  const there = useRef(value)
  there.current = value
  useEffect(() => {
    if (ready && user && value) quietly(bring(user, value))
  }, [ready, user, value])
  useEffect(() => {
    if (!ready || !user) return
    let timer = 0
    const save = () => {
      timer = 0
      const next = joinTraces(traces(user), there.current ?? [])
      if (JSON.stringify(next) !== JSON.stringify(there.current)) quietly(savePreference(RECENT, next))
    }
    const changed = () => (timer ||= window.setTimeout(save, SEEN_AFTER_MS))
    const end = onRecent(changed)
    if (recentOf(user).length > 0) changed()
    return () => {
      end()
      window.clearTimeout(timer)
    }
  }, [ready, user])
}

export function useFollow(user: string) {
  useLook()
  useSeen(user)
}
