/* Audit.tsx - who did what: the log of everything, narrowed by person, object, record and time. */
import { Button, CloseButton, CopyButton, NativeSelect, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { IconCopy, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DateOperand } from '../../fields/date/index.tsx'
import { LinkPicker } from '../../fields/picker.tsx'
import { formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject } from '../../lib/meta.ts'
import { type AuditAsk, type AuditEntry, auditHeadQuery, auditQuery } from '../../lib/people.ts'
import { useLabel, useMeta, useOffset, useSession } from '../../lib/use.ts'
import { Checks } from '../../views/audit/Checks.tsx'
import { ExportLog, type ExportStart } from '../../views/audit/ExportLog.tsx'
import { Changes } from '../../views/History.tsx'
import { OtherChanges } from '../../views/people/OtherChanges.tsx'
import { UnusualReading } from '../../views/people/Unusual.tsx'
import audit from '../../views/people/audit.module.css'
import styles from '../../views/people/people.module.css'
import { Empty, Failed, Lines } from '../../views/states.tsx'

const route = getRouteApi('/shell/admin/$')
const OTHERS = ['signin', 'private', 'export', 'access', 'setting', 'definition', 'alert'] as const
type Search = Record<string, string>

export function Audit() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const ask: AuditAsk = {
    ...(search.by ? { by: search.by } : {}), ...(search.about ? { about: search.about } : {}), ...(search.what ? { what: search.what } : {}),
    ...(search.record ? { record: search.record } : {}), ...(search.from ? { from: search.from } : {}), ...(search.to ? { to: search.to } : {}),
  }
  const change = (to: Record<string, string | undefined>) => {
    const next = Object.fromEntries(Object.entries({ ...search, ...to }).filter((e): e is [string, string] => !!e[1]))
    void navigate({ to: '/admin/$', params: { _splat: 'audit' }, search: next, replace: true })
  }
  const session = useSession()
  const [taking, setTaking] = useState(false)
  const query = useInfiniteQuery(auditQuery(ask))
  const rows = query.data?.pages.flatMap((p) => p.rows) ?? []
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>{t('admin.audit.title')}</h1>
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => setTaking(true)}>
          {t('audit.export.open')}
        </Button>
      </div>
      {taking && <ExportLog start={startOf(search)} others={OTHERS} onClose={() => setTaking(false)} />}
      <Sealed />
      <Checks />
      {session?.admin && <UnusualReading />}
      <Filters search={search} change={change} />
      {query.isPending && <Lines />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.data && rows.length === 0 && !query.hasNextPage && <Empty title={t('people.no_entries')} />}
      {rows.length > 0 && (
        <ol className={`plain card ${audit.list}`}>
          {rows.map((e) => (
            <Entry key={e.seq} entry={e} />
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <Button className={styles.more} variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t(rows.length === 0 ? 'people.look_further' : 'more')}
        </Button>
      )}
    </div>
  )
}

/* What is exported is what is shown, until the dialog says otherwise. */
function startOf(search: Search): ExportStart {
  const { by, by_name, what, from, to, record, about } = search
  return {
    from: from ?? '', to: to ?? '', what: what ? [what] : [], people: by ? [{ id: by, title: by_name ?? `#${by}` }] : [],
    rest: { ...(record ? { record } : {}), ...(about ? { about } : {}) },
  }
}

/* How far the log is sealed, and the line that shows elsewhere whether its end is cut off. */
function Sealed() {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const { data } = useQuery(auditHeadQuery)
  if (!data) return null
  return (
    <div className={audit.sealed}>
      <span className="dim small">{data.at ? t('people.sealed', { count: data.entries, at: formatMoment(data.at, lang, offset) }) : t('people.sealed_not')}</span>
      {data.at && (
        <CopyButton value={data.line}>
          {({ copied, copy }) => (
            <Button variant="subtle" size="compact-sm" leftSection={<IconCopy size={14} />} title={t('people.head_help')} onClick={copy}>
              {copied ? t('people.copied') : t('people.head_copy')}
            </Button>
          )}
        </CopyButton>
      )}
    </div>
  )
}

