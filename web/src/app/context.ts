/* context.ts - what actions are given: where one is, and what they may use. */
import { useMantineColorScheme } from '@mantine/core'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { AppContext } from '../actions/app/action.ts'
import { useLang } from '../lib/i18n.ts'
import { findObject } from '../lib/meta.ts'
import { useMeta } from '../lib/use.ts'

/* The object and record in the address. */
export function useHere(): { object: string; id: string } {
  const path = useRouterState({ select: (s) => s.location.pathname })
  const m = /^\/o\/(\w+)(?:\/(\d+))?/.exec(path)
  return { object: m?.[1] ?? '', id: m?.[2] ?? '' }
}

export function useAppContext(help: () => void): AppContext {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const meta = useMeta()
  const lang = useLang()
  const here = useHere()
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const dark = colorScheme === 'dark' || (colorScheme === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  return { t, navigate, object: findObject(meta, here.object), lang, dark, setLook: setColorScheme, help }
}
