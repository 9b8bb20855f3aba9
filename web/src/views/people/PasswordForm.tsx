/*
 * PasswordForm.tsx - set a password of one's own.  That ends every session, so one signs in again
 * with it behind the scenes, and the page begins anew.
 */
import { Alert, Button, PasswordInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BASE } from '../../lib/base.ts'
import { holdSession, post, Problem } from '../../lib/api.ts'
import type { Session } from '../../lib/types.ts'
import { useProblemText } from '../states.tsx'
import { isOwnPassword, OwnPassword } from './OwnPassword.tsx'

const at = (error: unknown, path: string) =>
  error instanceof Problem ? error.errors.find((e) => e.path === path)?.detail : undefined

export function PasswordForm({ session, then }: { session: Session; then: string }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [present, setPresent] = useState('')
  const [next, setNext] = useState('')
  const [repeat, setRepeat] = useState('')
  const min = session.password_chars_min ?? 8
  const change = useMutation({
    mutationFn: async () => {
      holdSession(true)
      await post(`/user/${session.user.id}/password`, { password: next, present_password: present })
      await post<Session>('/session', { name: session.user.name, password: next })
    },
    onSuccess: () => window.location.replace(BASE + then),
    onError: () => holdSession(false),
  })
  const wrong = at(change.error, 'present_password')
  const refused = at(change.error, 'password')
  const eye = { 'aria-label': t('sign_in.show_password'), tabIndex: 0 }
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        if (isOwnPassword(next, repeat, min)) change.mutate()
      }}
    >
      {change.isError && !wrong && !refused && (
        <Alert color="red" variant="light" role="alert">
          {problemText(change.error)}
        </Alert>
      )}
      <input type="text" name="username" autoComplete="username" value={session.user.name} readOnly hidden />
      <PasswordInput label={t('people.password_present')} autoComplete="current-password" required value={present} error={wrong} onChange={(e) => setPresent(e.currentTarget.value)} visibilityToggleButtonProps={eye} />
      <OwnPassword min={min} value={next} repeat={repeat} refused={refused} onValue={setNext} onRepeat={setRepeat} />
      <div className="row">
        <Button type="submit" loading={change.isPending}>
          {t('people.password_change')}
        </Button>
      </div>
    </form>
  )
}
