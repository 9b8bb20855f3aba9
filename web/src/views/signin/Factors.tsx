/* Factors.tsx - one's second factor: an authenticator application, passkeys, recovery codes. */
import { ActionIcon, Alert, Button, Modal, TextInput, Tooltip } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconDeviceMobileCode, IconFingerprint, IconLifebuoy, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, post } from '../../lib/api.ts'
import { formatAgo, formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { browserName } from '../../lib/people.ts'
import { queryClient } from '../../lib/queries.ts'
import { canPasskey, factorsQuery, gaveUp, makePasskey, type Passkey } from '../../lib/signin.ts'
import { useOffset } from '../../lib/use.ts'
import { Confirm } from '../people/Confirm.tsx'
import styles from '../people/people.module.css'
import { Failed, Lines, useProblemText } from '../states.tsx'
import { Enrol } from './Enrol.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'

const again = () => queryClient.invalidateQueries({ queryKey: ['people'] })

export function Factors({ user, onSet }: { user: string; onSet?: () => void }) {
  const { t } = useTranslation()
  const query = useQuery(factorsQuery(user))
  const [open, setOpen] = useState<'totp' | 'passkey' | 'recovery' | null>(null)
  const [codes, setCodes] = useState<string[]>([])
  if (query.isPending) return <Lines count={3} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  const { totp_since, passkeys, recovery_left, required } = query.data
  const any = totp_since !== null || passkeys.length > 0
  const made = (recovery: string[]) => {
    setOpen(null)
    setCodes(recovery)
    void again()
    if (recovery.length === 0) onSet?.()
  }
  return (
    <section className={`card ${styles.section}`} aria-labelledby="factors">
      <h2 id="factors">{t('signin.factors')}</h2>
      <p className="dim small">{t(any ? 'signin.factors_on' : required ? 'signin.factors_due' : 'signin.factors_off')}</p>
      <ul className={`plain ${styles.rows}`}>
        <Totp user={user} since={totp_since} onBegin={() => setOpen('totp')} />
        {passkeys.map((key) => (
          <PasskeyLine key={key.id} user={user} passkey={key} />
        ))}
        {any && (
          <li className={styles.line}>
            <IconLifebuoy size={20} stroke={1.6} aria-hidden />
            <span className={styles.who}>
              <span>{t('signin.recovery')}</span>
              <span className="dim small">{t('signin.recovery_left', { count: recovery_left })}</span>
            </span>
            <Button size="xs" variant="default" onClick={() => setOpen('recovery')}>
              {t('signin.recovery_new')}
            </Button>
          </li>
        )}
      </ul>
      <div className={styles.foot}>
        {canPasskey() ? (
          <Button size="xs" variant="default" leftSection={<IconFingerprint size={15} />} onClick={() => setOpen('passkey')}>
            {t('signin.passkey_add')}
          </Button>
        ) : (
          <span className="dim small">{t('signin.passkey_cannot')}</span>
        )}
      </div>
      {open === 'totp' && <Enrol user={user} onDone={made} onClose={() => setOpen(null)} />}
      {open === 'passkey' && <AddPasskey user={user} onDone={made} onClose={() => setOpen(null)} />}
      {open === 'recovery' && (
        <Confirm
          title={t('signin.recovery_new')}
          go={t('signin.recovery_make')}
          run={async () => setCodes((await post<{ recovery: string[] }>(`/user/${user}/recovery`)).recovery)}
          onClose={() => {
            setOpen(null)
            void again()
          }}
        >
          <p>{t('signin.recovery_new_help')}</p>
        </Confirm>
      )}
      {codes.length > 0 && (
        <RecoveryCodes
          codes={codes}
          onClose={() => {
            setCodes([])
            onSet?.()
          }}
        />
      )}
    </section>
  )
}

function Totp({ user, since, onBegin }: { user: string; since: string | null; onBegin: () => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const [removing, setRemoving] = useState(false)
  return (
    <li className={styles.line}>
      <IconDeviceMobileCode size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span>{t('signin.totp')}</span>
        <span className="dim small">{since ? t('signin.since', { when: formatMoment(since, lang, offset) }) : t('signin.totp_help')}</span>
      </span>
      <Button size="xs" variant={since ? 'default' : 'filled'} onClick={() => (since ? setRemoving(true) : onBegin())}>
        {t(since ? 'signin.totp_remove' : 'signin.totp_begin')}
      </Button>
      {removing && (
        <Confirm
          title={t('signin.totp_remove_ask')}
          go={t('signin.totp_remove')}
          danger
          run={async () => {
            await call('DELETE', `/user/${user}/totp`)
            await again()
          }}
          onClose={() => setRemoving(false)}
        >
          <p>{t('signin.totp_remove_help')}</p>
        </Confirm>
      )}
    </li>
  )
}

function PasskeyLine({ user, passkey }: { user: string; passkey: Passkey }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const [removing, setRemoving] = useState(false)
  const label = t('signin.passkey_remove', { name: passkey.name })
  return (
    <li className={styles.line}>
      <IconFingerprint size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span className="clip">{passkey.name}</span>
        <span className="dim small">
          {passkey.used_at ? t('people.used', { when: formatAgo(passkey.used_at, lang) }) : t('people.never_used')}
          {' · '}
          {t('signin.since', { when: formatMoment(passkey.made_at, lang, offset) })}
        </span>
      </span>
      <Tooltip label={label}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setRemoving(true)}>
          <IconX size={18} />
        </ActionIcon>
      </Tooltip>
      {removing && (
        <Confirm
          title={label}
          go={t('signin.remove')}
          danger
          run={async () => {
            await call('DELETE', `/user/${user}/passkeys/${passkey.id}`)
            await again()
          }}
          onClose={() => setRemoving(false)}
        >
          <p>{t('signin.passkey_remove_help')}</p>
        </Confirm>
      )}
    </li>
  )
}

function AddPasskey({ user, onDone, onClose }: { user: string; onDone: (codes: string[]) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [name, setName] = useState(browserName(navigator.userAgent))
  const make = useMutation({ mutationFn: () => makePasskey(user, name.trim()), onSuccess: onDone })
  return (
    <Modal opened onClose={onClose} title={t('signin.passkey_add')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          make.mutate()
        }}
      >
        <p className="dim">{t('signin.passkey_help')}</p>
        {make.isError && (
          <Alert color={gaveUp(make.error) ? 'gray' : 'red'} variant="light" role="alert">
            {gaveUp(make.error) ? t('signin.passkey_none') : problemText(make.error)}
          </Alert>
        )}
        <TextInput data-autofocus required maxLength={60} label={t('signin.passkey_name')} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <div className="row">
          <Button type="submit" loading={make.isPending}>
            {t('signin.go_on')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
