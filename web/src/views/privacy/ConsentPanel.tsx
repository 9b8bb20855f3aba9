/* ConsentPanel.tsx - purposes and channels of a person: agreed, taken back, never asked; and a new answer. */
import { Alert, Button, Modal, NativeSelect, SegmentedControl, TextInput, Tooltip } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post } from '../../lib/api.ts'
import { formatDate } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, may } from '../../lib/meta.ts'
import { type Answer, CHANNELS, consentsQuery, current, isPerson, type Purpose, purposesQuery } from '../../lib/privacy.ts'
import { forget } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { ObjectMeta, Rec } from '../../lib/types.ts'
import { useLabel, useObject } from '../../lib/use.ts'
import { useProblemText } from '../states.tsx'
import styles from './privacy.module.css'

const ICONS = { given: IconCheck, withdrawn: IconX, never: IconMinus } as const

function useChannelLabel() {
  const label = useLabel()
  const field = useConsentField('channel')
  return (code: string) => label(field?.choices?.find((c) => c.code === code)?.label, code)
}

function useConsentField(name: string) {
  const consent = useObject('consent')
  return consent ? findField(consent, name) : null
}

export function ConsentPanel({ object, record }: { object: ObjectMeta; record: Rec }) {
  const consent = useObject('consent')
  const purposes = useQuery({ ...purposesQuery, enabled: consent !== null && isPerson(object, record) })
  if (!consent || object.name === 'lead' || !isPerson(object, record) || !purposes.data?.length) return null
  return <Panel object={object} record={record} purposes={purposes.data} mayWrite={may(consent, 'create')} />
}

interface PanelProps {
  object: ObjectMeta
  record: Rec
  purposes: readonly Purpose[]
  mayWrite: boolean
}

function Panel({ object, record, purposes, mayWrite }: PanelProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const channelLabel = useChannelLabel()
  const { data = [] } = useQuery(consentsQuery(object.name, record.id))
  const [asked, setAsked] = useState<{ purpose: Purpose; channel: string; was: Answer | null } | null>(null)
  return (
    <section className={`card ${styles.panel}`} aria-labelledby="consents">
      <h2 id="consents">{t('privacy.consents')}</h2>
      <div className={styles.scroll} role="region" aria-labelledby="consents" tabIndex={0}>
        <table className={styles.grid}>
          <thead>
            <tr>
              <th scope="col">{t('privacy.purpose')}</th>
              {CHANNELS.map((c) => (
                <th key={c} scope="col">
                  {channelLabel(c)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {purposes.map((purpose) => (
              <tr key={purpose.id}>
                <th scope="row">{purpose.name}</th>
                {CHANNELS.map((channel) => {
                  const now = current(data, purpose.id, channel)
                  const state = now?.state ?? 'never'
                  const Icon = ICONS[state]
                  const words = [t('privacy.answer', { purpose: purpose.name, channel: channelLabel(channel), state: t(`privacy.${state}`) }), now && t('privacy.since', { date: formatDate(now.at.slice(0, 10), lang) })].filter(Boolean).join(' ')
                  return (
                    <td key={channel}>
                      <Tooltip label={words}>
                        <button type="button" className={styles.cell} data-state={state} aria-label={words} disabled={!mayWrite} onClick={() => setAsked({ purpose, channel, was: now?.state ?? null })}>
                          <Icon size={17} aria-hidden />
                        </button>
                      </Tooltip>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asked && <NewAnswer object={object} id={record.id} {...asked} onClose={() => setAsked(null)} />}
    </section>
  )
}

interface NewAnswerProps {
  object: ObjectMeta
  id: string
  purpose: Purpose
  channel: string
  was: Answer | null
  onClose: () => void
}

function NewAnswer({ object, id, purpose, channel, was, onClose }: NewAnswerProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const channelLabel = useChannelLabel()
  const problemText = useProblemText()
  const hows = useConsentField('how')?.choices ?? []
  const [now, setNow] = useState({ state: (was === 'given' ? 'withdrawn' : 'given') as Answer, how: 'phone', form: '', reason: '' })
  const save = useMutation({
    mutationFn: () =>
      post('/consent', {
        [object.name]: id, purpose: purpose.id, channel, state: now.state, how: now.how, form: now.form || null, reason: now.reason || null,
      }),
    onSuccess: async () => {
      await forget('consent')
      toast(t('privacy.saved'))
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('privacy.record')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          save.mutate()
        }}
      >
        <p>
          <strong>{purpose.name}</strong> · {channelLabel(channel)}
        </p>
        {purpose.text_shown && now.state === 'given' && (
          <blockquote className={styles.shown} aria-label={t('privacy.text_shown')} tabIndex={0}>
            {purpose.text_shown}
          </blockquote>
        )}
        <SegmentedControl
          aria-label={t('privacy.state')}
          value={now.state}
          onChange={(state) => setNow({ ...now, state: state as Answer })}
          data={(['given', 'withdrawn'] as const).map((s) => ({ value: s, label: t(`privacy.${s}`) }))}
        />
        <NativeSelect label={t('privacy.how')} value={now.how} onChange={(e) => setNow({ ...now, how: e.currentTarget.value })} data={hows.map((c) => ({ value: c.code, label: label(c.label, c.code) }))} />
        <TextInput label={t('privacy.form')} maxLength={250} value={now.form} onChange={(e) => setNow({ ...now, form: e.currentTarget.value })} />
        <TextInput label={t('privacy.note')} maxLength={500} value={now.reason} onChange={(e) => setNow({ ...now, reason: e.currentTarget.value })} />
        <p className="dim small">{t('privacy.record_help')}</p>
        {save.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(save.error)}
          </Alert>
        )}
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
