/* Returned.tsx - back from a provider of sign-in, with what it says; one look, then on. */
import { Alert, Button, Loader } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post, Problem, setCsrf } from '../lib/api.ts'
import { confirmed, isHere, type Trip, tripBack } from '../lib/providers.ts'
import { sessionQuery } from '../lib/queries.ts'
import type { Session } from '../lib/types.ts'
import { Second } from '../views/signin/Second.tsx'
import { Mark } from '../views/Mark.tsx'
import { useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './SignIn.module.css'

const route = getRouteApi('/signin/$provider')

export function Returned() {
  const { t } = useTranslation()
  const router = useRouter()
  const client = useQueryClient()
  const problemText = useProblemText()
  const { provider } = route.useParams()
  const search = route.useSearch()
  const begun = useRef(false)
  const trip = useRef<Trip>({ purpose: 'signin' })
  const [problem, setProblem] = useState<unknown>(null)
  useTitle(t('sign_in.title'))
  const into = async (session: Session) => {
    setCsrf(session.csrf)
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
    router.history.replace(isHere(trip.current.next) ? trip.current.next : '/')
  }
  const look = async () => {
    trip.current = tripBack()
    const { purpose } = trip.current
    const { code, state, iss, error } = search
    const said = Object.fromEntries(Object.entries({ state: state ?? '', code, iss, error }).filter(([, v]) => v !== undefined)) as Record<string, string>
    /* What stood in the address is good once, and has no business in the history. */
    window.history.replaceState(window.history.state, '', window.location.pathname)
    if (purpose === 'signin') return into(await post<Session>(`/signin/oidc/${provider}`, said))
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
    await post(`/session/oidc/${provider}`, said)
    if (purpose === 'link') return router.history.replace('/account')
    confirmed().postMessage(true)
    window.close()
  }
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    look().catch(setProblem)
  })
  const second = problem instanceof Problem && problem.code === 'second_factor'
  const back = () => router.history.replace(trip.current.purpose === 'link' ? '/account' : '/signin')
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={44} />
          <h1>{t(second ? 'signin.second' : 'sign_in.title')}</h1>
        </div>
        {second && <Second onIn={into} onBack={back} />}
        {problem === null && (
          <div className="row" role="status">
            <Loader size="sm" />
            <span>{t('signin.returning')}</span>
          </div>
        )}
        {problem !== null && !second && (
          <>
            <Alert color="red" variant="light" role="alert">
              {problemText(problem)}
            </Alert>
            <Button size="md" fullWidth autoFocus onClick={back}>
              {t('signin.start_again')}
            </Button>
          </>
        )}
      </div>
    </main>
  )
}
