/* Second.tsx - the second step of signing in: a code, a recovery code, or a passkey. */
import { Alert, Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconFingerprint } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, post } from '../../lib/api.ts'
import { answer, canPasskey, gaveUp, type SecondStep } from '../../lib/signin.ts'
import type { Session } from '../../lib/types.ts'
import { useProblemText } from '../states.tsx'

export interface SecondProps {
  onIn: (session: Session) => Promise<void>
  onBack: () => void
}

export function Second({ onIn, onBack }: SecondProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [code, setCode] = useState('')
  const step = useQuery({ queryKey: ['signin', 'second'], queryFn: ({ signal }) => get<SecondStep>('/signin/second', undefined, signal), gcTime: 0, retry: false })
  const prove = useMutation({
    mutationFn: async (how: 'code' | 'passkey') =>
      how === 'code' ? post<Session>('/signin/second', { code: code.trim() }) : post<Session>('/signin/passkey', await answer('/signin/passkey/options')),
    onSuccess: onIn,
  })
  const typed = step.data?.totp || step.data?.recovery
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        prove.mutate('code')
      }}
    >
      <p>{t(step.data?.totp ? 'signin.second_code' : 'signin.second_passkey')}</p>
      {(prove.isError || step.isError) && (
        <Alert color={gaveUp(prove.error) ? 'gray' : 'red'} variant="light" role="alert">
          {gaveUp(prove.error) ? t('signin.passkey_none') : problemText(prove.error ?? step.error)}
        </Alert>
      )}
      {step.data?.passkey && canPasskey() && (
        <Button size="md" fullWidth variant={step.data.totp ? 'default' : 'filled'} leftSection={<IconFingerprint size={18} />} onClick={() => prove.mutate('passkey')}>
          {t('signin.with_passkey')}
        </Button>
      )}
      {typed && (
        <TextInput
          size="md"
          label={t(step.data?.totp ? 'signin.code' : 'signin.recovery_one')}
          description={step.data?.totp && step.data.recovery ? t('signin.code_or_recovery') : undefined}
          inputMode={step.data?.totp && !step.data.recovery ? 'numeric' : 'text'}
          autoCapitalize="none"
          autoComplete="one-time-code"
          autoFocus
          required
          withAsterisk={false}
          maxLength={40}
          value={code}
          onChange={(e) => setCode(e.currentTarget.value)}
        />
      )}
      {typed && (
        <Button type="submit" size="md" fullWidth loading={prove.isPending}>
          {t('signin.go_on')}
        </Button>
      )}
      <Button variant="subtle" color="gray" onClick={onBack}>
        {t('signin.back')}
      </Button>
    </form>
  )
}
