/*
 * Offline.tsx - what waits on this device to be sent, each with its state, and what can be read
 * here without the network.
 */
import { Alert, Button, Switch } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { IconCloudCheck, IconCloudUp, IconRefresh } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOffline } from '../lib/live.ts'
import { findObject } from '../lib/meta.ts'
import { me, newKey, onQueue, queueOf } from '../lib/offline/queue.ts'
import type { Waiting } from '../lib/offline/rules.ts'
import { mend, send } from '../lib/offline/sender.ts'
import { toast } from '../lib/toast.ts'
import { useMeta } from '../lib/use.ts'
import { RecordForm } from '../views/Form.tsx'
import { KeptHere, useKeeping } from '../views/offline/KeptHere.tsx'
import { QueueEntry } from '../views/offline/QueueEntry.tsx'
import { Empty } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './Offline.module.css'

const route = getRouteApi('/shell/offline')

function useQueue(): readonly Waiting[] | null {
  const [queue, setQueue] = useState<readonly Waiting[] | null>(null)
  useEffect(() => {
    const read = () => void queueOf(me()).then(setQueue, () => setQueue([]))
    read()
    return onQueue(read)
  }, [])
  return queue
}

export function Offline() {
  const { t } = useTranslation()
  const offline = useOffline()
  const queue = useQueue()
  const { entry } = route.useSearch()
  const { keeping, setKeeping, wipe, kept } = useKeeping()
  const edited = queue?.find((w) => String(w.n) === entry)
  useTitle(t('live.page'))
  if (edited) return <EditEntry key={edited.n} entry={edited} />
  return (
    <div className={styles.page}>
      <h1>{t('live.page')}</h1>
      <section className="card" aria-labelledby="queue">
        <div className={styles.head}>
          <IconCloudUp size={20} stroke={1.7} aria-hidden />
          <h2 id="queue">{t('away.queue', { count: queue?.length ?? 0 })}</h2>
          {queue && queue.length > 0 && (
            <Button size="xs" variant="default" leftSection={<IconRefresh size={16} />} disabled={offline} onClick={send}>
              {t('away.send')}
            </Button>
          )}
        </div>
        {queue?.length === 0 ? (
          <Empty title={t('away.nothing')} icon={<IconCloudCheck size={36} stroke={1.3} aria-hidden />}>
            {t('away.nothing_help')}
          </Empty>
        ) : (
          <ul className="plain">
            {queue?.map((w) => (
              <QueueEntry key={w.n} entry={w} />
            ))}
          </ul>
        )}
      </section>
      <section className="card" aria-labelledby="kept">
        <div className={styles.head}>
          <IconCloudCheck size={20} stroke={1.7} aria-hidden />
          <h2 id="kept">{t('away.kept', { count: kept.length })}</h2>
        </div>
        <div className={styles.how}>
          <Switch checked={keeping} onChange={(e) => setKeeping(e.currentTarget.checked)} label={t('away.keep')} description={t('away.keep_help')} />
          <Button size="xs" variant="default" disabled={kept.length === 0} onClick={() => void wipe().then(() => toast(t('away.wiped')))}>
            {t('away.wipe')}
          </Button>
        </div>
        <KeptHere kept={kept} />
      </section>
    </div>
  )
}

/* Mended, it is another request and gets another name. */
function EditEntry({ entry }: { entry: Waiting }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const object = findObject(useMeta(), entry.object)
  const back = (ignoreBlocker = false) => navigate({ to: '/offline', search: {}, ignoreBlocker })
  if (!object) return <Empty title={t('state.missing')} />
  const base = entry.base ?? {}
  return (
    <div className={styles.narrow}>
      <h1>{entry.title}</h1>
      {entry.problem && (
        <Alert color="red" variant="light" title={t('away.state_refused')}>
          {[entry.problem.detail, ...entry.problem.errors.map((e) => e.detail)].filter((d, i, all) => all.indexOf(d) === i).join(' ')}
        </Alert>
      )}
      <RecordForm
        object={object}
        initial={{ ...base, ...entry.look }}
        base={base}
        onCancel={() => void back()}
        onSave={async (values, all) => {
          const look = Object.fromEntries(Object.keys(values).map((name) => [name, all[name]]))
          if (await mend(entry, { body: values, look, key: newKey(), tried: 0, state: 'waiting' })) send()
          else toast(t('away.gone'), { kind: 'wrong' })
          await back(true)
        }}
      />
    </div>
  )
}
