/* Unusual.tsx - who read or took out far more than usual, and what can be done about it at once. */
import { Alert, Button, Checkbox } from '@mantine/core'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, get, post } from '../../lib/api.ts'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { queryClient } from '../../lib/queries.ts'
import { useOffset, useSession } from '../../lib/use.ts'
import { useProblemText } from '../states.tsx'
import { Confirm } from './Confirm.tsx'
import styles from './unusual.module.css'

interface Unusual {
  id: string
  user: { id: string; title: string }
  active: boolean
  sessions: number
  kind: 'read' | 'export'
  made_at: string
  records: number
  usual: number
}

const LOOK_MS = 30_000
const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: async ({ signal }) => (await get<{ rows: Unusual[] }>('/admin/alerts', undefined, signal)).rows,
  refetchInterval: LOOK_MS,
})
const again = () => queryClient.invalidateQueries({ queryKey: ['alerts'] })

export function UnusualReading() {
  const { t } = useTranslation()
  const { data } = useQuery(alertsQuery)
  if (!data?.length) return null
  return (
    <section className={styles.box} aria-label={t('alerts.title')}>
      {data.map((alert) => (
        <One key={alert.id} alert={alert} />
      ))}
    </section>
  )
}

function One({ alert }: { alert: Unusual }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const me = useSession()?.user.id
  const problemText = useProblemText()
  const [asking, setAsking] = useState<'disable' | 'done' | null>(null)
  const [usual, setUsual] = useState(false)
  const end = useMutation({ mutationFn: () => call('DELETE', `/user/${alert.user.id}/sessions`), onSuccess: again })
  const name = alert.user.title
  const mine = alert.user.id === me
  const when = formatMoment(alert.made_at, lang, offset)
  const out = alert.active ? (alert.sessions === 0 ? t('alerts.no_sessions') : '') : t('alerts.out')
  return (
    <Alert color="orange" variant="light" styles={{ title: { color: 'inherit' } }} icon={<IconAlertTriangle size={20} />} role="alert" title={t(`alerts.${alert.kind}`, { name, records: formatNumber(alert.records, lang) })}>
      <p className="small">
        {alert.usual > 0 ? t('alerts.usual', { when, usual: formatNumber(alert.usual, lang) }) : t('alerts.never', { when })}
        {out && ` · ${out}`}
      </p>
      {end.isError && <p className="small">{problemText(end.error)}</p>}
      {!mine && (
        <div className={styles.acts}>
          {alert.sessions > 0 && (
            <Button size="xs" color="red" loading={end.isPending} onClick={() => end.mutate()}>
              {t('alerts.end')}
            </Button>
          )}
          {alert.active && (
            <Button size="xs" variant="default" onClick={() => setAsking('disable')}>
              {t('alerts.disable')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={() => setAsking('done')}>
            {t('alerts.done')}
          </Button>
          <Link className={styles.who} to="/admin/$" params={{ _splat: `users/${alert.user.id}` }}>
            {name}
          </Link>
        </div>
      )}
      {asking === 'disable' && (
        <Confirm
          title={t('alerts.disable_ask', { name })}
          go={t('alerts.disable')}
          danger
          run={async () => {
            await call('PUT', `/admin/users/${alert.user.id}/active`, { body: { active: false } })
            await again()
          }}
          onClose={() => setAsking(null)}
        >
          <p>{t('alerts.disable_help', { name })}</p>
        </Confirm>
      )}
      {asking === 'done' && (
        <Confirm
          title={t('alerts.done_ask')}
          go={t('alerts.done')}
          run={async () => {
            await post(`/admin/alerts/${alert.id}`, { usual })
            await again()
          }}
          onClose={() => setAsking(null)}
        >
          <p>{t('alerts.done_help')}</p>
          <Checkbox label={t('alerts.make_usual', { name })} checked={usual} onChange={(e) => setUsual(e.currentTarget.checked)} />
        </Confirm>
      )}
    </Alert>
  )
}
