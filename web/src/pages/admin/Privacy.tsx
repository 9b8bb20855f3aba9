/* Privacy.tsx - who was and is to be erased, what persons asked for, how long records are kept. */
import { Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconChevronRight, IconUserX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { get, post, remove } from '../../lib/api.ts'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject } from '../../lib/meta.ts'
import { type Erasure, erasuresQuery, type PrivacySettings, renewPrivacy, saveSettings, settingsQuery } from '../../lib/privacy.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useLabel, useMeta, useOffset, useSession } from '../../lib/use.ts'
import { Confirm } from '../../views/people/Confirm.tsx'
import styles from '../../views/people/people.module.css'
import { RetentionRules } from '../../views/privacy/RetentionRules.tsx'
import { Failed, Lines, useProblemText } from '../../views/states.tsx'

const HUES: Record<Erasure['state'], string> = { asked: 'orange', running: 'blue', done: 'green', cancelled: 'gray', failed: 'red' }

export function Privacy() {
  const { t } = useTranslation()
  return (
    <div className="stack">
      <h1>{t('privacy.title')}</h1>
      <Lists />
      <Erasures />
      <RetentionRules />
      <Settings />
    </div>
  )
}

const count = async (filter: string) => Number((await get<{ count: number | string }>('/privacy_request/count', { filter })).count)

function Lists() {
  const { t } = useTranslation()
  const requests = useQuery({
    queryKey: ['list', 'privacy_request', 'open and late'],
    queryFn: async () => ({ open: await count('state = "open"'), late: await count('state = "open" and due < today()') }),
  })
  const lines = [
    { object: 'privacy_request', text: t('privacy.requests'), more: requests.data && t('privacy.requests_doc', requests.data) },
    { object: 'purpose', text: t('privacy.purposes') },
    { object: 'consent', text: t('privacy.all_consents') },
    { object: 'legal_hold', text: t('privacy.holds') },
  ]
  return (
    <section className={`card ${styles.section}`} aria-labelledby="lists">
      <h2 id="lists">{t('privacy.lists')}</h2>
      <ul className={`plain ${styles.rows}`}>
        {lines.map((l) => (
          <li key={l.object}>
            <Link to="/o/$object" params={{ object: l.object }} className={`${styles.line} ${styles.open}`}>
              <span className={styles.who}>
                <span>{l.text}</span>
                {l.more && <span className="dim small">{l.more}</span>}
              </span>
              <IconChevronRight size={16} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Erasures() {
  const { t } = useTranslation()
  const query = useQuery(erasuresQuery)
  const settings = useQuery(settingsQuery)
  return (
    <section className={`card ${styles.section}`} aria-labelledby="erasures">
      <h2 id="erasures">{t('privacy.erasures')}</h2>
      {query.isPending && <Lines />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="dim small">{t('privacy.no_erasures')}</p>}
      {(settings.data?.unscrubbed ?? 0) > 0 && <p className="dim small">{t('privacy.unscrubbed')}</p>}
      {query.data && query.data.length > 0 && (
        <ul className={`plain ${styles.rows}`}>
          {query.data.map((e) => (
            <Line key={e.id} erasure={e} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Line({ erasure: e }: { erasure: Erasure }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const label = useLabel()
  const meta = useMeta()
  const session = useSession()
  const problemText = useProblemText()
  const [sure, setSure] = useState(false)
  const rule = e.record === '0'
  const object = label(findObject(meta, e.object)?.label, e.object)
  const name = rule ? object : t('privacy.erased_record', { object, id: e.record })
  const at = e.done_at ?? e.asked_at
  const number = (n: number) => formatNumber(n, lang)
  const withdraw = useMutation({
    mutationFn: () => remove(`/admin/privacy/erasures/${e.id}`),
    onSuccess: renewPrivacy,
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  const mine = e.asked_by?.id === session?.user.id
  return (
    <li className={styles.line}>
      <IconUserX size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span>{name}</span>
        <span className="dim small">
          {[rule ? t('privacy.of_rule', { name: e.reason }) : e.asked_by?.title, at && formatMoment(at, lang, offset), !rule && e.reason, e.state === 'done' && t('privacy.counts', { removed: number(e.removed), blanked: number(e.blanked), entries: number(e.entries) })]
            .filter(Boolean)
            .join(' · ')}
        </span>
        {e.problem && <span className="small" style={{ color: 'var(--gx-danger)' }}>{e.problem}</span>}
      </span>
      <Chip text={t(`privacy.state_${e.state}`)} hue={HUES[e.state]} />
      {((e.state === 'asked' && !mine) || e.state === 'failed') && (
        <Button size="xs" color="red" onClick={() => setSure(true)}>
          {t(e.state === 'failed' ? 'privacy.try_again' : 'privacy.confirm')}
        </Button>
      )}
      {(e.state === 'asked' || e.state === 'failed') && (
        <Button size="xs" variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
          {t('privacy.withdraw')}
        </Button>
      )}
      {sure && (
        <Confirm
          title={t('privacy.erase')}
          go={t('privacy.erase_go')}
          danger
          run={async () => {
            await post(`/admin/privacy/erasures/${e.id}/confirm`)
            await renewPrivacy()
          }}
          onClose={() => setSure(false)}
        >
          <p>
            <strong>{name}</strong>
          </p>
          <p>{t('privacy.confirm_help')}</p>
        </Confirm>
      )}
    </li>
  )
}

function Settings() {
  const query = useQuery(settingsQuery)
  if (!query.data) return null
  return <SettingsForm was={query.data} />
}

function SettingsForm({ was }: { was: PrivacySettings }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [now, setNow] = useState(was)
  const save = useMutation({
    mutationFn: () => saveSettings(now),
    onSuccess: (saved) => {
      queryClient.setQueryData(settingsQuery.queryKey, saved)
      toast(t('privacy.settings_saved'))
    },
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  return (
    <section className={`card ${styles.section}`} aria-labelledby="privacy-settings">
      <h2 id="privacy-settings">{t('privacy.settings')}</h2>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          save.mutate()
        }}
      >
        <div className={styles.two}>
          <TextInput
            type="number"
            min={0}
            max={36500}
            required
            withAsterisk={false}
            label={t('privacy.bin_days')}
            description={t('privacy.bin_days_help')}
            value={Number.isNaN(now.bin_days) ? '' : now.bin_days}
            onChange={(e) => setNow({ ...now, bin_days: e.currentTarget.valueAsNumber })}
          />
        </div>
        <Checkbox label={t('privacy.four_eyes')} checked={now.four_eyes} onChange={(e) => setNow({ ...now, four_eyes: e.currentTarget.checked })} />
        <div className={styles.foot}>
          <Button type="submit" loading={save.isPending} disabled={now.bin_days === was.bin_days && now.four_eyes === was.four_eyes}>
            {t('form.save')}
          </Button>
        </div>
      </form>
    </section>
  )
}
