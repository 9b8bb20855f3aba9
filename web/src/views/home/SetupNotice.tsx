/* SetupNotice.tsx - on the sign-in page of a system that nobody can sign in to yet. */
import { Alert } from '@mantine/core'
import { useTranslation } from 'react-i18next'

export default function SetupNotice() {
  const { t } = useTranslation()
  return (
    <Alert variant="light" title={t('setup.title')}>
      {t('setup.notice')}
    </Alert>
  )
}
