/* SignIn.tsx - name and password, and a second step; or a passkey alone. */
import { Alert, Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { IconFingerprint, IconLogin2 } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BASE } from '../lib/base.ts'
import { post, Problem, setCsrf } from '../lib/api.ts'
import { setupQuery } from '../lib/first.ts'
import { setLang, useLang, withWords } from '../lib/i18n.ts'
import { LANGS } from '../lib/lang.ts'
import { buttonsQuery, isHere, leaveFor } from '../lib/providers.ts'
import { sessionQuery } from '../lib/queries.ts'
import { answer, canPasskey, gaveUp } from '../lib/signin.ts'
import type { Lang, Session } from '../lib/types.ts'
import { Second } from '../views/signin/Second.tsx'
import { Mark } from '../views/Mark.tsx'
import { useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './SignIn.module.css'

const SetupNotice = lazy(() => withWords('home', import('./Setup.tsx')).then((m) => ({ default: m.SetupNotice })))
const route = getRouteApi('/signin')

export function SignIn() {
  const { t } = useTranslation()
  const lang = useLang()
  const router = useRouter()
  const client = useQueryClient()
  const problemText = useProblemText()
  const { next } = route.useSearch()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  useTitle(t('sign_in.title'))
  const [second, setSecond] = useState(false)
  const into = async (session: Session) => {
    setCsrf(session.csrf)
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
    router.history.push(BASE + (isHere(next) ? next : '/'))
  }
  const sign = useMutation({
    mutationFn: () => post<Session>('/session', { name: name.trim(), password }),
    onSuccess: into,
    onError: (error) => setSecond(error instanceof Problem && error.code === 'second_factor'),
  })
  const touch = useMutation({
    mutationFn: async () => post<Session>('/signin/passkey', await answer('/signin/passkey/options')),
    onSuccess: into,
  })
  const providers = useQuery(buttonsQuery)
  const leave = useMutation({ mutationFn: (id: string) => leaveFor(id, { purpose: 'signin', ...(isHere(next) ? { next } : {}) }) })
  const setup = useQuery({ ...setupQuery, retry: false })
  const wrong = sign.error instanceof Problem && sign.error.code === 'unauthenticated'
  const failed = touch.isError && !gaveUp(touch.error)
  if (second)
    return (
      <main className={styles.page}>
        <div className={styles.card}>
          <div className={styles.brand}>
            <Mark size={44} />
            <h1>{t('signin.second')}</h1>
          </div>
          <Second
            onIn={into}
            onBack={() => {
              sign.reset()
              setSecond(false)
              setPassword('')
            }}
          />
        </div>
      </main>
    )
  return (
    <main className={styles.page}>
      <form
        className={styles.card}
        onSubmit={(e) => {
          e.preventDefault()
          sign.mutate()
        }}
      >
        <div className={styles.brand}>
          <Mark size={44} />
          <div>
            <h1 lang="en">Guanxi</h1>
            <div className={styles.motto}>{t('sign_in.motto')}</div>
          </div>
        </div>
        {setup.data?.open && (
          <Suspense>
            <SetupNotice />
          </Suspense>
        )}
        {(sign.isError || failed || leave.isError) && (
          <Alert color="red" variant="light" role="alert">
            {leave.isError ? problemText(leave.error) : wrong ? t('sign_in.wrong') : problemText(failed ? touch.error : sign.error)}
          </Alert>
        )}
        <TextInput label={t('sign_in.name')} name="username" autoComplete="username" autoCapitalize="none" autoFocus required withAsterisk={false} size="md" value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <PasswordInput
          label={t('sign_in.password')}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          size="md"
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }}
        />
        <Button type="submit" size="md" fullWidth loading={sign.isPending}>
          {t('sign_in.go')}
        </Button>
        {canPasskey() && (
          <Button size="md" fullWidth variant="default" leftSection={<IconFingerprint size={18} />} loading={touch.isPending} onClick={() => touch.mutate()}>
            {t('signin.with_passkey')}
          </Button>
        )}
        {providers.data?.map((p) => (
          <Button key={p.id} size="md" fullWidth variant="default" leftSection={<IconLogin2 size={18} />} loading={leave.isPending && leave.variables === p.id} onClick={() => leave.mutate(p.id)}>
            {t('signin.with_provider', { name: p.name })}
          </Button>
        ))}
      </form>
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
