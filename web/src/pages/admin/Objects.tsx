/* Objects.tsx - every kind of record, and where each is described. */
import { useTranslation } from 'react-i18next'
import type { AdminPageProps } from './section.ts'

export function Objects(_: AdminPageProps) {
  const { t } = useTranslation()
  return <h1>{t('admin.objects.title')}</h1>
}
