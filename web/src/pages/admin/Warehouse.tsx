/* Warehouse.tsx - how the analytical database is; woken, compared with the records, filled anew. */
import { Alert, Button } from '@mantine/core'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { IconDatabase, IconRefresh, IconScale } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { get, post } from '../../lib/api.ts'
import { formatBytes, formatMoment, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject } from '../../lib/meta.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useLabel, useMeta, useOffset } from '../../lib/use.ts'
import { Confirm } from '../../views/people/Confirm.tsx'
import styles from '../../views/people/people.module.css'
import { Failed, Lines, useProblemText } from '../../views/states.tsx'

interface Status {
  state: 'asleep' | 'down' | 'filling' | 'behind' | 'up'
  why: string
  lag_changes: number
  lag_ms: number
  file_bytes: number
  memory_bytes: number
  restarts: number
  applied: number
  filled_rows: number
  asking: number
  rebuilt_at: string | null
}

interface Compared {
  differs: { table: string; rows: number }[]
  tables: number
  rows: number
}

const HUES = { asleep: 'gray', down: 'red', filling: 'blue', behind: 'orange', up: 'green' } as const
const LOOK_MS = 3_000

const statusQuery = queryOptions({
  queryKey: ['warehouse'],
  queryFn: ({ signal }) => get<Status>('/admin/warehouse', {}, signal),
  refetchInterval: LOOK_MS,
})

export function Warehouse() {
  const { t } = useTranslation()
  const query = useQuery(statusQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>{t('admin.warehouse.title')}</h1>
      </div>
      <p className="dim">{t('warehouse.help')}</p>
      <State status={query.data} />
      <Compare status={query.data} />
    </div>
  )
}

function useExplained(s: Status): string {
  const { t } = useTranslation()
  const lang = useLang()
  if (s.state === 'filling') return t('warehouse.filling_help', { rows: formatNumber(s.filled_rows, lang) })
  if (s.state === 'behind') {
    const ago = new Intl.NumberFormat(lang, { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(Math.ceil(s.lag_ms / 1000))
    return t('warehouse.behind_help', { count: s.lag_changes, ago })
  }
  return t(`warehouse.${s.state}_help`)
}

function State({ status: s }: { status: Status }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const problemText = useProblemText()
  const [asked, setAsked] = useState(false)
  const renew = () => queryClient.invalidateQueries({ queryKey: statusQuery.queryKey })
  const wake = useMutation({
    mutationFn: () => get<Status>('/admin/warehouse', { wake: true }),
    onSettled: renew,
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  const facts: [string, string][] = [
    [t('warehouse.file'), formatBytes(s.file_bytes, lang)],
    [t('warehouse.memory'), formatBytes(s.memory_bytes, lang)],
    [t('warehouse.rebuilt'), s.rebuilt_at ? formatMoment(s.rebuilt_at, lang, offset) : t('warehouse.never')],
    [t('warehouse.applied'), formatNumber(s.applied, lang)],
    [t('warehouse.asking'), formatNumber(s.asking, lang)],
    [t('warehouse.restarts'), formatNumber(s.restarts, lang)],
  ]
  return (
    <section className={`card ${styles.section}`}>
      <div className={styles.head}>
        <h2 className={styles.grow}>{t('warehouse.state')}</h2>
        <Chip text={t(`warehouse.${s.state}`)} hue={HUES[s.state]} />
      </div>
      <p aria-live="polite">{useExplained(s)}</p>
      {s.state === 'down' && s.why && (
        <Alert color="red" variant="light">
          {s.why}
        </Alert>
      )}
      <dl className={styles.pairs}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className={styles.foot}>
        {s.state === 'asleep' && (
          <Button variant="default" leftSection={<IconDatabase size={16} />} loading={wake.isPending} onClick={() => wake.mutate()}>
            {t('warehouse.wake')}
          </Button>
        )}
        <Button variant="default" leftSection={<IconRefresh size={16} />} disabled={s.state === 'filling'} onClick={() => setAsked(true)}>
          {t('warehouse.rebuild')}
        </Button>
      </div>
      {asked && (
        <Confirm
          title={t('warehouse.rebuild_title')}
          go={t('warehouse.rebuild')}
          run={async () => {
            await post('/admin/warehouse/rebuild')
            toast(t('warehouse.rebuilt_now'))
            await renew()
          }}
          onClose={() => setAsked(false)}
        >
          <p>{t('warehouse.rebuild_help')}</p>
        </Confirm>
      )}
    </section>
  )
}

function Compare({ status }: { status: Status }) {
  const { t } = useTranslation()
  const lang = useLang()
  const meta = useMeta()
  const label = useLabel()
  const problemText = useProblemText()
  const compare = useMutation({ mutationFn: () => post<Compared>('/admin/warehouse/verify') })
  const number = (n: number) => formatNumber(n, lang)
  const result = compare.data
  return (
    <section className={`card ${styles.section}`}>
      <h2>{t('warehouse.verify')}</h2>
      <p className="dim">{t('warehouse.verify_help')}</p>
      <div className={styles.foot}>
        <Button variant="default" leftSection={<IconScale size={16} />} loading={compare.isPending} disabled={status.state === 'filling'} onClick={() => compare.mutate()}>
          {t('warehouse.verify')}
        </Button>
      </div>
      <div role="status">
        {compare.isError && (
          <Alert color="red" variant="light">
            {problemText(compare.error)}
          </Alert>
        )}
        {result && result.differs.length === 0 && (
          <Alert color="green" variant="light">
            {t('warehouse.equal', { rows: number(result.rows), tables: number(result.tables) })}
          </Alert>
        )}
        {result && result.differs.length > 0 && (
          <Alert color="red" variant="light">
            <p>{t('warehouse.differs')}</p>
            <ul>
              {result.differs.map((d) => (
                <li key={d.table}>{t('warehouse.differs_in', { rows: number(d.rows), table: label(findObject(meta, d.table)?.plural, d.table) })}</li>
              ))}
            </ul>
          </Alert>
        )}
      </div>
    </section>
  )
}
