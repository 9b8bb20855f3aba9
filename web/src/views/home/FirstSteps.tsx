/* FirstSteps.tsx - on the home page: the greeting of an empty system, then the list that teaches. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { demoQuery, isInstalled, STEPS, type Steps } from '../../lib/first.ts'
import { mainObjects } from '../../lib/meta.ts'
import { savePreference, usePreference } from '../../lib/preferences.ts'
import { emptyQuery } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useMeta, useSession } from '../../lib/use.ts'
import { Checklist } from './Checklist.tsx'
import { DemoState } from './DemoState.tsx'
import { Welcome } from './Welcome.tsx'

interface FirstStepsProps {
  /* On its own page, whatever was put away. */
  always?: boolean
  /* It is known how much room this takes. */
  onSettled?: () => void
}

export function FirstSteps({ always = false, onSettled }: FirstStepsProps) {
  const steps = usePreference<Steps>(STEPS)
  const value = steps.value ?? {}
  useEffect(() => {
    if (steps.ready && isInstalled() && !value.phone) void savePreference(STEPS, { ...value, phone: true }).catch(() => null)
  })
  const away = value.dismissed === true && !always
  useEffect(() => {
    if (steps.ready && away) onSettled?.()
  }, [steps.ready, away, onSettled])
  if (!steps.ready || away) return null
  return <Begun value={value} always={always} onSettled={onSettled} />
}

function Begun({ value, always, onSettled }: { value: Steps; always: boolean; onSettled: (() => void) | undefined }) {
  const { t } = useTranslation()
  const admin = useSession()?.admin === true
  const meta = useMeta()
  const first = mainObjects(meta)[0]?.name ?? ''
  const empty = useQuery({ ...emptyQuery(first), enabled: admin && first !== '' && (always || !value.begun) })
  const demo = useQuery({ ...demoQuery, enabled: admin })
  const state = demo.data?.state ?? 'none'
  const was = useRef(state)
  useEffect(() => {
    if (was.current === 'removing' && state === 'none') toast(t('first.removed'))
    was.current = state
  }, [state, t])
  const greet = admin && empty.data === true && state === 'none' && (always || !value.begun)
  useEffect(() => {
    if (greet) onSettled?.()
  }, [greet, onSettled])
  return (
    <>
      {demo.data && state !== 'none' && <DemoState demo={demo.data} />}
      {greet && demo.data ? <Welcome demo={demo.data} value={value} /> : !(admin && (empty.isLoading || demo.isLoading)) && <Checklist value={value} always={always} onSettled={onSettled} />}
    </>
  )
}
