/* QueueEntry.tsx - one thing that waits: what it is, how it stands, what can be done about it. */
import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconAlertTriangle, IconBriefcase, IconChecklist, IconClock, IconNote, IconPaperclip, IconPencil, IconPhone, IconPlus, IconTrash, type TablerIcon } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell } from '../../fields/index.tsx'
import { formatAgo } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, findObject } from '../../lib/meta.ts'
import { change, discard } from '../../lib/offline/queue.ts'
import type { Waiting, WaitingKind } from '../../lib/offline/rules.ts'
import { send } from '../../lib/offline/sender.ts'
import { toast } from '../../lib/toast.ts'
import type { ObjectMeta } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { useSaver } from '../Merge.tsx'
import { useProblemText } from '../states.tsx'
import styles from './offline.module.css'

const ICONS: Record<WaitingKind, TablerIcon> = {
  note: IconNote, task: IconChecklist, call: IconPhone, visit: IconBriefcase, file: IconPaperclip, create: IconPlus, edit: IconPencil, delete: IconTrash,
}
const SHOWN_MAX = 4

export function QueueEntry({ entry }: { entry: Waiting }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const navigate = useNavigate()
  const object = findObject(useMeta(), entry.object)
  const [sure, setSure] = useState(false)
  const Icon = ICONS[entry.kind]
  const about = entry.id ? { object: entry.object, id: entry.id, title: '' } : entry.about
  const stuck = entry.state !== 'waiting'
  /* What may have arrived already is not made another. */
  const editable = object && entry.body && (entry.state === 'refused' || (entry.state === 'waiting' && entry.tried === 0))
  return (
    <li className={styles.entry} data-stuck={stuck || undefined}>
      <span className={styles.icon}>
        <Icon size={18} stroke={1.7} aria-hidden />
      </span>
      <div className={styles.body}>
        <div className={styles.title}>
          {about ? (
            <Link to="/o/$object/$id" params={{ object: about.object, id: about.id }}>
              {entry.title}
            </Link>
          ) : (
            entry.title
          )}
        </div>
        <div className="dim small">
          {[entry.kind === 'create' ? label(object?.label) : t(`away.kind_${entry.kind}`), entry.about?.title, formatAgo(new Date(entry.made).toISOString(), lang)].filter(Boolean).join(' · ')}
        </div>
        {object && entry.kind === 'edit' && <Changed object={object} entry={entry} />}
        <div className={styles.state} data-state={entry.state}>
          {stuck ? <IconAlertTriangle size={15} aria-hidden /> : <IconClock size={15} aria-hidden />}
          <span>
            {entry.kind === 'delete' && entry.state === 'conflict' ? t('away.state_changed') : t(`away.state_${entry.state}`)}
            {entry.state === 'refused' && entry.problem && <> {[...new Set([...entry.problem.errors.map((e) => e.detail), ...(entry.problem.errors.length ? [] : [entry.problem.detail])])].join(' ')}</>}
          </span>
        </div>
        <div className="row">
          {entry.state === 'conflict' && entry.kind !== 'delete' && object && <Choose object={object} entry={entry} />}
          {entry.state === 'conflict' && entry.kind === 'delete' && entry.base && (
            <Button size="xs" variant="default" onClick={() => void change(entry.n, { state: 'waiting', tried: 0, version: entry.base?.version ?? 0 }).then(send)}>
              {t('away.delete_anyway')}
            </Button>
          )}
          {(entry.state === 'refused' || entry.state === 'unsure') && (
            <Button size="xs" variant="default" onClick={() => void change(entry.n, { state: 'waiting', tried: 0 }).then(send)}>
              {t('away.again')}
            </Button>
          )}
          {editable && (
            <Button size="xs" variant="default" onClick={() => void navigate({ to: '/offline', search: { entry: String(entry.n) } })}>
              {t('action.edit')}
            </Button>
          )}
          {sure ? (
            <>
              <Button size="xs" color="red" onClick={() => void discard(entry).then(() => toast(t('away.discarded')))}>
                {t('away.discard_sure')}
              </Button>
              <Button size="xs" variant="subtle" color="gray" onClick={() => setSure(false)}>
                {t('cancel')}
              </Button>
            </>
          ) : (
            <Button size="xs" variant="subtle" color="gray" aria-label={t('away.discard_named', { name: entry.title })} onClick={() => setSure(true)}>
              {t('away.discard')}
            </Button>
          )}
        </div>
      </div>
    </li>
  )
}

function Changed({ object, entry }: { object: ObjectMeta; entry: Waiting }) {
  const label = useLabel()
  const fields = Object.keys(entry.body ?? {}).map((n) => findField(object, n)).filter((f) => f !== null)
  return (
    <dl className={styles.changed}>
      {fields.slice(0, SHOWN_MAX).map((f) => (
        <div key={f.name}>
          <dt>{label(f.label, f.name)}</dt>
          <dd>
            <FieldCell field={f} value={entry.look[f.name]} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/* Both changed the same: the view that merges asks which, field by field. */
function Choose({ object, entry }: { object: ObjectMeta; entry: Waiting }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const { save, dialog } = useSaver(object)
  const [busy, setBusy] = useState(false)
  const choose = async () => {
    if (!entry.base || !entry.body) return
    setBusy(true)
    try {
      const done = await save({ ...entry.base, version: entry.version ?? entry.base.version }, entry.body, { ...entry.base, ...entry.look })
      if (done) await discard(entry)
    } catch (error) {
      toast(problemText(error), { kind: 'wrong' })
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button size="xs" loading={busy} onClick={() => void choose()}>
        {t('away.choose')}
      </Button>
      {dialog}
    </>
  )
}
