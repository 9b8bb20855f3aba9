/* PrivacyDialog.tsx - a person's data: all of it as a file; and, for administrators, erased for good. */
import { Alert, Button, Checkbox, Modal, Radio, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { download, post } from '../../lib/api.ts'
import { formatDate, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject, may, titleOf } from '../../lib/meta.ts'
import { type Erasure, type ErasePreview, previewQuery, renewPrivacy } from '../../lib/privacy.ts'
import { toast } from '../../lib/toast.ts'
import type { ObjectMeta, Rec } from '../../lib/types.ts'
import { useLabel, useMeta, useSession } from '../../lib/use.ts'
import { Failed, Lines, useProblemText } from '../states.tsx'
import styles from './privacy.module.css'

interface DialogProps {
  object: ObjectMeta
  record: Rec
  onClose: () => void
}

export function PrivacyDialog({ object, record, onClose }: DialogProps) {
  const { t } = useTranslation()
  const session = useSession()
  const problemText = useProblemText()
  const take = useMutation({ mutationFn: () => download(`/${object.name}/${record.id}/subject`, {}) })
  return (
    <Modal opened onClose={onClose} size="lg" title={t('privacy.dialog')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p className="dim">{titleOf(object, record)}</p>
        {may(object, 'export') && (
          <section className={styles.part} aria-labelledby="subject">
            <h3 id="subject">{t('privacy.export')}</h3>
            <p className="small">{t('privacy.export_help')}</p>
            {take.isError && (
              <Alert color="red" variant="light" role="alert">
                {problemText(take.error)}
              </Alert>
            )}
            <div className="row">
              <Button variant="default" loading={take.isPending} onClick={() => take.mutate()}>
                {t('privacy.export_go')}
              </Button>
            </div>
          </section>
        )}
        {session?.admin && <Erase object={object} record={record} onClose={onClose} />}
      </div>
    </Modal>
  )
}

function Erase({ object, record, onClose }: DialogProps) {
  const { t } = useTranslation()
  const [activities, setActivities] = useState('delete')
  const preview = useQuery(previewQuery(object.name, record.id, activities))
  return (
    <section className={styles.part} aria-labelledby="erase">
      <h3 id="erase">{t('privacy.erase')}</h3>
      <p className="small">{t('privacy.erase_help')}</p>
      <Radio.Group label={t('privacy.activities')} value={activities} onChange={setActivities}>
        <div className={styles.apart}>
          {(['delete', 'keep'] as const).map((a) => (
            <Radio key={a} value={a} label={t(`privacy.activities_${a}`)} />
          ))}
        </div>
      </Radio.Group>
      {preview.isPending && <Lines count={3} />}
      {preview.isError && <Failed error={preview.error} again={() => void preview.refetch()} />}
      {preview.data && <Sure preview={preview.data} object={object} record={record} activities={activities} onClose={onClose} />}
    </section>
  )
}

function Reaches({ preview }: { preview: ErasePreview }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const meta = useMeta()
  return (
    <div>
      <h4 className={styles.heading}>{t('privacy.reaches')}</h4>
      <ul className={`plain small ${styles.reaches}`}>
        {preview.reaches.map((r) => (
          <li key={r.object + r.fate}>
            <span className="num">{formatNumber(r.count, lang)}</span>
            <span>{label(findObject(meta, r.object)?.plural, r.object)}</span>
            <span className="dim">{t(`privacy.fate_${r.fate}`)}</span>
          </li>
        ))}
      </ul>
      <p className="dim small">{t('privacy.entries', { count: preview.entries })}</p>
    </div>
  )
}

function Sure({ preview, object, record, activities, onClose }: DialogProps & { preview: ErasePreview; activities: string }) {
  const { t } = useTranslation()
  const lang = useLang()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const [now, setNow] = useState({ typed: '', reason: '', despite: false })
  const erase = useMutation({
    mutationFn: () =>
      post<Erasure>('/admin/privacy/erasures', {
        object: object.name, id: record.id, activities, confirm: now.typed, reason: now.reason, despite_open: now.despite,
      }),
    onSuccess: async (erasure) => {
      await renewPrivacy()
      toast(t(erasure.state === 'asked' ? 'privacy.asked' : 'privacy.erasing'))
      onClose()
      await navigate({ to: '/admin/$', params: { _splat: 'privacy' } })
    },
  })
  if (preview.hold !== null)
    return (
      <Alert color="orange" variant="light" role="status">
        {preview.hold_until ? t('privacy.held_until', { date: formatDate(preview.hold_until, lang), reason: preview.hold }) : t('privacy.held', { reason: preview.hold })}
      </Alert>
    )
  const sure = now.typed.trim() === preview.title.trim() && (preview.open_deals === 0 || now.despite)
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        erase.mutate()
      }}
    >
      <Reaches preview={preview} />
      {preview.open_deals > 0 && <Checkbox label={t('privacy.open_deals', { count: preview.open_deals })} checked={now.despite} onChange={(e) => setNow({ ...now, despite: e.currentTarget.checked })} />}
      <TextInput label={t('privacy.reason')} maxLength={500} value={now.reason} onChange={(e) => setNow({ ...now, reason: e.currentTarget.value })} />
      <TextInput label={t('privacy.type_name', { name: preview.title })} autoComplete="off" value={now.typed} onChange={(e) => setNow({ ...now, typed: e.currentTarget.value })} />
      {erase.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(erase.error)}
        </Alert>
      )}
      <div className="row">
        <Button type="submit" color="red" disabled={!sure} loading={erase.isPending}>
          {t('privacy.erase_go')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}
