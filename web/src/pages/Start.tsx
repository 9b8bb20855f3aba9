/* Start.tsx - the first steps again, whenever somebody wants them. */
import { useTranslation } from 'react-i18next'
import { FirstSteps } from '../views/home/FirstSteps.tsx'
import { useTitle } from '../views/title.ts'
import styles from './Home.module.css'

export function Start() {
  const { t } = useTranslation()
  useTitle(t('first.title'))
  return (
    <div className={styles.page}>
      <h1>{t('first.title')}</h1>
      <FirstSteps always />
    </div>
  )
}
