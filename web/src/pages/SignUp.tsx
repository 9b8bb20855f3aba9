/*
 * SignUp.tsx - a trial for a stranger: their organisation, themselves, what to begin with; then they
 * are in.
 */
import { Alert, Button, NativeSelect, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post, Problem } from '../lib/api.ts'
import { setLang, useLang } from '../lib/i18n.ts'
import { LANGS } from '../lib/lang.ts'
import { type Offer, offerQuery, shortName } from '../lib/operator.ts'
import type { Lang } from '../lib/types.ts'
import { errorField } from '../lib/values.ts'
import { useTrade } from '../views/home/useTrade.ts'
import { Mark } from '../views/Mark.tsx'
import { Failed, Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './SignIn.module.css'

const SETTLE_MS = 400
const FIELDS = ['organisation', 'name', 'display_name', 'login', 'password']

interface Made {
  name: string
  address: string
  path: string
}

export function SignUp() {
  const { t } = useTranslation()
  const lang = useLang()
  const offer = useQuery(offerQuery)
  useTitle(t('signup.title'))
  return (
    <main className={styles.page}>
      <div className={`${styles.card} ${styles.wide}`}>
        <div className={styles.brand}>
          <Mark size={44} />
          <h1>{offer.data && !offer.data.open ? t('signup.closed') : t('signup.title')}</h1>
        </div>
        {offer.isPending && <Lines count={5} />}
        {offer.isError && <Failed error={offer.error} again={() => void offer.refetch()} />}
        {offer.data && !offer.data.open && (
          <>
            <p>{t('signup.closed_help')}</p>
            <Button renderRoot={(p) => <Link to="/signin" search={{}} {...p} />}>{t('signup.sign_in')}</Button>
          </>
        )}
        {offer.data?.open && <Founder offer={offer.data} />}
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

/* Is it free? Asked when somebody stops typing. */
function useFree(name: string): boolean | null {
  const [settled, setSettled] = useState('')
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(name), SETTLE_MS)
    return () => window.clearTimeout(timer)
  }, [name])
  const free = useQuery({
    queryKey: ['signup-name', settled],
    enabled: settled !== '',
    staleTime: 60_000,
    retry: false,
    queryFn: () => post<{ free: boolean }>('/signup/name', { name: settled }),
  })
  return settled === name && free.data ? free.data.free : null
}

function Founder({ offer }: { offer: Offer }) {
  const { t } = useTranslation()
  const lang = useLang()
  const trade = useTrade()
  const problemText = useProblemText()
  const [token] = useState(() => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(''))
  const [organisation, setOrganisation] = useState('')
  const [typed, setTyped] = useState<string | null>(null)
  const [person, setPerson] = useState('')
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [demo, setDemo] = useState(offer.trades[0] ?? '')
  const [website, setWebsite] = useState('')
  const name = typed ?? shortName(organisation)
  const free = useFree(name)
  const begin = useMutation({
    mutationFn: async () => {
      const who = login.trim()
      const made = await post<Made>('/signup', {
        organisation: organisation.trim(), name, login: who, display_name: person.trim(), email: who.includes('@') ? who : '',
        password, demo, language: lang, token, website,
      })
      await fetch(`${made.path}/api/v1/session`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: who, password }),
      })
      return made
    },
    /* Another organisation's pages: the whole application begins anew there. */
    onSuccess: (made) => window.location.assign(`${made.path}/`),
  })
  const errors = begin.error instanceof Problem ? begin.error.errors : []
  const errorOf = (field: string) => errors.find((e) => errorField(e.path) === field)?.detail
  const elsewhere = begin.isError && !errors.some((e) => FIELDS.includes(errorField(e.path)))
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        if (!begin.isPending) begin.mutate()
      }}
    >
      <p className="dim">{t('signup.days', { count: offer.trial_days })}</p>
      {elsewhere && (
        <Alert color="red" variant="light" role="alert">
          {errors[0]?.detail ?? problemText(begin.error)}
        </Alert>
      )}
      <TextInput label={t('signup.organisation')} name="organisation" autoComplete="organization" required withAsterisk={false} autoFocus maxLength={120} value={organisation} error={errorOf('organisation')} onChange={(e) => setOrganisation(e.currentTarget.value)} />
      <div>
        <TextInput label={t('signup.name')} description={t('signup.name_help')} name="tenant" autoComplete="off" autoCapitalize="none" spellCheck={false} required withAsterisk={false} maxLength={40} value={name} error={errorOf('name') ?? (free === false ? t('signup.name_taken', { name }) : undefined)} onChange={(e) => setTyped(e.currentTarget.value.toLowerCase())} />
        <p className="dim small" role="status">
          {free === true ? t('signup.name_free', { name }) : ''}
        </p>
      </div>
      <TextInput label={t('signup.your_name')} name="person" autoComplete="name" required withAsterisk={false} maxLength={120} value={person} error={errorOf('display_name')} onChange={(e) => setPerson(e.currentTarget.value)} />
      <TextInput label={t('signup.login')} description={t('signup.login_help')} name="username" autoComplete="username" autoCapitalize="none" required withAsterisk={false} maxLength={100} value={login} error={errorOf('login')} onChange={(e) => setLogin(e.currentTarget.value)} />
      <PasswordInput
        label={t('signup.password')}
        description={t('signup.password_help', { count: offer.password_chars_min })}
        name="password"
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={password}
        error={errorOf('password')}
        onChange={(e) => setPassword(e.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }}
      />
      <NativeSelect
        label={t('signup.begin_with')}
        value={demo}
        onChange={(e) => setDemo(e.currentTarget.value)}
        data={[...offer.trades.map((name) => ({ value: name, label: t('signup.demo', { trade: trade(name) }) })), { value: '', label: t('signup.empty') }]}
      />
      {/* People do not see it; what fills in everything is no person. */}
      <div hidden>
        <input name="website" tabIndex={-1} autoComplete="off" aria-label="Website" value={website} onChange={(e) => setWebsite(e.currentTarget.value)} />
      </div>
      <Button type="submit" size="md" fullWidth loading={begin.isPending || begin.isSuccess} disabled={free === false}>
        {t('signup.go')}
      </Button>
      {begin.isPending && (
        <p className="dim small" role="status">
          {t('signup.making')}
        </p>
      )}
    </form>
  )
}
