import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../views/states.tsx'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Empty title={t('state.missing')}>
      <Link to="/">{t('home.title')}</Link>
    </Empty>
  )
}
