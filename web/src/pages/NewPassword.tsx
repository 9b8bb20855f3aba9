/* NewPassword.tsx - who came in with a password that serves once sets one of their own. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { BASE } from '../lib/base.ts'
import { call } from '../lib/api.ts'
import { sessionQuery } from '../lib/queries.ts'
import { Mark } from '../views/Mark.tsx'
import { PasswordForm } from '../views/people/PasswordForm.tsx'
import { useTitle } from '../views/title.ts'
import styles from './SignIn.module.css'

export function NewPassword() {
  const { t } = useTranslation()
  const { data: session } = useQuery(sessionQuery)
  useTitle(t('people.own_password'))
  if (!session) return null
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={44} />
          <h1>{t('people.own_password')}</h1>
        </div>
        <p>{t('people.own_password_help', { name: session.user.display_name })}</p>
        <PasswordForm session={session} then="/" />
        <Button variant="subtle" color="gray" onClick={() => void call('DELETE', '/session').finally(() => window.location.replace(`${BASE}/signin`))}>
          {t('shell.sign_out')}
        </Button>
      </div>
    </main>
  )
}
