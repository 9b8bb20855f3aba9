/* Arrival.tsx - says who has just changed the open record, and whether the server can be heard. */
import { CloseButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconCloudOff, IconCloudUp, IconPencil, IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAway } from '../lib/away.ts'
import { formatAgo } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { dismissArrival, useArrival, useOffline } from '../lib/live.ts'
import { findField } from '../lib/meta.ts'
import type { ObjectMeta } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import styles from './Arrival.module.css'

const FRESH_MS = 12_000
const NAMED_MAX = 3
const none: ReadonlySet<string> = new Set()

/* Fields that others changed a moment ago: they stand out for a while. */
export function useFresh(object: string, id: string): ReadonlySet<string> {
  const arrival = useArrival(object, id)
  const [over, setOver] = useState(0)
  const version = arrival?.version ?? 0
  useEffect(() => {
    if (!version) return
    const timer = window.setTimeout(() => setOver(version), FRESH_MS)
    return () => window.clearTimeout(timer)
  }, [version])
  return arrival && version > over ? new Set(arrival.fields) : none
}

function useMinute() {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = window.setInterval(() => tick((n) => n + 1), 30_000)
    return () => window.clearInterval(timer)
  }, [])
}

export function ArrivalNotice({ object, id, editing }: { object: ObjectMeta; id: string; editing?: boolean }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const arrival = useArrival(object.name, id)
  useMinute()
  useEffect(() => () => dismissArrival(object.name, id), [object.name, id])
  const names = (arrival?.fields ?? []).map((n) => label(findField(object, n)?.label, n))
  const fields = names.length > NAMED_MAX ? t('live.and_more', { fields: names.slice(0, NAMED_MAX).join(t('live.comma')), count: names.length - NAMED_MAX }) : names.join(t('live.comma'))
  const who = arrival?.by?.title ?? t('history.system')
  const kind = arrival?.kind
  const text =
    kind === 'deleted' ? t('live.deleted', { who }) : kind === 'restored' ? t('live.restored', { who }) : fields ? t('live.changed', { who, fields }) : t('live.changed_some', { who })
  /* The region is there before it speaks, else nothing is read aloud. */
  return (
    <div role="status" aria-live="polite" className={styles.region}>
      {arrival && (
        <div className={styles.notice} data-kind={kind}>
          {kind === 'deleted' ? <IconTrash size={17} aria-hidden /> : <IconPencil size={17} aria-hidden />}
          <span className={styles.text}>
            {text} <span className="dim small">{formatAgo(arrival.at, lang)}</span>
            {editing && kind !== 'deleted' && <span className={styles.more}>{t('live.while_editing')}</span>}
          </span>
          <CloseButton size="sm" aria-label={t('close')} onClick={() => dismissArrival(object.name, id)} />
        </div>
      )}
    </div>
  )
}

/* Unobtrusive: a mark in the header, nothing that has to be clicked away. */
export function OfflineMark() {
  const { t } = useTranslation()
  const offline = useOffline()
  const { waiting, asOf } = useAway()
  const said = [offline && t('live.offline'), asOf && t('live.as_of', { time: asOf }), waiting > 0 && t('live.waiting', { count: waiting })].filter(Boolean)
  return (
    <span role="status" aria-live="polite">
      {said.length > 0 && (
        <Link to="/offline" className={styles.offline} title={t(offline ? 'live.offline_help' : 'live.waiting_help')}>
          {offline || asOf ? <IconCloudOff size={16} aria-hidden /> : <IconCloudUp size={16} aria-hidden />}
          {said.join(' · ')}
        </Link>
      )}
    </span>
  )
}
