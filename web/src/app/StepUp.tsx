/*
 * StepUp.tsx - "is it still you?": asked when the server wants to be sure, whatever page is open.
 *
 * It stands in a root of its own beside the application, as it may be needed from anywhere; several
 * requests that wait ask once.
 */
import { Alert, Button, MantineProvider, Modal, PasswordInput, TextInput } from '@mantine/core'
import { QueryClientProvider, useMutation, useQuery } from '@tanstack/react-query'
import { IconFingerprint, IconLogin2 } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useTranslation } from 'react-i18next'
import { post } from '../lib/api.ts'
import { withWords } from '../lib/i18n.ts'
import { confirmed, identitiesQuery, leaveFor } from '../lib/providers.ts'
import { queryClient } from '../lib/queries.ts'
import { answer, canPasskey, factorsQuery } from '../lib/signin.ts'
import { useSession } from '../lib/use.ts'
import { useProblemText } from '../views/states.tsx'
import { theme } from './theme.ts'

let asking: Promise<boolean> | null = null

export function confirm(): Promise<boolean> {
  asking ??= show().finally(() => {
    asking = null
  })
  return asking
}

async function show(): Promise<boolean> {
  await withWords('signin', Promise.resolve())
  return new Promise((resolve) => {
    const box = document.body.appendChild(document.createElement('div'))
    const root = createRoot(box)
    const before = document.activeElement
    const done = (ok: boolean) => {
      root.unmount()
      box.remove()
      if (before instanceof HTMLElement) before.focus()
      resolve(ok)
    }
    root.render(
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queryClient}>
          <Ask onDone={done} />
        </QueryClientProvider>
      </MantineProvider>,
    )
  })
}

function Ask({ onDone }: { onDone: (ok: boolean) => void }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const session = useSession()
  const factors = useQuery({ ...factorsQuery(session?.user.id ?? ''), enabled: session !== null })
  const identities = useQuery({ ...identitiesQuery(session?.user.id ?? ''), enabled: session !== null })
  const elsewhere = identities.data?.filter((i, k, all) => i.provider_id && all.findIndex((o) => o.provider_id === i.provider_id) === k) ?? []
  const ask = useMutation({
    mutationFn: async (provider: string) => {
      /* Opened at once, while the click still counts as one. */
      const small = window.open('', '_blank', 'popup,width=520,height=720')
      await leaveFor(provider, { purpose: 'fresh' }, (url) => {
        if (!small) return
        small.sessionStorage.setItem('gx-provider', JSON.stringify({ purpose: 'fresh' }))
        small.location.href = url
      })
    },
  })
  useEffect(() => {
    const channel = confirmed()
    channel.onmessage = () => onDone(true)
    return () => channel.close()
  }, [onDone])
  const [byCode, setByCode] = useState(false)
  const [given, setGiven] = useState('')
  const prove = useMutation({
    mutationFn: async (how: 'typed' | 'passkey') =>
      post('/session/fresh', how === 'passkey' ? { passkey: await answer('/session/fresh/options') } : byCode ? { code: given } : { password: given }),
    onSuccess: () => onDone(true),
  })
  const field = { required: true, withAsterisk: false, 'data-autofocus': true, value: given, onChange: (e: { currentTarget: HTMLInputElement }) => setGiven(e.currentTarget.value) } as const
  return (
    <Modal opened onClose={() => onDone(false)} title={t('signin.step_up')} zIndex={1000} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          prove.mutate('typed')
        }}
      >
        <p className="dim">{t('signin.step_up_help')}</p>
        {(prove.isError || ask.isError) && (
          <Alert color="red" variant="light" role="alert">
            {problemText(prove.error ?? ask.error)}
          </Alert>
        )}
        <input type="text" name="username" autoComplete="username" value={session?.user.name ?? ''} readOnly hidden />
        {byCode ? (
          <TextInput key="code" label={t('signin.code')} inputMode="numeric" autoComplete="one-time-code" {...field} />
        ) : (
          <PasswordInput key="password" label={t('sign_in.password')} autoComplete="current-password" visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }} {...field} />
        )}
        <div className="row">
          <Button type="submit" loading={prove.isPending}>
            {t('signin.confirm')}
          </Button>
          {canPasskey() && (factors.data?.passkeys.length ?? 0) > 0 && (
            <Button variant="default" leftSection={<IconFingerprint size={17} />} onClick={() => prove.mutate('passkey')}>
              {t('signin.with_passkey')}
            </Button>
          )}
          {factors.data?.totp_since && (
            <Button
              variant="subtle"
              onClick={() => {
                setByCode(!byCode)
                setGiven('')
              }}
            >
              {t(byCode ? 'signin.with_password' : 'signin.with_code')}
            </Button>
          )}
          {elsewhere.map((i) => (
            <Button key={i.id} variant="default" leftSection={<IconLogin2 size={17} />} onClick={() => ask.mutate(i.provider_id ?? '')}>
              {t('signin.confirm_with', { name: i.provider })}
            </Button>
          ))}
        </div>
      </form>
    </Modal>
  )
}
