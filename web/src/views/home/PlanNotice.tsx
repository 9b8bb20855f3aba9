/* PlanNotice.tsx - for administrators: how much of the plan is used, and when a trial ends. */
import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatDate, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { type PlanItem, planQuery } from '../../lib/operator.ts'

export function PlanNotice() {
  const { t } = useTranslation()
  const lang = useLang()
  const plan = useQuery(planQuery).data
  if (!plan) return null
  const much = (item: PlanItem, n: number) => (item.what === 'file_bytes' ? formatBytes(n, lang) : formatNumber(n, lang))
  const words = (item: PlanItem) => ({ what: t(`plan_notice.${item.what}`), used: much(item, item.used), most: much(item, item.most), percent: Math.floor((100 * item.used) / item.most) })
  const warned = plan.items.filter((i) => i.warn)
  const full = warned.some((i) => i.used >= i.most)
  if (!plan.trial_until && warned.length === 0) return null
  return (
    <Alert color={plan.read_only || full ? 'red' : warned.length ? 'orange' : 'blue'} variant="light" role="status" mx="md" mb="md">
      {plan.trial_until && (
        <p>{plan.read_only ? t('plan_notice.read_only', { date: plan.over_on ? formatDate(plan.over_on, lang) : '' }) : t('plan_notice.trial', { date: formatDate(plan.trial_until, lang) })}</p>
      )}
      {warned.map((i) => (
        <p key={i.what}>{t(i.used >= i.most ? 'plan_notice.full' : 'plan_notice.used', words(i))}</p>
      ))}
      {(plan.read_only || warned.length > 0) && <p>{t('plan_notice.ask')}</p>}
    </Alert>
  )
}
