/* Toasts.tsx - shows what lib/toast.ts holds; read aloud without taking the focus. */
import { CloseButton } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { closeToast, useToasts } from '../lib/toast.ts'
import styles from './Toasts.module.css'

export function Toasts() {
  const { t } = useTranslation()
  const toasts = useToasts()
  return (
    <div className={styles.region} role="status" aria-live="polite">
      {toasts.map((item) => (
        <div key={item.id} className={styles.toast} data-kind={item.kind}>
          {item.kind === 'done' ? <IconCheck size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />}
          <span className={styles.text}>{item.text}</span>
          {item.undo && (
            <button
              type="button"
              className={styles.undo}
              onClick={() => {
                item.undo?.run()
                closeToast(item.id)
              }}
            >
              {item.undo.label}
            </button>
          )}
          <CloseButton size="sm" className={styles.close} aria-label={t('close')} onClick={() => closeToast(item.id)} />
        </div>
      ))}
    </div>
  )
}
