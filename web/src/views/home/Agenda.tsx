/* Agenda.tsx - what is to be done: records by section, each with a tick that can be taken back. */
import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty, typeOf } from '../../fields/index.tsx'
import { patch } from '../../lib/api.ts'
import { formatDate, formatNumber, momentToLocal } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject, mayDo, titleFields, titleOf } from '../../lib/meta.ts'
import { type Answer, countOf, type Part, type Tile, tileQuery } from '../../lib/page.ts'
import { forget } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { Field, Json, Link as To, ObjectMeta, Rec } from '../../lib/types.ts'
import { useLabel, useMeta, useOffset } from '../../lib/use.ts'
import { Failed, Lines, useProblemText } from '../states.tsx'
import styles from './home.module.css'
import { Quiet } from './Quiet.tsx'

export function Agenda({ page, tile }: { page: string; tile: Tile }) {
  const { t } = useTranslation()
  const query = useQuery(tileQuery(page, tile))
  if (query.isPending) return <Lines count={6} />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const answers = new Map(query.data.parts.map((a) => [a.name, a]))
  const any = query.data.parts.some((a) => a.rows.length > 0)
  if (!any) return <Quiet title={t('home.nothing_due')}>{t('home.nothing_due_help')}</Quiet>
  return (
    <div className={styles.sections}>
      {tile.parts.map((part) => {
        const answer = answers.get(part.name)
        return answer && answer.rows.length > 0 ? <Section key={part.name} part={part} answer={answer} /> : null
      })}
    </div>
  )
}

export function Section({ part, answer }: { part: Part; answer: Answer }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const object = findObject(useMeta(), part.object)
  if (!object) return null
  const count = countOf(answer.groups)
  const left = count === null ? 0 : count - answer.rows.length
  const search = { filter: part.filter, ...(part.sort ? { sort: part.sort } : {}), view: 'all' }
  const title = label(part.label, label(object.plural))
  return (
    <section aria-label={title}>
      <h3 className={styles.section} data-tone={part.tone || undefined}>
        <Link to="/o/$object" params={{ object: part.object }} search={search}>
          {title}
          {count !== null && <span className={styles.badge}>{formatNumber(count, lang)}</span>}
        </Link>
      </h3>
      <ul className="plain">
        {answer.rows.map((row) => (
          <Item key={row.id} part={part} object={object} record={row} />
        ))}
      </ul>
      {left > 0 && (
        <Link to="/o/$object" params={{ object: part.object }} search={search} className={styles.rest}>
          {t('home.rest', { count: left, text: formatNumber(left, lang) })}
        </Link>
      )}
    </section>
  )
}

/* "09:30" of today, else the day; a whole day has no time. */
function useWhen(object: ObjectMeta, at: Field | undefined) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const allDay = object.pages.calendar?.all_day
  return (record: Rec): string => {
    const value = at ? record[at.name] : null
    if (typeof value !== 'string') return ''
    const local = at && typeOf(at).kind === 'moment' ? momentToLocal(value, offset) : value
    const today = momentToLocal(new Date().toISOString(), offset).slice(0, 10)
    const tomorrow = momentToLocal(new Date(Date.now() + 86_400_000).toISOString(), offset).slice(0, 10)
    const day = local.slice(0, 10)
    if (day !== today && day !== tomorrow) return formatDate(local, lang)
    return allDay && record[allDay] === true ? t('home.all_day') : local.slice(11, 16)
  }
}

function Item({ part, object, record }: { part: Part; object: ObjectMeta; record: Rec }) {
  const titles = new Set(titleFields(object))
  const asked = part.fields.split(',').map((n) => object.fields.find((f) => f.name === n.trim())).filter((f): f is Field => f !== undefined && !titles.has(f.name))
  const at = asked.find((f) => ['moment', 'date'].includes(typeOf(f).kind))
  const kind = asked.find((f) => typeOf(f).kind === 'choice' && !(part.set && f.name in part.set))
  const facts = asked.filter((f) => f !== at && f !== kind && (typeOf(f).kind === 'link' || f.type === 'money' || f.type === 'text') && f.name !== 'owner')
  const when = useWhen(object, at)
  return (
    <li className={styles.item}>
      {part.set && <Tick part={part} object={object} record={record} />}
      <Link to="/o/$object/$id" params={{ object: object.name, id: record.id }} className={styles.what}>
        <span className={styles.title}>{titleOf(object, record)}</span>
        <span className={styles.facts}>
          {facts.filter((f) => !isEmpty(record[f.name])).map((f) => (
            <span key={f.name} className="clip">
              {typeOf(f).kind === 'link' ? (record[f.name] as To).title : <FieldCell field={f} value={record[f.name]} />}
            </span>
          ))}
        </span>
      </Link>
      {kind && (
        <span className={styles.kind}>
          <FieldCell field={kind} value={record[kind.name]} />
        </span>
      )}
      <span className={`num small ${styles.when}`}>{when(record)}</span>
    </li>
  )
}

/* Done, on the screen at once; the list follows, and Undo writes what was there before. */
function Tick({ part, object, record }: { part: Part; object: ObjectMeta; record: Rec }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [done, setDone] = useState(false)
  const set = part.set ?? {}
  const name = titleOf(object, record)
  const write = async (values: Record<string, Json>, now: boolean) => {
    setDone(now)
    try {
      await patch<Rec>(`/${object.name}/${record.id}`, values)
      if (now) toast(t('home.done', { name }), { undo: { label: t('undo'), run: () => void write(before(), false) } })
    } catch (error) {
      setDone(!now)
      toast(problemText(error), { kind: 'wrong' })
    }
    await forget(object.name, record.id)
  }
  const before = () => Object.fromEntries(Object.keys(set).map((k) => [k, (record[k] as Json | undefined) ?? null]))
  const after = () => {
    const now = new Date().toISOString()
    return Object.fromEntries(Object.entries(set).map(([k, v]) => [k, v === 'now' ? now : v]))
  }
  return (
    <Checkbox
      checked={done}
      disabled={!mayDo(record, 'edit')}
      aria-label={t('home.tick', { name })}
      onChange={() => void (done ? write(before(), false) : write(after(), true))}
    />
  )
}
