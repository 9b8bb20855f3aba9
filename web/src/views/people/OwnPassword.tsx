/* OwnPassword.tsx - a new password, said twice, and how good it is. */
import { PasswordInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Strength } from './Strength.tsx'

export interface OwnPasswordProps {
  min: number
  value: string
  repeat: string
  refused?: string | undefined
  onValue: (text: string) => void
  onRepeat: (text: string) => void
}

export const isOwnPassword = (value: string, repeat: string, min: number) => [...value].length >= min && value === repeat

export function OwnPassword({ min, value, repeat, refused, onValue, onRepeat }: OwnPasswordProps) {
  const { t } = useTranslation()
  const short = value !== '' && [...value].length < min
  const differs = repeat !== '' && repeat !== value
  const eye = { 'aria-label': t('sign_in.show_password'), tabIndex: 0 }
  return (
    <>
      <PasswordInput label={t('people.password_new')} description={t('people.password_rule', { count: min })} autoComplete="new-password" required value={value} error={short ? t('people.password_short', { count: min }) : refused} onChange={(e) => onValue(e.currentTarget.value)} visibilityToggleButtonProps={eye} />
      {!short && <Strength password={value} />}
      <PasswordInput label={t('people.password_repeat')} autoComplete="new-password" required value={repeat} error={differs ? t('people.password_differs') : undefined} onChange={(e) => onRepeat(e.currentTarget.value)} visibilityToggleButtonProps={eye} />
    </>
  )
}
