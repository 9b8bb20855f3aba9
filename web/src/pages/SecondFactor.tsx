/* SecondFactor.tsx - whose role asks for a second factor sets one up before anything else. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { BASE } from '../lib/base.ts'
import { call } from '../lib/api.ts'
import { sessionQuery } from '../lib/queries.ts'
import { Mark } from '../views/Mark.tsx'
import { Factors } from '../views/signin/Factors.tsx'
import { useTitle } from '../views/title.ts'
import styles from './SignIn.module.css'

export function SecondFactor() {
  const { t } = useTranslation()
  const { data: session } = useQuery(sessionQuery)
  useTitle(t('signin.factors'))
  if (!session) return null
  return (
    <main className={styles.page}>
      <div className={`${styles.card} ${styles.wide}`}>
        <div className={styles.brand}>
          <Mark size={44} />
          <h1>{t('signin.due')}</h1>
        </div>
        <p>{t('signin.due_help', { name: session.user.display_name })}</p>
        <Factors user={session.user.id} onSet={() => window.location.replace(`${BASE}/`)} />
        <Button variant="subtle" color="gray" onClick={() => void call('DELETE', '/session').finally(() => window.location.replace(`${BASE}/signin`))}>
          {t('shell.sign_out')}
        </Button>
      </div>
    </main>
  )
}
