/* Expiry.tsx - what runs out, soonest first: who was reminded, and what became of it. */
import { ActionIcon, Button, Menu, NativeSelect, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconDotsVertical } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip, RecordLink } from '../fields/parts.tsx'
import { dayFrom, daysBetween, type Due, dueQuery, type Expiry as Kind, expiriesQuery, type Reminder } from '../lib/expiry.ts'
import { formatDate, formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findField, findObject, mayDo, processOf, titleOf } from '../lib/meta.ts'
import { groupsQuery, queryClient } from '../lib/queries.ts'
import type { Field, Labels, Meta, ObjectMeta } from '../lib/types.ts'
import { useLabel, useMeta, useOffset } from '../lib/use.ts'
import { MoveDialog } from '../views/Moves.tsx'
import { Empty, Failed, Lines } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './Expiry.module.css'
import page from './page.module.css'

const SPANS = { overdue: [-30, -1], week: [0, 6], month: [0, 29] } as const
type Span = keyof typeof SPANS
const SOON_DAYS = 7

export function Expiry() {
  const { t } = useTranslation()
  const [whose, setWhose] = useState<'me' | 'all'>('me')
  useTitle(t('expiry.title'))
  const query = useQuery(expiriesQuery(whose))
  return (
    <div className={page.wide}>
      <h1>{t('expiry.title')}</h1>
      {query.isPending && <Lines />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.data && query.data.rows.length === 0 && <Empty title={t('expiry.empty')} />}
      {query.data && query.data.rows.length > 0 && <Kinds kinds={query.data.rows} whose={whose} setWhose={setWhose} />}
    </div>
  )
}

