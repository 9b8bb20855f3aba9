/* Checks.tsx - is everything as it was written?  Asked for here, watched, and kept with who asked. */
import { Button, Progress, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { post } from '../../lib/api.ts'
import { type Check, checksQuery, type Found, isOpen, readWhere, slug } from '../../lib/audit.ts'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject } from '../../lib/meta.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useLabel, useMeta, useOffset } from '../../lib/use.ts'
import people from '../people/people.module.css'
import { Failed, useProblemText } from '../states.tsx'
import styles from './checks.module.css'

const EARLIER_MAX = 5
const again = () => queryClient.invalidateQueries({ queryKey: checksQuery.queryKey })

export function Checks() {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const query = useQuery(checksQuery)
  const [anchor, setAnchor] = useState('')
  const ask = useMutation({
    mutationFn: () => post('/admin/audit/checks', anchor.trim() ? { anchor: anchor.trim() } : {}),
    onSettled: again,
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  const [newest, ...earlier] = query.data ?? []
  return (
    <section className={`card ${people.section}`} aria-labelledby="check">
      <div className={people.head}>
        <h2 id="check">{t('audit.check.title')}</h2>
        <Button leftSection={<IconShieldCheck size={16} />} loading={ask.isPending || isOpen(newest)} onClick={() => ask.mutate()}>
          {t(newest ? 'audit.check.again' : 'audit.check.go')}
        </Button>
      </div>
      <p className="dim small">{t('audit.check.help')}</p>
      <TextInput
        label={t('audit.check.anchor')}
        description={t('audit.check.anchor_help')}
        placeholder="guanxi-head 1 …"
        value={anchor}
        maxLength={600}
        onChange={(e) => setAnchor(e.currentTarget.value)}
      />
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.data && !newest && <p className="dim">{t('audit.check.none')}</p>}
      {newest && <One check={newest} />}
      {earlier.length > 0 && (
        <details className={styles.earlier}>
          <summary>{t('audit.check.earlier')}</summary>
          <ul className="plain">
            {earlier.slice(0, EARLIER_MAX).map((check) => (
              <li key={check.id}>
                <One check={check} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

const HUES = { good: 'green', bad: 'red', open: 'blue', off: 'gray' } as const

function useOutcome(check: Check): { text: string; hue: string } {
  const { t } = useTranslation()
  if (check.state === 'done') return check.problems ? { text: t('audit.check.state_found', { count: check.problems }), hue: HUES.bad } : { text: t('audit.check.state_done'), hue: HUES.good }
  if (check.state === 'failed') return { text: t('audit.check.state_failed'), hue: HUES.bad }
  if (check.state === 'cancelled') return { text: t('audit.check.state_cancelled'), hue: HUES.off }
  return { text: t(`audit.check.state_${check.state}`), hue: HUES.open }
}

function One({ check }: { check: Check }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const problemText = useProblemText()
  const state = useOutcome(check)
  const cancel = useMutation({
    mutationFn: () => post(`/admin/audit/checks/${check.id}/cancel`),
    onSettled: again,
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  const number = (n: number) => formatNumber(n, lang)
  const r = check.result
  const who = check.by ? t('audit.check.by', { name: check.by.title }) : t(check.kind === 'drill' ? 'audit.check.server' : 'audit.check.operator')
  return (
    <div className={styles.one} data-check={check.id}>
      <div className={styles.line}>
        {check.state === 'done' && (check.problems ? <IconShieldX size={20} className={styles.bad} aria-hidden /> : <IconShieldCheck size={20} className={styles.good} aria-hidden />)}
        <strong>{t(`audit.check.${check.kind}`)}</strong>
        <Chip text={state.text} hue={state.hue} />
        <span className="dim small">
          {formatMoment(check.created_at, lang, offset)} · {who}
        </span>
        {isOpen(check) && (
          <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('audit.check.cancel')}
          </Button>
        )}
      </div>
      {isOpen(check) && (
        <div role="status">
          <Progress value={check.total ? (100 * check.done) / check.total : 0} animated aria-label={t('audit.check.runs')} />
          <span className="dim small">{check.total ? t('audit.check.progress', { done: number(check.done), total: number(check.total) }) : t('audit.check.runs')}</span>
        </div>
      )}
      {check.problem && <p className="small">{check.problem === 'broken off' ? t('audit.check.broken_off') : check.problem.replace(/^anchors: /, '')}</p>}
      {r?.path && <p className="dim small">{t('audit.check.drill_of', { path: r.path.split('/').slice(-2).join('/'), time: `${number(Math.round((r.ms ?? 0) / 100) / 10)} s` })}</p>}
      {r && (
        <p className="dim small">
          {t('audit.check.read', { entries: number(r.log.entries), seals: number(r.log.seals), records: number(r.log.records) })}
          {r.log.anchored && ` ${t('audit.check.anchored')}`}
          {r.log.removed > 0 && ` ${t('audit.check.removed', { text: number(r.log.removed) })}`}
          {r.log.erased > 0 && ` ${t('audit.check.erased', { text: number(r.log.erased) })}`}
        </p>
      )}
      {r && r.problems.length > 0 && (
        <ul className={`plain ${styles.found}`}>
          {r.problems.map((found, i) => (
            <FoundLine key={i} found={found} />
          ))}
        </ul>
      )}
    </div>
  )
}

/* What the engine itself says of a damaged file has no words of ours. */
function useDetail(detail: string): string {
  const { t, i18n } = useTranslation()
  const key = `audit.found.${slug(detail)}`
  return i18n.exists(key) ? t(key as 'audit.found.the_seal_is_missing') : detail
}

function FoundLine({ found }: { found: Found }) {
  const { t } = useTranslation()
  const lang = useLang()
  const detail = useDetail(found.detail)
  return (
    <li>
      <strong>
        <Place text={found.where} />
      </strong>
      <span>
        {detail}
        {found.count > 1 && ` ${t('audit.check.times', { text: formatNumber(found.count, lang) })}`}
      </span>
    </li>
  )
}

function Place({ text }: { text: string }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const where = readWhere(text)
  if (where.key === 'other') return text
  if (where.key === 'field') {
    const object = findObject(meta, where.object)
    const field = object?.fields.find((f) => f.name === where.field)
    return [label(object?.label, where.object), where.field && label(field?.label, where.field)].filter(Boolean).join(' · ')
  }
  if (where.key !== 'record') return t(`audit.where.${where.key}`, where)
  const object = findObject(meta, where.object)
  const words = t('audit.where.record', { ...where, object: label(object?.label, where.object) })
  return object ? (
    <Link to="/o/$object/$id" params={{ object: object.name, id: where.a }}>
      {words}
    </Link>
  ) : (
    words
  )
}
