/* Providers.tsx - through which other providers people sign in here: listed, set up, tried, removed. */
import { Alert, Badge, Button, Checkbox, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconLogin2, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, post, Problem } from '../../lib/api.ts'
import { rolesQuery } from '../../lib/people.ts'
import { type Provider, type ProviderRules, providersQuery, saveProvider, SECONDS } from '../../lib/providers.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useLabel } from '../../lib/use.ts'
import { Confirm } from '../people/Confirm.tsx'
import styles from '../people/people.module.css'
import { Failed, Lines, useProblemText } from '../states.tsx'

const NEW: ProviderRules = {
  name: '', issuer: '', client: '', scopes: 'openid email profile', claim: 'email', acr: '', second: 'own',
  domains: [], roles: [], creates: false, links_email: false, inside: false, active: true,
}

const again = () => queryClient.invalidateQueries({ queryKey: ['providers'] })

export function Providers() {
  const { t } = useTranslation()
  const query = useQuery(providersQuery)
  const [open, setOpen] = useState<Provider | 'new' | null>(null)
  if (query.isPending) return <Lines count={2} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <section className={`card ${styles.section}`} aria-labelledby="providers">
      <h2 id="providers">{t('signin.providers')}</h2>
      <p className="dim small">{t('signin.providers_help')}</p>
      {query.data.length > 0 && (
        <ul className={`plain ${styles.rows}`}>
          {query.data.map((p) => (
            <Line key={p.id} provider={p} onEdit={() => setOpen(p)} />
          ))}
        </ul>
      )}
      <div className={styles.foot}>
        <Button size="xs" variant="default" leftSection={<IconPlus size={15} />} onClick={() => setOpen('new')}>
          {t('signin.provider_add')}
        </Button>
      </div>
      {open && <Form was={open === 'new' ? null : open} onSaved={(saved) => setOpen(open === 'new' ? saved : null)} onClose={() => setOpen(null)} />}
    </section>
  )
}

function Line({ provider, onEdit }: { provider: Provider; onEdit: () => void }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [removing, setRemoving] = useState(false)
  const attempt = useMutation({ mutationFn: () => post(`/admin/providers/${provider.id}/try`), onSuccess: () => toast(t('signin.provider_answers', { name: provider.name })) })
  return (
    <li className={styles.line}>
      <IconLogin2 size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span>
          {provider.name}{' '}
          {!provider.active && (
            <Badge variant="light" color="gray">
              {t('signin.provider_off')}
            </Badge>
          )}
        </span>
        <span className="dim small">{provider.issuer}</span>
        {attempt.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(attempt.error)}
          </Alert>
        )}
      </span>
      <Button size="xs" variant="default" loading={attempt.isPending} onClick={() => attempt.mutate()}>
        {t('signin.provider_try')}
      </Button>
      <Button size="xs" variant="default" onClick={onEdit}>
        {t('signin.provider_edit')}
      </Button>
      <Button size="xs" variant="default" onClick={() => setRemoving(true)}>
        {t('signin.remove')}
      </Button>
      {removing && (
        <Confirm
          title={t('signin.provider_remove_ask', { name: provider.name })}
          go={t('signin.remove')}
          danger
          run={async () => {
            await call('DELETE', `/admin/providers/${provider.id}`)
            await again()
          }}
          onClose={() => setRemoving(false)}
        >
          <p>{t('signin.provider_remove_help')}</p>
        </Confirm>
      )}
    </li>
  )
}

function Form({ was, onSaved, onClose }: { was: Provider | null; onSaved: (saved: Provider) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const problemText = useProblemText()
  const roles = useQuery(rolesQuery)
  const [now, setNow] = useState<ProviderRules>(was ?? NEW)
  const [domains, setDomains] = useState(now.domains.join(', '))
  const [secret, setSecret] = useState('')
  const set = (change: Partial<ProviderRules>) => setNow((n) => ({ ...n, ...change }))
  const save = useMutation({
    mutationFn: () => {
      const { name, issuer, client, scopes, claim, acr, second, roles, creates, links_email, inside, active } = now
      return saveProvider(was?.id ?? null, { name, issuer, client, scopes, claim, acr, second, domains: domains.split(/[\s,]+/).filter(Boolean), roles, creates, links_email, inside, active }, secret)
    },
    onSuccess: async (saved) => {
      await again()
      toast(t('signin.provider_saved'))
      onSaved(saved)
    },
  })
  const at = (name: string) => (save.error instanceof Problem ? save.error.errors.find((e) => e.path === name)?.detail : undefined)
  const line = (name: 'name' | 'issuer' | 'client' | 'claim' | 'scopes' | 'acr', required: boolean, placeholder = '') => (
    <TextInput required={required} withAsterisk={false} label={t(`signin.provider_${name}`)} description={t(`signin.provider_${name}_help`)} placeholder={placeholder} autoCapitalize="none" value={now[name]} error={at(name)} onChange={(e) => set({ [name]: e.currentTarget.value })} />
  )
  const tick = (name: 'creates' | 'links_email' | 'inside' | 'active') => (
    <Checkbox label={t(`signin.provider_${name}`)} description={t(`signin.provider_${name}_help`)} checked={now[name]} onChange={(e) => set({ [name]: e.currentTarget.checked })} />
  )
  return (
    <Modal opened onClose={onClose} size="lg" title={was ? was.name : t('signin.provider_add')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          save.mutate()
        }}
      >
        {save.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(save.error)}
          </Alert>
        )}
        {was ? (
          <div>
            <p className="dim small">{t('signin.provider_redirect_help')}</p>
            <div className={styles.secret}>
              <code data-redirect>{was.redirect}</code>
            </div>
          </div>
        ) : (
          <p className="dim small">{t('signin.provider_redirect_later')}</p>
        )}
        {line('name', true)}
        {line('issuer', true, 'https://')}
        {line('client', true)}
        <PasswordInput label={t('signin.provider_secret')} description={t(was?.has_secret ? 'signin.provider_secret_kept' : 'signin.provider_secret_help')} autoComplete="off" value={secret} error={at('secret')} onChange={(e) => setSecret(e.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }} />
        <TextInput label={t('signin.provider_domains')} description={t('signin.provider_domains_help')} placeholder="example.com" value={domains} error={at('domains')} onChange={(e) => setDomains(e.currentTarget.value)} />
        <NativeSelect label={t('signin.provider_second')} value={now.second} onChange={(e) => set({ second: e.currentTarget.value as ProviderRules['second'] })} data={SECONDS.map((s) => ({ value: s, label: t(`signin.provider_second_${s}`) }))} />
        {now.second === 'claim' && line('acr', false)}
        {tick('links_email')}
        {tick('creates')}
        {now.creates && (
          <>
            {line('claim', true)}
            <Checkbox.Group value={now.roles} onChange={(chosen) => set({ roles: chosen })} label={t('signin.provider_roles')} error={at('roles')}>
              <div className={styles.choices}>
                {roles.data?.filter((r) => !r.everyone && !r.admin).map((r) => <Checkbox key={r.name} value={r.name} label={label(r.label, r.name)} />)}
              </div>
            </Checkbox.Group>
          </>
        )}
        {tick('inside')}
        {tick('active')}
        <div className="row">
          <Button type="submit" loading={save.isPending}>
            {t('form.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
