/* CopiesNotice.tsx - for administrators: a backup or a drill that failed or is late; else nothing. */
import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { copiesQuery, type CopyHow } from '../../lib/operator.ts'
import { useOffset } from '../../lib/use.ts'

const isWrong = (how: CopyHow | undefined) => how?.state === 'late' || how?.state === 'failed'

export function CopiesNotice() {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const { data } = useQuery(copiesQuery)
  if (!data?.on) return null
  const all = [['backup', data.backup, 'jobs'], ['drill', data.drill, 'audit'], ['archive', data.archive?.how, 'jobs']] as const
  const wrong = all.filter(([, how]) => isWrong(how))
  if (wrong.length === 0 && data.tenants_wrong === 0) return null
  const last = (how: CopyHow | undefined) => (how?.at ? t('copies.last', { at: formatMoment(how.at, lang, offset) }) : t('copies.never'))
  return (
    <Alert color="red" variant="light" role="alert" mx="md" mb="md" icon={<IconAlertTriangle size={20} />} title={t('copies.title')}>
      {wrong.map(([what, how, page]) => (
        <p key={what}>
          {t(`copies.${what}_${how?.state === 'late' ? 'late' : 'failed'}`)} {last(how)}{' '}
          <Link to="/admin/$" params={{ _splat: page }}>
            {t('copies.look')}
          </Link>
        </p>
      ))}
      {data.tenants_wrong > 0 && <p>{t('copies.tenants', { count: data.tenants_wrong })}</p>}
    </Alert>
  )
}
