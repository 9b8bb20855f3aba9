/* states.tsx - what stands where there is nothing to show: empty, loading, failed. */
import { Button, Skeleton } from '@mantine/core'
import { IconCloudOff, IconLock, IconMoodEmpty, IconZoomQuestion, IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Offline, Problem } from '../lib/api.ts'
import styles from './states.module.css'

export function Empty({ title, children, icon }: { title: string; children?: ReactNode; icon?: ReactNode }) {
  return (
    <div className={styles.state}>
      <div className={styles.icon}>{icon ?? <IconMoodEmpty size={36} stroke={1.3} aria-hidden />}</div>
      <div className={styles.title}>{title}</div>
      {children && <div className={styles.more}>{children}</div>}
    </div>
  )
}

function look(error: unknown) {
  if (error instanceof Offline) return ['offline', <IconCloudOff key="i" size={36} stroke={1.3} aria-hidden />] as const
  if (error instanceof Problem && error.status === 403) return ['forbidden', <IconLock key="i" size={36} stroke={1.3} aria-hidden />] as const
  if (error instanceof Problem && error.status === 404) return ['missing', <IconZoomQuestion key="i" size={36} stroke={1.3} aria-hidden />] as const
  return ['failed', <IconAlertTriangle key="i" size={36} stroke={1.3} aria-hidden />] as const
}

export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useTranslation()
  const [kind, icon] = look(error)
  return (
    <div role="alert">
      <Empty title={t(`state.${kind}`)} icon={icon}>
        {error instanceof Problem && kind !== 'missing' && <p>{error.detail}</p>}
        {again && (
          <Button variant="default" size="xs" onClick={again}>
            {t('state.again')}
          </Button>
        )}
      </Empty>
    </div>
  )
}

export function Lines({ count = 8 }: { count?: number }) {
  const { t } = useTranslation()
  return (
    <div className={styles.lines} role="status" aria-label={t('state.loading')}>
      {Array.from({ length: count }, (_, i) => (
        <Skeleton key={i} height={14} width={`${92 - ((i * 37) % 41)}%`} radius="sm" />
      ))}
    </div>
  )
}

/* What went wrong, in the server's words or ours. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation()
  return (error) =>
    error instanceof Problem ? error.detail : error instanceof Offline ? t('state.offline') : t('state.failed')
}
