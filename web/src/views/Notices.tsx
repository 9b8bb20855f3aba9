/* Notices.tsx - on a record's page: who else is at it, what others have under way, likenesses. */
import { Button, CloseButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconCopy, IconUsers } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatAgo } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { onPresence } from '../lib/live.ts'
import { findField, titleOf } from '../lib/meta.ts'
import { accountOf, hasLikenesses, hereQuery, leave, type Likeness, likenessesQuery, underWayQuery } from '../lib/notices.ts'
import type { Link as To, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel, useMeta, useSession } from '../lib/use.ts'
import styles from './Notices.module.css'

const LATELY_MS = 15 * 60_000
const SHOWN = 3

function Notice({ icon, children, onClose }: { icon: ReactNode; children: ReactNode; onClose?: () => void }) {
  const { t } = useTranslation()
  return (
    <div className={styles.notice}>
      {icon}
      <div className={styles.body}>{children}</div>
      {onClose && <CloseButton size="sm" aria-label={t('close')} onClick={onClose} />}
    </div>
  )
}

/* Says that one is here, and asks again when others come or go. */
export function useOthers(object: string, id: string, editing: boolean) {
  const { data, refetch } = useQuery(hereQuery(object, id, editing))
  useEffect(() => onPresence((o, i) => (o === '' || (o === object && i === id)) && void refetch()), [object, id, refetch])
  useEffect(() => () => void leave(object, id), [object, id])
  return data ?? []
}

export function Notices({ object, record, editing = false }: { object: ObjectMeta; record: Rec; editing?: boolean }) {
  return (
    <div className={styles.all}>
      <Others object={object} record={record} editing={editing} />
      {!editing && hasLikenesses(object) && <Likenesses object={object} record={record} />}
    </div>
  )
}

function Others({ object, record, editing }: { object: ObjectMeta; record: Rec; editing: boolean }) {
  const { t } = useTranslation()
  const lang = useLang()
  const meta = useMeta()
  const me = useSession()?.user.id
  const here = useOthers(object.name, record.id, editing)
  const [open, setOpen] = useState(false)
  const under = useQuery(underWayQuery(meta, editing ? '' : accountOf(object, record), record.id)).data?.filter((u) => u.rows.length > 0) ?? []
  const by = record.updated_by as To | null | undefined
  const lately = by && by.id !== me && !here.some((p) => p.user.id === by.id) && Date.now() - Date.parse(String(record.updated_at)) < LATELY_MS ? by : null
  const names = (people: string[]) => people.join(t('live.comma'))
  const nameOf = (p: { user: To }) => p.user.title || t('merge.somebody')
  const writers = here.filter((p) => p.editing).map(nameOf)
  const readers = here.filter((p) => !p.editing).map(nameOf)
  const count = under.reduce((sum, u) => sum + u.total, 0)
  const owners = [...new Set(under.flatMap((u) => u.rows.map((r) => (r.owner as To | null)?.title ?? '')))].filter(Boolean)
  const said = [
    writers.length > 0 && t('notice.editing', { who: names(writers) }),
    readers.length > 0 && t('notice.here', { who: names(readers) }),
    lately && t('notice.lately', { who: lately.title, ago: formatAgo(String(record.updated_at), lang) }),
  ].filter(Boolean)
  return (
    <div role="status" aria-live="polite" className={styles.region}>
      {(said.length > 0 || count > 0) && (
        <Notice icon={<IconUsers size={18} aria-hidden />}>
          {said.map((text) => (
            <div key={String(text)}>{text}</div>
          ))}
          {count > 0 && (
            <div className="row">
              <span>{t('notice.under_way', { who: names(owners.slice(0, SHOWN)), count })}</span>
              <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
                {t(open ? 'notice.fold' : 'notice.show')}
              </Button>
            </div>
          )}
          {open && under.map((u) => <UnderWayList key={u.object.name} object={u.object} rows={u.rows} total={u.total} />)}
        </Notice>
      )}
    </div>
  )
}

function UnderWayList({ object, rows, total }: { object: ObjectMeta; rows: Rec[]; total: number }) {
  const { t } = useTranslation()
  const label = useLabel()
  return (
    <ul className={`plain ${styles.list}`}>
      {rows.map((row) => (
        <li key={row.id}>
          <span className="dim small">{label(object.label, object.name)}</span>{' '}
          <Link to="/o/$object/$id" params={{ object: object.name, id: row.id }}>
            {titleOf(object, row)}
          </Link>{' '}
          <span className="dim small">{(row.owner as To | null)?.title}</span>
        </li>
      ))}
      {total > rows.length && <li className="dim small">{t('notice.more', { count: total - rows.length })}</li>}
    </ul>
  )
}

export function LikenessList({ object, rows }: { object: ObjectMeta; rows: readonly Likeness[] }) {
  const { t } = useTranslation()
  const label = useLabel()
  return (
    <ul className={`plain ${styles.list}`}>
      {rows.map(({ record, fields }) => (
        <li key={record.id}>
          <Link to="/o/$object/$id" params={{ object: object.name, id: record.id }}>
            {record.title || `#${record.id}`}
          </Link>{' '}
          <span className="dim small">{t('notice.same', { fields: fields.map((n) => label(findField(object, n)?.label, n)).join(t('live.comma')) })}</span>
        </li>
      ))}
    </ul>
  )
}

function Likenesses({ object, record }: { object: ObjectMeta; record: Rec }) {
  const { t } = useTranslation()
  const [closed, setClosed] = useState(false)
  const [all, setAll] = useState(false)
  const { data: rows = [] } = useQuery({ ...likenessesQuery(object.name, record.id), enabled: !record.deleted_at })
  return (
    <div role="status" aria-live="polite" className={styles.region}>
      {rows.length > 0 && !closed && (
        <Notice icon={<IconCopy size={18} aria-hidden />} onClose={() => setClosed(true)}>
          <div>{t('notice.likenesses', { count: rows.length })}</div>
          <LikenessList object={object} rows={all ? rows : rows.slice(0, SHOWN)} />
          {rows.length > SHOWN && !all && (
            <Button size="compact-xs" variant="subtle" onClick={() => setAll(true)}>
              {t('notice.show')}
            </Button>
          )}
        </Notice>
      )}
    </div>
  )
}
