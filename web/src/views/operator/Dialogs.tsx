/* Dialogs.tsx - what is done to a tenant: said, asked, and for what cannot be taken back typed. */
import { Alert, Button, Modal, NativeSelect, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, post } from '../../lib/api.ts'
import { formatMoney, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { exportsQuery, type MadeInvoice, shortName, type Tenant } from '../../lib/operator.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { Rec } from '../../lib/types.ts'
import { Lines, useProblemText } from '../states.tsx'

export type Doing = { what: 'suspend' | 'resume' | 'delete'; tenant: Tenant } | { what: 'plan' | 'export'; tenant: Tenant } | { what: 'invoices' } | { what: 'new' }

export function Dialogs({ doing, onClose }: { doing: Doing; onClose: () => void }) {
  if (doing.what === 'new') return <NewTenant onClose={onClose} />
  if (doing.what === 'invoices') return <Invoices onClose={onClose} />
  if (doing.what === 'export') return <Export tenant={doing.tenant} onClose={onClose} />
  if (doing.what === 'plan') return <Plan tenant={doing.tenant} onClose={onClose} />
  return <Act what={doing.what} tenant={doing.tenant} onClose={onClose} />
}

interface AskProps {
  title: string
  go: string
  danger?: boolean
  ready?: boolean
  run: () => Promise<unknown>
  /* What is said when it went well; without it the dialog stays. */
  done?: string
  children: ReactNode
  onClose: () => void
}

function Ask({ title, go, danger, ready = true, run, done, children, onClose }: AskProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const act = useMutation({
    mutationFn: run,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['tenants'] })
      if (done === undefined) return
      toast(done)
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          act.mutate()
        }}
      >
        {children}
        {act.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(act.error)}
          </Alert>
        )}
        <div className="row">
          <Button type="submit" loading={act.isPending} disabled={!ready || act.isSuccess} {...(danger ? { color: 'red' } : {})}>
            {go}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t(act.isSuccess ? 'close' : 'cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function Act({ what, tenant, onClose }: { what: 'suspend' | 'resume' | 'delete'; tenant: Tenant; onClose: () => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [confirm, setConfirm] = useState('')
  const name = tenant.name
  const ready = what === 'resume' || (what === 'suspend' ? reason.trim() !== '' : confirm === name)
  return (
    <Ask
      title={t(`operator.${what}_title`, { name })}
      go={t(`operator.${what}_go`)}
      danger={what !== 'resume'}
      ready={ready}
      run={() => post(`/operator/tenants/${encodeURIComponent(name)}/act`, { action: what, ...(reason.trim() ? { reason: reason.trim() } : {}), ...(what === 'delete' ? { confirm } : {}) })}
      done={t(`operator.done_${what}`, { name })}
      onClose={onClose}
    >
      <p>{t(`operator.${what}_help`)}</p>
      {what !== 'resume' && <TextInput label={t('operator.reason')} data-autofocus value={reason} maxLength={500} onChange={(e) => setReason(e.currentTarget.value)} />}
      {what === 'delete' && <TextInput label={t('operator.delete_confirm', { name })} autoComplete="off" autoCapitalize="none" value={confirm} onChange={(e) => setConfirm(e.currentTarget.value)} />}
    </Ask>
  )
}

