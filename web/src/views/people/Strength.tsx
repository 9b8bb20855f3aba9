/* Strength.tsx - how good a password is, in words and as a bar. */
import { useTranslation } from 'react-i18next'
import { strength } from '../../lib/strength.ts'
import styles from './strength.module.css'

export function Strength({ password }: { password: string }) {
  const { t } = useTranslation()
  if (password === '') return null
  const how = strength(password)
  return (
    <p className={`small ${styles.strength}`} role="status" data-how={how}>
      <span className={styles.bar} aria-hidden />
      {t('strength.is', { how: t(`strength.${how}`) })}
    </p>
  )
}
