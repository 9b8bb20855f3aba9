/* KeptHere.tsx - the records that this device has, and whether it keeps any. */
import { Link } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatAgo } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject, titleOf } from '../../lib/meta.ts'
import { allKept, bodyOf, dropKept, readState, writeState } from '../../lib/offline/db.ts'
import type { Kept } from '../../lib/offline/rules.ts'
import { me } from '../../lib/offline/queue.ts'
import type { Rec } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { ObjectIcon } from '../Icon.tsx'
import { Empty } from '../states.tsx'
import styles from './offline.module.css'

export interface KeptRecord extends Kept {
  record: Rec
}

async function keptRecords(): Promise<KeptRecord[]> {
  const kept = (await allKept()).filter((k) => k.user === me() && k.kind === 'record').sort((a, b) => b.at - a.at)
  return Promise.all(kept.map(async (k) => ({ ...k, record: JSON.parse((await bodyOf(k.key)) ?? '{}') as Rec })))
}

export function useKeeping() {
  const [keeping, setOn] = useState(true)
  const [kept, setKept] = useState<KeptRecord[]>([])
  const read = useCallback(() => void keptRecords().then(setKept, () => setKept([])), [])
  useEffect(() => {
    read()
    void readState<boolean>('off').then((off) => setOn(!off), () => setOn(false))
  }, [read])
  const wipe = async () => {
    await dropKept((await allKept()).filter((k) => k.kind !== 'session' && k.kind !== 'meta').map((k) => k.key))
    read()
  }
  const setKeeping = (on: boolean) => {
    setOn(on)
    void writeState('off', !on).then(() => (on ? undefined : wipe()))
  }
  return { keeping, setKeeping, wipe, kept }
}

export function KeptHere({ kept }: { kept: readonly KeptRecord[] }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const meta = useMeta()
  if (kept.length === 0) return <Empty title={t('away.none_kept')}>{t('away.none_kept_help')}</Empty>
  return (
    <ul className={`plain ${styles.kept}`}>
      {kept.map(({ key, owner, at, record }) => {
        const [name = '', id = ''] = owner.split('/')
        const object = findObject(meta, name)
        return object ? (
          <li key={key}>
            <Link to="/o/$object/$id" params={{ object: name, id }} className={styles.seen}>
              <ObjectIcon name={object.icon} />
              <span className={`clip ${styles.name}`}>{titleOf(object, record)}</span>
              <span className="dim small">{label(object.label)}</span>
              <span className="dim small num">{formatAgo(new Date(at).toISOString(), lang)}</span>
            </Link>
          </li>
        ) : null
      })}
    </ul>
  )
}