function Kinds({ kinds, whose, setWhose }: { kinds: Kind[]; whose: 'me' | 'all'; setWhose: (w: 'me' | 'all') => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const offset = useOffset()
  const [name, setName] = useState('')
  const [span, setSpan] = useState<Span>('month')
  const [owner, setOwner] = useState('')
  const kind = kinds.find((k) => k.name === name) ?? kinds.find((k) => k.name === 'policy') ?? kinds[0]
  if (!kind) return null
  const [first, last] = SPANS[span]
  const from = dayFrom(offset, first)
  const to = dayFrom(offset, last)
  const counted = (s: Span) => {
    const n = kind[s]
    return n === null ? t(`expiry.span_${s}`) : t('expiry.counted', { label: t(`expiry.span_${s}`), text: formatNumber(n, lang) })
  }
  const filter = `${kind.live} and ${kind.field} between ${from} and ${to}${whose === 'me' ? ' and owner = me' : ''}`
  return (
    <>
      <div className={styles.bar}>
        {kinds.length > 1 && (
          <NativeSelect
            label={t('expiry.kind')}
            value={kind.name}
            data={kinds.map((k) => ({ value: k.name, label: label(k.label, k.name) }))}
            onChange={(e) => setName(e.currentTarget.value)}
          />
        )}
        <NativeSelect
          label={t('expiry.whose')}
          value={whose}
          data={[
            { value: 'me', label: t('expiry.mine') },
            { value: 'all', label: t('expiry.everyone') },
          ]}
          onChange={(e) => {
            setWhose(e.currentTarget.value === 'all' ? 'all' : 'me')
            setOwner('')
          }}
        />
        {whose === 'all' && <Owners kind={kind} filter={filter} owner={owner} setOwner={setOwner} />}
        <SegmentedControl
          aria-label={t('expiry.span')}
          value={span}
          onChange={(v) => setSpan(v as Span)}
          data={(Object.keys(SPANS) as Span[]).map((s) => ({ value: s, label: counted(s) }))}
        />
        <span className={styles.links}>
          <Link to="/o/$object" params={{ object: kind.object }} search={{ filter, sort: kind.field }}>
            {t('expiry.list')}
          </Link>
          <Link to="/o/$object/board" params={{ object: kind.object }} search={{ filter: filter.replace(kind.live, 'true') }}>
            {t('expiry.board')}
          </Link>
        </span>
      </div>
      <Dues key={`${kind.name} ${from} ${to} ${owner}`} kind={kind} from={from} to={to} whose={whose === 'me' ? 'me' : owner} />
    </>
  )
}

/* Who has how many of them. */
function Owners({ kind, filter, owner, setOwner }: { kind: Kind; filter: string; owner: string; setOwner: (id: string) => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const { data } = useQuery(groupsQuery(kind.object, { by: 'owner', filter }))
  const people = (data?.groups ?? []).flatMap((g) => {
    const key = g.key as { id: string; title: string } | null
    return key ? [{ value: key.id, label: t('expiry.counted', { label: key.title, text: formatNumber(g.count, lang) }) }] : []
  })
  return <NativeSelect label={t('expiry.owner')} value={owner} data={[{ value: '', label: t('expiry.owner_all') }, ...people]} onChange={(e) => setOwner(e.currentTarget.value)} />
}

function Dues({ kind, from, to, whose }: { kind: Kind; from: string; to: string; whose: string }) {
  const { t } = useTranslation()
  const meta = useMeta()
  const object = findObject(meta, kind.object)
  const query = useInfiniteQuery(dueQuery(kind.name, { from, to, whose }))
  const rows = query.data?.pages.flatMap((p) => p.rows) ?? []
  if (!object || query.isPending) return <Lines />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  if (rows.length === 0) return <Empty title={t('expiry.empty')}>{t('expiry.empty_more')}</Empty>
  return (
    <>
      <ul className={`plain card ${styles.list}`}>
        {rows.map((due) => (
          <Row key={due.record.id} kind={kind} object={object} due={due} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="default" className={styles.more} loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('expiry.more')}
        </Button>
      )}
    </>
  )
}

interface Choice {
  code: string
  label: Labels
  color?: string | null
}

function choicesOf(meta: Meta, object: ObjectMeta, field: Field): Choice[] {
  const process = processOf(meta, object)
  return process?.field.name === field.name ? process.process.states : (field.choices ?? [])
}

function useDay(): (date: string) => { text: string; tone: string | undefined } {
  const { t } = useTranslation()
  const offset = useOffset()
  return (date) => {
    const left = daysBetween(dayFrom(offset, 0), date)
    if (left < 0) return { text: t('expiry.day_past', { count: -left }), tone: styles.past }
    return { text: left ? t('expiry.day_left', { count: left }) : t('expiry.day_today'), tone: left < SOON_DAYS ? styles.soon : undefined }
  }
}

function useReminder(): (r: Reminder) => string {
  const { t } = useTranslation()
  const lang = useLang()
  return (r) => {
    const when = r.distance < 0 ? t('expiry.after', { count: -r.distance }) : t('expiry.before', { count: r.distance })
    const channels = { email: 'expiry.channel_email', sms: 'expiry.channel_sms', line: 'expiry.channel_line', post: 'expiry.channel_post', phone: 'expiry.channel_phone' } as const
    const how = r.channel in channels ? t(channels[r.channel as keyof typeof channels]) : t('expiry.channel_none')
    return `${when} · ${how} · ${formatDate(r.at.slice(0, 10), lang)}`
  }
}

function Row({ kind, object, due }: { kind: Kind; object: ObjectMeta; due: Due }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const meta = useMeta()
  const day = useDay()
  const said = useReminder()
  const [move, setMove] = useState<Choice | null>(null)
  const { record, reminders } = due
  const date = String(record[kind.field] ?? '')
  const field = findField(object, kind.outcome)
  const choices = field ? choicesOf(meta, object, field) : []
  const account = record[kind.account] as { id: string; title: string } | null
  const owner = record.owner as { title: string } | null
  const state = choices.find((c) => c.code === record[kind.outcome])
  const ends = [...kind.renewed, ...kind.lost, ...kind.elsewhere].flatMap((code) => choices.filter((c) => c.code === code))
  const { text, tone } = day(date)
  const title = titleOf(object, record)
  const latest = reminders.filter((r) => r.due === date)
  return (
    <li className={styles.row} data-record={record.id}>
      <span className={styles.when}>
        <span className="num">{formatDate(date, lang)}</span>
        <span className={`small ${tone ?? 'dim'}`}>{text}</span>
      </span>
      <span className={styles.what}>
        <RecordLink object={object.name} id={record.id} className="clip">
          {title}
        </RecordLink>
        {account && (
          <RecordLink object="account" id={account.id} className="small clip">
            {account.title}
          </RecordLink>
        )}
      </span>
      <span className={`${styles.owner} dim small clip`}>{owner?.title ?? t('expiry.owner_none')}</span>
      <span className={`${styles.reminders} dim small`}>
        {latest.length === 0 && t('expiry.none_yet')}
        {latest.map((r) => (
          <span key={r.distance} className={styles.reminder}>
            {said(r)}
          </span>
        ))}
      </span>
      <span className={styles.state}>{state && <Chip text={label(state.label, state.code)} hue={state.color} />}</span>
      <span className={styles.act}>
        {mayDo(record, 'edit') && ends.length > 0 && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('expiry.outcome', { name: title })}>
                <IconDotsVertical size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {ends.map((c) => (
                <Menu.Item key={c.code} onClick={() => setMove(c)}>
                  {label(c.label, c.code)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </span>
      {move && field && (
        <MoveDialog
          object={object}
          record={record}
          field={field}
          move={{ to: move.code, require: kind.reason && !kind.renewed.includes(move.code) ? [kind.reason] : [] }}
          title={label(move.label, move.code)}
          onDone={() => {
            setMove(null)
            void queryClient.invalidateQueries({ queryKey: ['expiry'] })
          }}
        />
      )}
    </li>
  )
}
