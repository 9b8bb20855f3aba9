/*
 * RelocateDialog.tsx - accounts move to another market: which way, what would become of each field,
 * and then as one job that can be taken back.
 */
import { ActionIcon, Alert, Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconArrowRight, IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell } from '../../fields/index.tsx'
import { get } from '../../lib/api.ts'
import { meant, startBatch } from '../../lib/batch.ts'
import { relocationPreviewQuery, type RelocationPreview, type RelocationRow, relocationsQuery } from '../../lib/books.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, findObject } from '../../lib/meta.ts'
import type { ListAsk } from '../../lib/queries.ts'
import type { Selection } from '../../lib/selection.ts'
import type { Json, RecordPage } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { Failed, Lines, useProblemText } from '../states.tsx'
import type { ShareDialogProps } from './ShareDialog.tsx'
import styles from './share.module.css'

const LOOKED_AT_MAX = 50

export function RelocateRecord({ record, onClose }: ShareDialogProps) {
  const navigate = useNavigate()
  const started = () => {
    onClose()
    void navigate({ to: '/o/$object', params: { object: 'account' } })
  }
  return <RelocateDialog who={{ ids: [record.id] }} ids={[record.id]} onClose={onClose} onStarted={started} />
}

export function RelocateChosen({ ask, selection, onClose, onStarted }: { ask: ListAsk; selection: Selection; onClose: () => void; onStarted: () => void }) {
  const first = useQuery({
    queryKey: ['list', 'account', 'relocate', ask.filter, ask.q],
    enabled: selection.all,
    queryFn: async ({ signal }) =>
      (await get<RecordPage>('/account', { filter: ask.filter, q: ask.q, fields: 'id', limit: LOOKED_AT_MAX }, signal)).rows.map((r) => r.id).filter((id) => !selection.ids.has(id)),
  })
  const ids = selection.all ? (first.data ?? []) : [...selection.ids].slice(0, LOOKED_AT_MAX)
  return <RelocateDialog who={meant(selection, ask)} ids={ids} onClose={onClose} onStarted={onStarted} />
}

interface Props {
  who: { [key: string]: Json }
  /* Those that can be looked at first. */
  ids: string[]
  onClose: () => void
  onStarted: () => void
}

function RelocateDialog({ who, ids, onClose, onStarted }: Props) {
  const { t } = useTranslation()
  const label = useLabel()
  const problemText = useProblemText()
  const defined = useQuery(relocationsQuery)
  const [chosen, setChosen] = useState('')
  const [reason, setReason] = useState('')
  const [at, setAt] = useState(0)
  const rows = defined.data ?? []
  const name = chosen || (rows[0]?.name ?? '')
  const preview = useQuery(relocationPreviewQuery(name, ids[at] ?? ''))
  const move = useMutation({
    mutationFn: () => startBatch('account', { action: 'relocate', relocation: name, reason: reason.trim(), ...who }),
    onSuccess: onStarted,
  })
  const one = ids.length === 1 && !('filter' in who)
  const ready = name !== '' && (!one || (preview.data?.problems === 0 && preview.data.allowed))
  return (
    <Modal opened onClose={onClose} size="xl" title={t('relocate.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          if (ready) move.mutate()
        }}
      >
        <div className={styles.two}>
          <NativeSelect
            label={t('relocate.which')}
            value={name}
            onChange={(e) => setChosen(e.currentTarget.value)}
            data={rows.map((r) => ({ value: r.name, label: label(r.label ?? {}, r.name) }))}
          />
          <TextInput label={t('share.reason')} maxLength={300} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
        </div>
        {ids.length > 1 && (
          <div className={styles.pager}>
            <ActionIcon variant="default" aria-label={t('relocate.before')} disabled={at === 0} onClick={() => setAt(at - 1)}>
              <IconChevronLeft size={16} />
            </ActionIcon>
            <span aria-live="polite">{t('relocate.at', { at: at + 1, of: ids.length })}</span>
            <ActionIcon variant="default" aria-label={t('relocate.after')} disabled={at + 1 >= ids.length} onClick={() => setAt(at + 1)}>
              <IconChevronRight size={16} />
            </ActionIcon>
          </div>
        )}
        {preview.isError ? <Failed error={preview.error} again={() => void preview.refetch()} /> : !preview.data ? <Lines count={5} /> : <Shown preview={preview.data} />}
        {move.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(move.error)}
          </Alert>
        )}
        <p className="dim small">{t('relocate.help')}</p>
        <div className="row">
          <Button type="submit" loading={move.isPending} disabled={!ready}>
            {t('relocate.go')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function Shown({ preview }: { preview: RelocationPreview }) {
  const { t } = useTranslation()
  const lang = useLang()
  const sums = (['moving', 'staying', 'removed', 'shares', 'books', 'hidden'] as const).filter((k) => k === 'moving' || preview[k] > 0)
  return (
    <>
      {preview.problems > 0 && (
        <Alert color="red" variant="light" role="alert">
          {t('relocate.problems', { count: preview.problems })}
        </Alert>
      )}
      {!preview.allowed && (
        <Alert color="orange" variant="light" role="alert">
          {t('relocate.not_allowed')}
        </Alert>
      )}
      <p className={styles.sums}>
        <strong>
          {preview.from} → {preview.to}
        </strong>
        {sums.map((k) => (
          <span key={k}>{t(`relocate.${k}`, { count: preview[k], text: formatNumber(preview[k], lang) })}</span>
        ))}
      </p>
      <div className={styles.preview} role="region" aria-label={t('relocate.preview')} tabIndex={0}>
        {preview.rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </div>
    </>
  )
}

function Row({ row }: { row: RelocationRow }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const object = findObject(meta, row.object)
  return (
    <section className={styles.record}>
      <header>
        <span className="dim small">{label(object?.label ?? {}, row.object)}</span>
        <strong>{row.title || `#${row.id}`}</strong>
        <span className="dim small">{[t(`relocate.does_${row.does}`), row.deleted ? t('bin.title') : ''].filter(Boolean).join(' · ')}</span>
      </header>
      {row.problems.map((p) => (
        <p key={p.path + p.detail} className={styles.wrong}>
          {p.detail}
        </p>
      ))}
      {row.fields.length > 0 && (
        <dl>
          {row.fields.map((f) => {
            const field = object && findField(object, f.field)
            return (
              <div key={f.field} className={styles.pair}>
                <dt>{label(field?.label ?? {}, f.field)}</dt>
                <dd>
                  <span className={styles.was}>{field && f.before !== null ? <FieldCell field={field} value={f.before} /> : '—'}</span>{' '}
                  <IconArrowRight size={12} aria-label={t('relocate.becomes')} />{' '}
                  {field && f.after !== null ? <FieldCell field={field} value={f.after} /> : '—'}
                </dd>
              </div>
            )
          })}
        </dl>
      )}
    </section>
  )
}
