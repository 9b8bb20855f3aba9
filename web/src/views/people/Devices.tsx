/* Devices.tsx - where somebody is signed in, and the keys of their programs; each can be ended. */
import { ActionIcon, Button, Checkbox, Modal, NativeSelect, TextInput, Tooltip } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconDeviceDesktop, IconDeviceMobile, IconKey, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, post } from '../../lib/api.ts'
import { formatAgo, formatDate, formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { browserName, type Device, devicesQuery } from '../../lib/people.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useOffset } from '../../lib/use.ts'
import { Chip } from '../../fields/parts.tsx'
import { Failed, Lines, useProblemText } from '../states.tsx'
import { Confirm } from './Confirm.tsx'
import styles from './people.module.css'
import { Secret } from './Secret.tsx'

const again = () => queryClient.invalidateQueries({ queryKey: ['people'] })

export function Devices({ user, mine }: { user: string; mine: boolean }) {
  const { t } = useTranslation()
  const query = useQuery(devicesQuery(user))
  const [ending, setEnding] = useState<'others' | 'all' | null>(null)
  if (query.isPending) return <Lines count={2} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  const here = query.data.filter((d) => d.kind === 'browser')
  const others = here.filter((d) => !d.current)
  return (
    <section className={`card ${styles.section}`} aria-labelledby="devices">
      <div className={styles.head}>
        <h2 id="devices">{t('people.devices')}</h2>
        {others.length > 0 && (
          <Button size="xs" variant="default" onClick={() => setEnding(mine ? 'others' : 'all')}>
            {t(mine ? 'people.end_others' : 'people.end_all')}
          </Button>
        )}
      </div>
      {here.length === 0 && <p className="dim">{t('people.no_devices')}</p>}
      <ul className={`plain ${styles.rows}`}>
        {here.map((d) => (
          <DeviceLine key={d.id} user={user} device={d} />
        ))}
      </ul>
      {ending && (
        <Confirm
          title={t(ending === 'others' ? 'people.end_others' : 'people.end_all')}
          go={t('people.sign_out')}
          danger
          run={async () => {
            await call('DELETE', `/user/${user}/sessions`, { query: { others: ending === 'others' || undefined } })
            await again()
          }}
          onClose={() => setEnding(null)}
        >
          <p>{t(ending === 'others' ? 'people.end_others_help' : 'people.end_all_help')}</p>
        </Confirm>
      )}
    </section>
  )
}

function DeviceLine({ user, device }: { user: string; device: Device }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const problemText = useProblemText()
  const name = device.kind === 'key' ? device.name : browserName(device.name)
  const Icon = device.kind === 'key' ? IconKey : /Mobile|iPhone|Android/.test(device.name) ? IconDeviceMobile : IconDeviceDesktop
  const end = useMutation({
    mutationFn: () => call('DELETE', `/user/${user}/sessions/${device.id}`),
    onSuccess: again,
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  const label = t(device.kind === 'key' ? 'people.revoke' : 'people.end_device', { name })
  return (
    <li className={styles.line}>
      <Icon size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span className="clip">{name || t('people.unknown_browser')}</span>
        <span className="dim small">
          {device.used_at ? t('people.used', { when: formatAgo(device.used_at, lang) }) : t('people.never_used')}
          {' · '}
          {t('people.since', { when: formatMoment(device.created_at, lang, offset) })}
          {device.kind === 'key' && ` · ${t('people.until', { when: formatDate(device.expires_at, lang) })}`}
        </span>
      </span>
      {device.read_only && <Chip text={t('people.read_only')} hue="blue" />}
      {device.new && !device.current && <Chip text={t('people.new_device')} hue="orange" />}
      {device.current ? (
        <Chip text={t('people.this_device')} hue="teal" />
      ) : (
        <Tooltip label={label}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} loading={end.isPending} onClick={() => end.mutate()}>
            <IconX size={18} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}

export function Keys({ user }: { user: string }) {
  const { t } = useTranslation()
  const query = useQuery(devicesQuery(user))
  const [naming, setNaming] = useState(false)
  const [secret, setSecret] = useState('')
  const keys = query.data?.filter((d) => d.kind === 'key') ?? []
  return (
    <section className={`card ${styles.section}`} aria-labelledby="keys">
      <div className={styles.head}>
        <h2 id="keys">{t('people.keys')}</h2>
        <Button size="xs" variant="default" leftSection={<IconKey size={15} />} onClick={() => setNaming(true)}>
          {t('people.new_key')}
        </Button>
      </div>
      <p className="dim small">{t('people.keys_help')}</p>
      {keys.length > 0 && (
        <ul className={`plain ${styles.rows}`}>
          {keys.map((d) => (
            <DeviceLine key={d.id} user={user} device={d} />
          ))}
        </ul>
      )}
      {naming && <NameKey user={user} onClose={() => setNaming(false)} onMade={setSecret} />}
      {secret && <Secret title={t('people.new_key')} help={t('people.key_once')} secret={secret} onClose={() => setSecret('')} />}
    </section>
  )
}

function NameKey({ user, onClose, onMade }: { user: string; onClose: () => void; onMade: (key: string) => void }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [name, setName] = useState('')
  const [readOnly, setReadOnly] = useState(false)
  const [days, setDays] = useState('365')
  const make = useMutation({
    mutationFn: () => post<{ key: string }>(`/user/${user}/key`, { name: name.trim(), read_only: readOnly, days: Number(days) }),
    onSuccess: async ({ key }) => {
      onClose()
      onMade(key)
      await again()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('people.new_key')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          make.mutate()
        }}
      >
        <TextInput
          data-autofocus
          required
          maxLength={100}
          label={t('people.key_for')}
          placeholder={t('people.key_example')}
          value={name}
          error={make.isError ? problemText(make.error) : undefined}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <NativeSelect label={t('people.key_ends')} value={days} onChange={(e) => setDays(e.currentTarget.value)} data={[30, 90, 365, 1825].map((d) => ({ value: String(d), label: t(`people.key_days_${d as 30}`) }))} />
        <Checkbox label={t('people.key_read_only')} checked={readOnly} onChange={(e) => setReadOnly(e.currentTarget.checked)} />
        <div className="row">
          <Button type="submit" loading={make.isPending}>
            {t('people.make_key')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
