/* ShareDialog.tsx - with whom a record is shared by hand; share it with more, or take it back. */
import { Alert, Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../../fields/picker.tsx'
import { get, post, remove } from '../../lib/api.ts'
import { formatDate } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { titleOf } from '../../lib/meta.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { Link, ObjectMeta, Rec } from '../../lib/types.ts'
import { useMeta } from '../../lib/use.ts'
import { Failed, Lines, useProblemText } from '../states.tsx'
import styles from './share.module.css'

interface Share {
  id: string
  user?: Link
  unit?: Link
  role?: string
  level: 'read' | 'edit'
  until: string | null
  over: boolean
  reason: string
}

const sharesQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id, 'shares'],
    queryFn: async ({ signal }) => (await get<{ rows: Share[] }>(`/${object}/${id}/shares`, undefined, signal)).rows,
  })

export interface ShareDialogProps {
  object: ObjectMeta
  record: Rec
  onClose: () => void
}

export function ShareDialog({ object, record, onClose }: ShareDialogProps) {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={onClose} size="lg" title={t('share.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p className="dim">{titleOf(object, record)}</p>
        <Given path={`/${object.name}/${record.id}/shares`} object={object.name} id={record.id} />
        <NewShare path={`/${object.name}/${record.id}/shares`} object={object.name} id={record.id} />
      </div>
    </Modal>
  )
}

interface PartProps {
  path: string
  object: string
  id: string
}

const again = ({ object, id }: PartProps) => queryClient.invalidateQueries({ queryKey: ['record', object, id] })

function useRoleLabel() {
  const lang = useLang()
  const { roles } = useMeta()
  return (name: string) => {
    const role = roles?.find((r) => r.name === name)
    return role?.[lang] || role?.en || name
  }
}

function Given(part: PartProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const roleLabel = useRoleLabel()
  const query = useQuery(sharesQuery(part.object, part.id))
  const take = useMutation({
    mutationFn: (share: string) => remove(`${part.path}/${share}`),
    onSuccess: async () => {
      await again(part)
      toast(t('share.taken'))
    },
  })
  if (query.isPending) return <Lines count={2} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  if (query.data.length === 0) return <p className="dim small">{t('share.none')}</p>
  return (
    <section aria-labelledby="shared-with">
      <h3 id="shared-with" className={styles.title}>{t('share.current')}</h3>
      <ul className={`plain ${styles.given}`}>
        {query.data.map((s) => {
          const name = s.user?.title ?? s.unit?.title ?? roleLabel(s.role ?? '')
          return (
            <li key={s.id} className={styles.one} data-over={s.over || undefined}>
              <span className={styles.who}>
                <strong>{name}</strong>
                <span className="dim small">
                  {[t(`share.${s.level}`), s.over ? t('share.over') : s.until ? t('share.to', { date: formatDate(s.until, lang) }) : t('share.endless'), s.reason]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              <Button size="xs" variant="default" aria-label={t('share.take_from', { name })} onClick={() => take.mutate(s.id)}>
                {t('share.take')}
              </Button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

type Kind = 'user' | 'unit' | 'role'

function NewShare(part: PartProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const roleLabel = useRoleLabel()
  const { roles } = useMeta()
  const [kind, setKind] = useState<Kind>('user')
  const [to, setTo] = useState<Link | null>(null)
  const [role, setRole] = useState('')
  const [level, setLevel] = useState('read')
  const [until, setUntil] = useState('')
  const [reason, setReason] = useState('')
  const who = kind === 'role' ? role : to?.id
  const save = useMutation({
    mutationFn: () => post(part.path, { [kind]: who ?? '', level, ...(until ? { until } : {}), reason: reason.trim() }),
    onSuccess: async () => {
      await again(part)
      toast(t('share.done'))
      setTo(null)
      setRole('')
      setReason('')
    },
  })
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        if (who) save.mutate()
      }}
    >
      {save.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(save.error)}
        </Alert>
      )}
      <div className={styles.two}>
        <NativeSelect
          label={t('share.with')}
          value={kind}
          onChange={(e) => {
            setKind(e.currentTarget.value as Kind)
            setTo(null)
          }}
          data={(['user', 'unit', 'role'] as const).map((k) => ({ value: k, label: t(`share.${k}`) }))}
        />
        {kind === 'role' ? (
          <NativeSelect label={t('share.role')} value={role} onChange={(e) => setRole(e.currentTarget.value)} data={[{ value: '', label: '—' }, ...(roles ?? []).map((r) => ({ value: r.name, label: roleLabel(r.name) }))]} />
        ) : (
          <LinkPicker key={kind} object={kind} label={t(`share.${kind}`)} value={to} onChange={setTo} />
        )}
        <NativeSelect label={t('share.level')} value={level} onChange={(e) => setLevel(e.currentTarget.value)} data={[{ value: 'read', label: t('share.read') }, { value: 'edit', label: t('share.edit') }]} />
        <TextInput type="date" label={t('share.until')} value={until} onChange={(e) => setUntil(e.currentTarget.value)} />
      </div>
      <TextInput label={t('share.reason')} maxLength={300} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
      <p className="dim small">{t('share.help')}</p>
      <div>
        <Button type="submit" loading={save.isPending} disabled={!who}>
          {t('share.go')}
        </Button>
      </div>
    </form>
  )
}
