/*
 * Timeline.tsx - everything on a record as one stream, newest first: what was said and done, files,
 * moves, changes.  What is still to come stands on top.
 */
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  IconArrowBackUp, IconBriefcase, IconChecklist, IconFileImport, IconMail, IconNote, IconPaperclip, IconPencil,
  IconPhone, IconProgressCheck, IconSparkles, IconTrash, IconUsers, type TablerIcon,
} from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty } from '../fields/index.tsx'
import { address } from '../lib/api.ts'
import { formatBytes, formatDate, formatMoment } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findField, findObject, mayDo } from '../lib/meta.ts'
import { sendOrKeep } from '../lib/offline/queue.ts'
import { forget, queryClient, timelineQuery } from '../lib/queries.ts'
import { byDay } from '../lib/timeline.ts'
import { toast } from '../lib/toast.ts'
import type { Field, ObjectMeta, Rec, TimelineEntry } from '../lib/types.ts'
import { useLabel, useMeta, useObject, useOffset } from '../lib/use.ts'
import { type Attach, AttachButton } from './Drop.tsx'
import { Changes } from './History.tsx'
import { QuickAdd } from './QuickAdd.tsx'
import { Empty, Failed, Lines, useProblemText } from './states.tsx'
import styles from './Timeline.module.css'

const ICONS: Record<string, TablerIcon> = {
  note: IconNote, task: IconChecklist, call: IconPhone, meeting: IconUsers, visit: IconBriefcase, email: IconMail,
  file: IconPaperclip, change: IconPencil, move: IconProgressCheck, created: IconSparkles, imported: IconFileImport,
  deleted: IconTrash, restored: IconArrowBackUp,
}
/* Of the log; kinds of activity come from the metadata. */
const OTHERS = ['file', 'move', 'change', 'record'] as const

export function Timeline({ object, record, attach }: { object: ObjectMeta; record: Rec; attach: Attach }) {
  const [kinds, setKinds] = useState<readonly string[]>([])
  return (
    <div className={styles.page}>
      <QuickAdd object={object} record={record}>
        <AttachButton attach={attach} />
      </QuickAdd>
      <Kinds object={object} kinds={kinds} onChange={setKinds} />
      <Stream object={object} record={record} kinds={kinds} />
    </div>
  )
}

