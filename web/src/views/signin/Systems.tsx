/* Systems.tsx - systems that look after users here (SCIM): the address, and keys with their roles. */
import { Alert, Button, Checkbox, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, post } from '../../lib/api.ts'
import { formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { rolesQuery } from '../../lib/people.ts'
import { type SystemKey, systemsQuery } from '../../lib/provision.ts'
import { queryClient } from '../../lib/queries.ts'
import { useLabel, useOffset } from '../../lib/use.ts'
import { Confirm } from '../people/Confirm.tsx'
import styles from '../people/people.module.css'
import { Secret } from '../people/Secret.tsx'
import { Failed, Lines, useProblemText } from '../states.tsx'

const again = () => queryClient.invalidateQueries({ queryKey: systemsQuery.queryKey })

export function Systems() {
  const { t } = useTranslation()
  const query = useQuery(systemsQuery)
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<{ name: string; key: string } | null>(null)
  if (query.isPending) return <Lines count={2} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <section className={`card ${styles.section}`} aria-labelledby="systems">
      <h2 id="systems">{t('provision.scim')}</h2>
      <p className="dim small">{t('provision.scim_help')}</p>
      <p className="small">
        <span className="dim">{t('provision.scim_url')}</span> <code style={{ overflowWrap: 'anywhere' }}>{query.data.url}</code>
      </p>
      {query.data.rows.length > 0 && (
        <ul className={`plain ${styles.rows}`}>
          {query.data.rows.map((k) => (
            <Line key={k.id} system={k} />
          ))}
        </ul>
      )}
      <div className={styles.foot}>
        <Button size="xs" variant="default" leftSection={<IconPlus size={15} />} onClick={() => setAdding(true)}>
          {t('provision.scim_add')}
        </Button>
      </div>
      {adding && (
        <Make
          onMade={(key) => {
            setAdding(false)
            setMade(key)
          }}
          onClose={() => setAdding(false)}
        />
      )}
      {made && <Secret title={t('provision.scim_key', { name: made.name })} help={t('provision.scim_once')} secret={made.key} onClose={() => setMade(null)} />}
    </section>
  )
}

function Line({ system }: { system: SystemKey }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const offset = useOffset()
  const roles = useQuery(rolesQuery).data
  const [ending, setEnding] = useState(false)
  const when = (at: string) => formatMoment(at, lang, offset)
  return (
    <li className={styles.line}>
      <IconPlugConnected size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span>{system.name}</span>
        <span className="dim small">
          {[system.roles.map((name) => label(roles?.find((r) => r.name === name)?.label, name)).join('、'), system.used_at ? t('provision.scim_used', { when: when(system.used_at) }) : t('provision.scim_unused'), t('provision.scim_ends', { when: when(system.expires_at) })]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <Button size="xs" variant="default" onClick={() => setEnding(true)}>
        {t('provision.scim_end')}
      </Button>
      {ending && (
        <Confirm
          title={t('provision.scim_end_ask', { name: system.name })}
          go={t('provision.scim_end')}
          danger
          run={async () => {
            await call('DELETE', `/admin/scim/${system.id}`)
            await again()
          }}
          onClose={() => setEnding(false)}
        >
          <p>{t('provision.scim_end_help')}</p>
        </Confirm>
      )}
    </li>
  )
}

function Make({ onMade, onClose }: { onMade: (made: { name: string; key: string }) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const problemText = useProblemText()
  const all = useQuery(rolesQuery).data ?? []
  const [name, setName] = useState('')
  const [roles, setRoles] = useState<string[]>([])
  const [places, setPlaces] = useState(false)
  const [days, setDays] = useState(365)
  const make = useMutation({
    mutationFn: () => post<{ key: string }>('/admin/scim', { name, roles, places, days }),
    onSuccess: async ({ key }) => {
      await again()
      onMade({ name, key })
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('provision.scim_add')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          make.mutate()
        }}
      >
        <TextInput data-autofocus required withAsterisk={false} maxLength={60} label={t('provision.scim_name')} placeholder="Microsoft Entra" value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Checkbox.Group label={t('provision.scim_roles')} value={roles} onChange={setRoles}>
          <div className={styles.choices}>
            {all
              .filter((r) => !r.everyone && !r.admin)
              .map((r) => (
                <Checkbox key={r.name} value={r.name} label={label(r.label, r.name)} />
              ))}
          </div>
        </Checkbox.Group>
        <Checkbox checked={places} onChange={(e) => setPlaces(e.currentTarget.checked)} label={t('provision.scim_places')} description={t('provision.scim_places_help')} />
        <TextInput type="number" inputMode="numeric" required withAsterisk={false} min={1} max={1825} label={t('provision.scim_days')} value={Number.isNaN(days) ? '' : days} onChange={(e) => setDays(e.currentTarget.valueAsNumber)} />
        {make.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(make.error)}
          </Alert>
        )}
        <div className="row">
          <Button type="submit" loading={make.isPending}>
            {t('provision.scim_make')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