function Export({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const name = tenant.name
  return (
    <Ask
      title={t('operator.export_title', { name })}
      go={t('operator.export_go')}
      ready={reason.trim() !== ''}
      run={async () => {
        await post(`/operator/tenants/${encodeURIComponent(name)}/export`, { reason: reason.trim() })
        await queryClient.invalidateQueries({ queryKey: exportsQuery.queryKey })
      }}
      done={t('operator.done_export', { name })}
      onClose={onClose}
    >
      <p>{t('operator.export_help')}</p>
      <TextInput label={t('operator.export_reason')} data-autofocus value={reason} maxLength={500} onChange={(e) => setReason(e.currentTarget.value)} />
    </Ask>
  )
}

function Plan({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const { t } = useTranslation()
  const plans = useQuery({ queryKey: ['list', 'plan', 'on-offer'], queryFn: ({ signal }) => get<{ rows: Rec[] }>('/plan', { filter: 'active', sort: 'name', fields: 'code,name', limit: 200 }, signal) })
  const [code, setCode] = useState('')
  const [period, setPeriod] = useState(tenant.subscription?.period ?? 'month')
  const [from, setFrom] = useState('')
  const [trial, setTrial] = useState(false)
  const rows = plans.data?.rows ?? []
  const chosen = code || String(rows[0]?.code ?? '')
  const name = tenant.name
  return (
    <Ask
      title={t('operator.plan_title', { name })}
      go={t('operator.plan_go')}
      ready={chosen !== ''}
      run={() => post(`/operator/tenants/${encodeURIComponent(name)}/plan`, { plan: chosen, period, trial, ...(from ? { from } : {}) })}
      done={t('operator.done_plan', { name, plan: String(rows.find((r) => r.code === chosen)?.name ?? chosen) })}
      onClose={onClose}
    >
      {plans.isPending ? <Lines count={2} /> : <NativeSelect data-autofocus label={t('operator.plan_choose')} value={chosen} onChange={(e) => setCode(e.currentTarget.value)} data={rows.map((r) => ({ value: String(r.code), label: String(r.name) }))} />}
      <NativeSelect label={t('operator.plan_period')} value={period} onChange={(e) => setPeriod(e.currentTarget.value)} data={[{ value: 'month', label: t('operator.month') }, { value: 'year', label: t('operator.year') }]} />
      <TextInput type="date" label={t('operator.plan_from')} value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
      <Switch label={t('operator.plan_trial')} checked={trial} onChange={(e) => setTrial(e.currentTarget.checked)} />
      <p className="dim small">{t('operator.plan_help')}</p>
    </Ask>
  )
}

interface Run {
  rows: MadeInvoice[]
  next: string | null
}

async function runAll(dry: boolean): Promise<MadeInvoice[]> {
  const rows: MadeInvoice[] = []
  let after: string | null = ''
  while (after !== null) {
    const page: Run = await post('/operator/invoices', { dry, after })
    rows.push(...page.rows)
    after = page.next
  }
  return rows
}

function Invoices({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const problemText = useProblemText()
  const tried = useQuery({ queryKey: ['invoices-dry'], staleTime: 0, queryFn: () => runAll(true) })
  const rows = tried.data ?? []
  return (
    <Ask
      title={t('operator.invoices_title')}
      go={t('operator.invoices_go')}
      ready={rows.length > 0}
      run={() => runAll(false).then(() => queryClient.invalidateQueries({ queryKey: ['list', 'invoice'] }))}
      done={t('operator.invoices_made', { text: formatNumber(rows.length, lang) })}
      onClose={onClose}
    >
      <p className="dim small">{t('operator.invoices_help')}</p>
      {tried.isPending && <Lines count={3} />}
      {tried.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(tried.error)}
        </Alert>
      )}
      {tried.data && rows.length === 0 && <p>{t('operator.invoices_none')}</p>}
      <ul className="plain">
        {rows.map((r) => (
          <li key={`${r.tenant}/${r.currency}/${r.from}`} className="row">
            <span>{r.bill_to}</span>
            <span className="num">{formatMoney({ amount: r.total, currency: r.currency }, lang)}</span>
          </li>
        ))}
      </ul>
    </Ask>
  )
}

function NewTenant({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [organisation, setOrganisation] = useState('')
  const [typed, setTyped] = useState<string | null>(null)
  const [link, setLink] = useState('')
  const name = typed ?? shortName(organisation)
  return (
    <Ask
      title={t('operator.new_title')}
      go={t('operator.new_go')}
      ready={name !== '' && organisation.trim() !== ''}
      run={async () => {
        const made = await post<{ address: string; link: string }>('/house/tenants', { name, organisation: organisation.trim() })
        setLink(`${made.address}/link#${made.link}`)
      }}
      onClose={onClose}
    >
      <TextInput data-autofocus label={t('signup.organisation')} value={organisation} maxLength={120} onChange={(e) => setOrganisation(e.currentTarget.value)} />
      <TextInput label={t('signup.name')} description={t('signup.name_help')} autoCapitalize="none" value={name} maxLength={40} onChange={(e) => setTyped(e.currentTarget.value.toLowerCase())} />
      {link && (
        <Alert variant="light" role="status">
          <p>{t('operator.new_done', { name })}</p>
          <code style={{ overflowWrap: 'anywhere', userSelect: 'all' }}>{link}</code>
        </Alert>
      )}
    </Ask>
  )
}