function Filters({ search, change }: { search: Search; change: (to: Record<string, string | undefined>) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const person = (key: 'by' | 'about') => (search[key] ? { id: search[key], title: search[`${key}_name`] ?? `#${search[key]}` } : null)
  return (
    <div className={audit.filters}>
      <LinkPicker object="user" label={t('people.by')} value={person('by')} onChange={(u) => change({ by: u?.id, by_name: u?.title })} />
      <NativeSelect
        label={t('people.what')}
        value={search.what ?? ''}
        onChange={(e) => change({ what: e.currentTarget.value, record: undefined, record_name: undefined })}
        data={[
          { value: '', label: t('people.anything') },
          { group: t('people.records'), items: meta.objects.map((o) => ({ value: o.name, label: label(o.plural, o.name) })) },
          { group: t('people.system_events'), items: OTHERS.map((o) => ({ value: o, label: t(`people.what_${o}`) })) },
        ]}
      />
      <label className={audit.date}>
        <span className="mantine-InputWrapper-label">{t('people.from')}</span>
        <DateOperand field={NO_FIELD} label={t('people.from')} value={search.from ?? ''} onChange={(from) => change({ from })} />
      </label>
      <label className={audit.date}>
        <span className="mantine-InputWrapper-label">{t('people.to')}</span>
        <DateOperand field={NO_FIELD} label={t('people.to')} value={search.to ?? ''} onChange={(to) => change({ to })} />
      </label>
      {search.record && <Narrowed text={t('people.only_record', { name: search.record_name ?? `#${search.record}` })} clear={() => change({ record: undefined, record_name: undefined })} />}
      {search.about && <Narrowed text={t('people.only_about', { name: search.about_name ?? `#${search.about}` })} clear={() => change({ about: undefined, about_name: undefined })} />}
    </div>
  )
}

const NO_FIELD = { name: 'date', type: 'date', label: {} }

function Narrowed({ text, clear }: { text: string; clear: () => void }) {
  const { t } = useTranslation()
  return (
    <TextInput className={audit.narrowed} aria-label={text} readOnly value={text} rightSection={<CloseButton size="sm" aria-label={t('clear')} onClick={clear} />} />
  )
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const offset = useOffset()
  const meta = useMeta()
  const object = findObject(meta, entry.what)
  const failed = entry.what === 'signin' && entry.changes.some((c) => c.field === 'failed')
  const hidden = entry.changes.filter((c) => c.hidden)
  const shown = entry.changes.filter((c) => !c.hidden)
  const kind = entry.import && entry.kind === 'create' ? 'import' : entry.kind === 'other' ? 'update' : entry.kind
  return (
    <li className={audit.entry}>
      <time className="dim small num" dateTime={entry.at}>
        {formatMoment(entry.at, lang, offset)}
      </time>
      <div className={audit.what}>
        <div>
          {failed ? (
            <strong>{entry.about ? t('people.event_failed', { name: entry.about.title }) : t('people.event_failed_nobody')}</strong>
          ) : (
            <>
              <strong>{entry.by?.title || t('history.system')}</strong>{' '}
              {entry.record ? t(`people.did_${kind as 'update'}`) : t(`people.event_${entry.what as 'access'}`, { name: entry.about?.title })}
            </>
          )}
          {entry.record && (
            <>
              {' '}
              <span className="dim">{label(object?.label, entry.what)}</span>{' '}
              {object && entry.kind !== 'purge' ? (
                <Link to="/o/$object/$id" params={{ object: entry.what, id: entry.record.id }}>
                  {entry.record.title || `#${entry.record.id}`}
                </Link>
              ) : (
                <span>{entry.record.title || `#${entry.record.id}`}</span>
              )}
            </>
          )}
          {entry.reason && <span className="dim small"> {entry.reason}</span>}
        </div>
        {shown.length > 0 && (object ? <Changes object={object} changes={shown} /> : <OtherChanges what={entry.what} changes={shown} />)}
        {hidden.length > 0 && <span className="dim small">{t('people.hidden_fields', { names: hidden.map((c) => label(object?.fields.find((f) => f.name === c.field)?.label, c.field)).join('、') })}</span>}
      </div>
    </li>
  )
}