function Kinds({ object, kinds, onChange }: { object: ObjectMeta; kinds: readonly string[]; onChange: (kinds: readonly string[]) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const linked = (name: string) => object.relations.some((r) => r.object === name)
  const activity = linked('activity') ? findObject(meta, 'activity') : null
  const choices = (activity && findField(activity, 'kind')?.choices) ?? []
  const all = [
    ...choices.map((c) => ({ code: c.code, text: label(c.label, c.code) })),
    ...OTHERS.filter((k) => (k === 'file' ? linked('file') : k === 'move' ? object.fields.some((f) => f.type === 'process') : true)).map((code) => ({ code, text: t(`timeline.${code}`) })),
  ]
  const toggle = (code: string) => onChange(kinds.includes(code) ? kinds.filter((k) => k !== code) : [...kinds, code])
  return (
    <div className={styles.kinds} role="group" aria-label={t('timeline.filter')}>
      <button type="button" className={styles.kind} aria-pressed={kinds.length === 0} onClick={() => onChange([])}>
        {t('timeline.all')}
      </button>
      {all.map((k) => (
        <button key={k.code} type="button" className={styles.kind} aria-pressed={kinds.includes(k.code)} onClick={() => toggle(k.code)}>
          {k.text}
        </button>
      ))}
    </div>
  )
}

function Stream({ object, record, kinds }: { object: ObjectMeta; record: Rec; kinds: readonly string[] }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const query = useInfiniteQuery(timelineQuery(object.name, record.id, kinds))
  if (query.isPending) return <Lines count={5} />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const days = byDay(query.data.pages.flatMap((p) => p.rows), offset)
  if (days.length === 0) return <Empty title={t('timeline.empty')} />
  return (
    <div className={styles.stream}>
      {days.map(({ day, entries }) => (
        <section key={day} aria-label={day ? formatDate(day, lang) : t('timeline.to_come')}>
          <h3 className={styles.day}>{day ? formatDate(day, lang) : t('timeline.to_come')}</h3>
          <ol className="plain">
            {entries.map((entry) => (
              <Entry key={`${entry.type}${entry.id}`} object={object} of={record} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
      {query.hasNextPage && (
        <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </div>
  )
}

function Entry({ object, of, entry }: { object: ObjectMeta; of: Rec; entry: TimelineEntry }) {
  const lang = useLang()
  const offset = useOffset()
  const kind = entry.type === 'activity' ? String(entry.record?.kind) : entry.type
  const Icon = ICONS[kind] ?? IconNote
  const whole = formatMoment(entry.at, lang, offset)
  return (
    <li className={styles.entry} data-kind={kind}>
      <span className={styles.icon}>
        <Icon size={17} stroke={1.7} aria-hidden />
      </span>
      <div className={styles.body}>
        {entry.type === 'activity' && entry.record ? (
          <Activity record={entry.record} object={object} of={of} />
        ) : entry.type === 'file' && entry.record ? (
          <FileEntry record={entry.record} />
        ) : (
          <LogEntry object={object} entry={entry} />
        )}
      </div>
      <time className="dim small num" dateTime={entry.at} title={whole}>
        {Date.parse(entry.at) > Date.now() ? whole : whole.slice(-5)}
      </time>
    </li>
  )
}

function LogEntry({ object, entry }: { object: ObjectMeta; entry: TimelineEntry }) {
  const { t } = useTranslation()
  const type = entry.type === 'activity' || entry.type === 'file' ? 'change' : entry.type
  return (
    <>
      <div>
        <strong>{entry.by?.title ?? t('history.system')}</strong> {t(`timeline.did_${type}`)}
        {entry.import && entry.type === 'change' ? <span className="dim"> · {t('timeline.by_import')}</span> : null}
      </div>
      {entry.changes.length > 0 && <Changes object={object} changes={entry.changes} />}
    </>
  )
}

function FileEntry({ record }: { record: Rec }) {
  const { t } = useTranslation()
  const lang = useLang()
  const by = record.created_by as { title?: string } | null | undefined
  return (
    <>
      <div>
        {by?.title && <strong>{by.title} </strong>}
        {t('timeline.did_file')}
      </div>
      <div className="row">
        <a className={styles.file} href={address(`/file/${record.id}/content`)} download>
          {String(record.name ?? '')}
        </a>
        {typeof record.size === 'number' && <span className="dim small">{formatBytes(record.size, lang)}</span>}
        <Link to="/o/$object/$id" params={{ object: 'file', id: record.id }} className="small">
          {t('record.details')}
        </Link>
      </div>
    </>
  )
}

const SHORT = ['call_result', 'purpose', 'place', 'duration', 'contact', 'opportunity'] as const
const OPEN: readonly unknown[] = ['planned', 'in_progress', 'waiting']

function Activity({ record, object, of }: { record: Rec; object: ObjectMeta; of: Rec }) {
  const { t } = useTranslation()
  const activity = useObject('activity')
  const field = (name: string) => (activity ? findField(activity, name) : null)
  const open = OPEN.includes(record.status) && record.kind !== 'note' && record.kind !== 'email'
  const owner = record.owner as { title?: string } | null | undefined
  const facts = SHORT.map((n) => field(n)).filter((f): f is Field => f !== null && !isEmpty(record[f.name]) && (record[f.name] as { id?: string }).id !== of.id)
  const texts = ['description', 'outcome'].map((n) => field(n)).filter((f): f is Field => f !== null && !isEmpty(record[f.name]))
  const status = field('status')
  return (
    <>
      <div className={styles.title}>
        <Link to="/o/$object/$id" params={{ object: 'activity', id: record.id }}>
          {String(record.subject ?? '')}
        </Link>
        {status && record.status !== 'done' && <FieldCell field={status} value={record.status} />}
        {record.is_overdue === true && <span className={styles.late}>{t('timeline.overdue')}</span>}
        {owner?.title && <span className="dim small">{owner.title}</span>}
        {activity && open && <DoneButton record={record} object={object} of={of} />}
      </div>
      {facts.length > 0 && (
        <div className={styles.facts}>
          {facts.map((f) => (
            <FieldCell key={f.name} field={f} value={record[f.name]} />
          ))}
        </div>
      )}
      {texts.map((f) => (
        <div key={f.name} className={styles.text}>
          <FieldCell field={f} value={record[f.name]} page />
        </div>
      ))}
    </>
  )
}

function DoneButton({ record, object, of }: { record: Rec; object: ObjectMeta; of: Rec }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [busy, setBusy] = useState(false)
  if (!mayDo(record, 'edit')) return null
  const refresh = () => Promise.all([forget('activity', record.id), queryClient.invalidateQueries({ queryKey: ['record', object.name, of.id] })])
  const set = async (status: unknown, at: string | null) => {
    setBusy(true)
    try {
      const body = { status: String(status), done_at: at }
      const title = String(record.subject ?? '')
      const saved = await sendOrKeep({ method: 'PATCH', path: `/activity/${record.id}`, body, version: record.version, kind: 'edit', object: 'activity', id: record.id, title, look: body, base: record })
      if (!saved) return toast(t('timeline.stored'))
      if (at) toast(t('timeline.is_done'), { undo: { label: t('undo'), run: () => void set(record.status, null) } })
      await refresh()
    } catch (error) {
      toast(problemText(error), { kind: 'wrong' })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="compact-xs" variant="default" loading={busy} aria-label={t('timeline.done_named', { name: String(record.subject ?? '') })} onClick={() => void set('done', new Date().toISOString())}>
      {t('timeline.done')}
    </Button>
  )
}
