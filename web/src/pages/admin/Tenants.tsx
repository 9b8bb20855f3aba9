/* Tenants.tsx - the operator's console: who is here, on which plan, how large, and what is done to them. */
import { Button, Menu, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconDotsVertical } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { call, post } from '../../lib/api.ts'
import { formatBytes, formatDate, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { type SignUpRules, signUpRulesQuery, type Tenant, tenantsQuery } from '../../lib/operator.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { Dialogs, type Doing } from '../../views/operator/Dialogs.tsx'
import { Exports } from '../../views/operator/Exports.tsx'
import styles from '../../views/people/people.module.css'
import { Empty, Failed, Lines, useProblemText } from '../../views/states.tsx'
import own from './Tenants.module.css'

const HUES: Record<string, string> = { active: 'green', trial: 'blue', past_due: 'orange', suspended: 'red', ended: 'gray', making: 'blue', deleting: 'gray' }
const SUBS = ['trial', 'active', 'past_due', 'suspended', 'ended'] as const
const isSub = (s: string): s is (typeof SUBS)[number] => (SUBS as readonly string[]).includes(s)

export function Tenants() {
  const { t } = useTranslation()
  const lang = useLang()
  const problemText = useProblemText()
  const [search, setSearch] = useState('')
  const [state, setState] = useState('')
  const [doing, setDoing] = useState<Doing | null>(null)
  const query = useInfiniteQuery(tenantsQuery(useDeferredValue(search), state))
  const rows = query.data?.pages.flatMap((p) => p.rows) ?? []
  const count = query.data?.pages[0]?.count ?? 0
  const meter = useMutation({
    mutationFn: async () => {
      let all = 0
      let after: string | null = ''
      while (after !== null) {
        const done: { tenants: number; next: string | null } = await post('/operator/meter', { after })
        all += done.tenants
        after = done.next
      }
      return all
    },
    onSuccess: (all) => {
      toast(t('operator.metered', { text: formatNumber(all, lang) }))
      void queryClient.invalidateQueries({ queryKey: ['tenants'] })
    },
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>{t('operator.title')}</h1>
        <Button variant="default" loading={meter.isPending} onClick={() => meter.mutate()}>
          {t('operator.meter')}
        </Button>
        <Button variant="default" onClick={() => setDoing({ what: 'invoices' })}>
          {t('operator.invoices')}
        </Button>
        <Button onClick={() => setDoing({ what: 'new' })}>{t('operator.new')}</Button>
      </div>
      <SignUpSwitch />
      <Exports />
      <div className={styles.bar}>
        <TextInput type="search" aria-label={t('operator.search')} placeholder={t('operator.search')} value={search} onChange={(e) => setSearch(e.currentTarget.value)} />
        <NativeSelect
          aria-label={t('operator.state')}
          value={state}
          onChange={(e) => setState(e.currentTarget.value)}
          data={[{ value: '', label: t('operator.state_all') }, { value: 'active', label: t('operator.state_active') }, { value: 'suspended', label: t('operator.state_suspended') }]}
        />
        <span className="dim small">{t('operator.count', { count, text: formatNumber(count, lang) })}</span>
      </div>
      {query.isPending && <Lines />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.data && rows.length === 0 && <Empty title={t('operator.none')} />}
      {rows.length > 0 && (
        <div className={`card ${styles.section}`}>
          <ul className={`plain ${styles.rows} ${styles.whole}`}>
            {rows.map((tenant) => (
              <Row key={tenant.name} tenant={tenant} act={(what) => setDoing(what === 'plan' || what === 'export' ? { what, tenant } : { what, tenant })} />
            ))}
          </ul>
        </div>
      )}
      {query.hasNextPage && (
        <Button variant="default" className={styles.more} loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('operator.next')}
        </Button>
      )}
      {doing && <Dialogs doing={doing} onClose={() => setDoing(null)} />}
    </div>
  )
}

function Row({ tenant, act }: { tenant: Tenant; act: (what: 'suspend' | 'resume' | 'delete' | 'plan' | 'export') => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const s = tenant.subscription
  const much = (u: { used: number; most: number }, show: (n: number) => string) => (u.most ? t('operator.of', { used: show(u.used), most: show(u.most) }) : show(u.used))
  const number = (n: number) => formatNumber(n, lang)
  const bytes = (n: number) => formatBytes(n, lang)
  return (
    <li className={own.tenant} data-tenant={tenant.name}>
      <span className={styles.who}>
        <span>{tenant.organisation || tenant.name}</span>
        <span className="dim small">
          {tenant.name} · {tenant.used_on ? t('operator.used_on', { date: formatDate(tenant.used_on, lang) }) : t('operator.never')}
        </span>
        {tenant.reason && <span className="small">{tenant.reason}</span>}
      </span>
      <span className={styles.chips}>
        {tenant.state === 'active' && s ? <Chip text={isSub(s.state) ? t(`operator.sub_${s.state}`) : s.state} hue={HUES[s.state]} /> : <Chip text={t(`operator.state_${tenant.state}`)} hue={HUES[tenant.state]} />}
        {tenant.read_only && <Chip text={t('operator.read_only')} hue="orange" />}
        <span className="small">
          {s ? (
            <Link to="/o/$object/$id" params={{ object: 'subscription', id: s.id }}>
              {s.plan_name}
            </Link>
          ) : (
            t('operator.no_plan')
          )}
        </span>
        {s?.state === 'trial' && s.trial_until && <span className="dim small">{t('operator.trial_until', { date: formatDate(s.trial_until, lang) })}</span>}
      </span>
      <dl className={own.facts}>
        <div>
          <dt>{t('operator.users')}</dt>
          <dd className="num">{much(tenant.seats, number)}</dd>
        </div>
        <div>
          <dt>{t('operator.records')}</dt>
          <dd className="num">{much(tenant.records, number)}</dd>
        </div>
        <div>
          <dt>{t('operator.files')}</dt>
          <dd className="num">{much(tenant.file_bytes, bytes)}</dd>
        </div>
        <div>
          <dt>{t('operator.store')}</dt>
          <dd className="num">{bytes(tenant.store_bytes)}</dd>
        </div>
      </dl>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" color="gray" px={8} aria-label={t('operator.actions', { name: tenant.name })}>
            <IconDotsVertical size={18} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={tenant.address} target="_blank" rel="noreferrer">
            {t('operator.open')}
          </Menu.Item>
          <Menu.Item onClick={() => act('plan')}>{t('operator.plan')}</Menu.Item>
          {tenant.state === 'suspended' ? <Menu.Item onClick={() => act('resume')}>{t('operator.resume')}</Menu.Item> : <Menu.Item onClick={() => act('suspend')}>{t('operator.suspend')}</Menu.Item>}
          <Menu.Item onClick={() => act('export')}>{t('operator.export')}</Menu.Item>
          <Menu.Item color="red" onClick={() => act('delete')}>
            {t('operator.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  )
}

function SignUpSwitch() {
  const { t } = useTranslation()
  const lang = useLang()
  const problemText = useProblemText()
  const rules = useQuery(signUpRulesQuery).data
  const [most, setMost] = useState<number | null>(null)
  const save = useMutation({
    mutationFn: (next: { open: boolean; per_day: number }) => call<SignUpRules>('PUT', '/operator/signup', { body: next }),
    onSuccess: (now) => {
      queryClient.setQueryData(signUpRulesQuery.queryKey, now)
      toast(t('operator.signup_saved'))
    },
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  if (!rules) return null
  const perDay = most ?? rules.per_day
  return (
    <section className={`card ${styles.section}`} aria-labelledby="sign-up">
      <h2 id="sign-up">{t('operator.signup')}</h2>
      <div className={styles.foot}>
        <Switch label={t('operator.signup_open')} checked={rules.open} disabled={save.isPending} onChange={(e) => save.mutate({ open: e.currentTarget.checked, per_day: perDay })} />
        {rules.open && (
          <Link to="/signup" className="small">
            /signup
          </Link>
        )}
      </div>
      <div className={own.line}>
        <NumberInput label={t('operator.signup_per_day')} min={1} max={100000} value={perDay} onChange={(n) => setMost(typeof n === 'number' ? n : null)} onBlur={() => perDay !== rules.per_day && save.mutate({ open: rules.open, per_day: perDay })} />
        <span className="dim small">{t('operator.signup_made', { text: formatNumber(rules.made, lang) })}</span>
      </div>
    </section>
  )
}
