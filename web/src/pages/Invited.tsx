/* Invited.tsx - who has a link from an administrator sets a password; the secret stands behind the #. */
import { Alert, Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BASE } from '../lib/base.ts'
import { post, Problem } from '../lib/api.ts'
import { Mark } from '../views/Mark.tsx'
import { isOwnPassword, OwnPassword } from '../views/people/OwnPassword.tsx'
import { Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './SignIn.module.css'

interface Whose {
  name: string
  display_name: string
  password_chars_min: number
}

export function Invited() {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [secret] = useState(() => window.location.hash.slice(1))
  const [password, setPassword] = useState('')
  const [repeat, setRepeat] = useState('')
  useTitle(t('people.own_password'))
  /* Not in the history of the browser, where others might find it. */
  useEffect(() => window.history.replaceState(null, '', `${BASE}/link`), [])
  const whose = useQuery({ queryKey: ['link', secret], queryFn: () => post<Whose>('/signin/link/look', { secret }), retry: false, gcTime: 0 })
  const set = useMutation({ mutationFn: () => post('/signin/link', { secret, password }) })
  const min = whose.data?.password_chars_min ?? 8
  const refused = set.error instanceof Problem ? set.error.errors.find((e) => e.path === 'password')?.detail : undefined
  const wrong = whose.error ?? (refused ? null : set.error)
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={44} />
          <h1>{t('people.own_password')}</h1>
        </div>
        {whose.isPending && <Lines count={3} />}
        {wrong && (
          <Alert color="red" variant="light" role="alert">
            {problemText(wrong)}
          </Alert>
        )}
        {set.isSuccess && (
          <>
            <p role="status">{t('signin.link_done')}</p>
            <Button fullWidth size="md" renderRoot={(p) => <Link to="/signin" search={{}} {...p} />}>
              {t('sign_in.go')}
            </Button>
          </>
        )}
        {whose.data && !set.isSuccess && (
          <form
            className="stack"
            onSubmit={(e) => {
              e.preventDefault()
              if (isOwnPassword(password, repeat, min)) set.mutate()
            }}
          >
            <p>{t('signin.link_help', { name: whose.data.display_name, login: whose.data.name })}</p>
            <input type="text" name="username" autoComplete="username" value={whose.data.name} readOnly hidden />
            <OwnPassword min={min} value={password} repeat={repeat} refused={refused} onValue={setPassword} onRepeat={setRepeat} />
            <Button type="submit" size="md" fullWidth loading={set.isPending}>
              {t('signin.link_set')}
            </Button>
          </form>
        )}
      </div>
    </main>
  )
}
