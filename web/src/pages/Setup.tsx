/* Setup.tsx - the first administrator of a new system, with the secret that the server has printed. */
import { Alert, Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BASE } from '../lib/base.ts'
import { post, Problem, setCsrf } from '../lib/api.ts'
import { setupQuery } from '../lib/first.ts'
import { setLang, useLang } from '../lib/i18n.ts'
import { LANGS } from '../lib/lang.ts'
import { queryClient, sessionQuery } from '../lib/queries.ts'
import type { Lang, Session } from '../lib/types.ts'
import { errorField } from '../lib/values.ts'
import { Mark } from '../views/Mark.tsx'
import { Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './SignIn.module.css'

export function Setup() {
  const { t } = useTranslation()
  const lang = useLang()
  const setup = useQuery(setupQuery)
  const [token] = useState(() => window.location.hash.slice(1))
  useTitle(t('setup.title'))
  const open = setup.data?.open === true
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={44} />
          <h1>{setup.data && !open ? t('setup.over') : t('setup.title')}</h1>
        </div>
        {setup.isPending && <Lines count={4} />}
        {setup.data && !open && (
          <>
            <p>{t('setup.over_help')}</p>
            <Button renderRoot={(p) => <Link to="/signin" search={{}} {...p} />}>{t('setup.sign_in')}</Button>
          </>
        )}
        {open && !token && (
          <Alert color="red" variant="light" role="alert" title={t('setup.no_token')}>
            {t('setup.no_token_help')}
          </Alert>
        )}
        {open && token && <Founder token={token} />}
      </div>
      <SegmentedControl
        size="xs"
        aria-label={t('shell.language')}
        value={lang}
        onChange={(code) => void setLang(code as Lang)}
        data={LANGS.map((l) => ({ value: l.code, label: <span lang={l.code}>{l.name}</span> }))}
      />
    </main>
  )
}

function Founder({ token }: { token: string }) {
  const { t } = useTranslation()
  const router = useRouter()
  const problemText = useProblemText()
  const [login, setLogin] = useState('admin')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const found = useMutation({
    mutationFn: async () => {
      await post('/setup', { token, login: login.trim(), display_name: name.trim(), password })
      return post<Session>('/session', { name: login.trim(), password })
    },
    onSuccess: async (session) => {
      setCsrf(session.csrf)
      await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
      router.history.replace(`${BASE}/`)
    },
  })
  const errors = found.error instanceof Problem ? found.error.errors : []
  const errorOf = (field: string) => errors.find((e) => errorField(e.path) === field)?.detail
  const elsewhere = found.isError && !errors.some((e) => ['login', 'display_name', 'password'].includes(errorField(e.path)))
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        found.mutate()
      }}
    >
      <p className="dim small">{t('setup.help')}</p>
      {elsewhere && (
        <Alert color="red" variant="light" role="alert">
          {errors[0]?.detail ?? problemText(found.error)}
        </Alert>
      )}
      <TextInput label={t('setup.display_name')} name="name" autoComplete="name" required withAsterisk={false} autoFocus size="md" value={name} error={errorOf('display_name')} onChange={(e) => setName(e.currentTarget.value)} />
      <TextInput label={t('setup.login')} name="username" autoComplete="username" autoCapitalize="none" required withAsterisk={false} size="md" value={login} error={errorOf('login')} onChange={(e) => setLogin(e.currentTarget.value)} />
      <PasswordInput
        label={t('setup.password')}
        description={t('setup.password_help')}
        name="password"
        autoComplete="new-password"
        required
        withAsterisk={false}
        size="md"
        value={password}
        error={errorOf('password')}
        onChange={(e) => setPassword(e.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }}
      />
      <Button type="submit" size="md" fullWidth loading={found.isPending}>
        {t('setup.go')}
      </Button>
    </form>
  )
}

/* On the sign-in page, while nobody can sign in. */
export function SetupNotice() {
  const { t } = useTranslation()
  return (
    <Alert variant="light" title={t('setup.title')}>
      {t('setup.notice')}
    </Alert>
  )
}
