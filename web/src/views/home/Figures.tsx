/* Figures.tsx - how much and how many, against what was to be reached; each opens the list behind it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatMoney, formatNumber } from '../../lib/format.ts'
import type { Groups } from '../../lib/group.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, findObject } from '../../lib/meta.ts'
import { type Answer, countOf, currencyOf, type Part, type Tile, tileQuery, valueOf } from '../../lib/page.ts'
import { useCurrency, useLabel, useMeta } from '../../lib/use.ts'
import { Sum } from '../list/Sum.tsx'
import { Failed, Lines } from '../states.tsx'
import styles from './home.module.css'

export function Figures({ page, tile }: { page: string; tile: Tile }) {
  const query = useQuery(tileQuery(page, tile))
  if (query.isPending) return <Lines count={6} />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <ul className={`plain ${styles.figures}`}>
      {tile.parts.map((part) => {
        const answer = query.data.parts.find((a) => a.name === part.name)
        return answer && <Figure key={part.name} part={part} answer={answer} />
      })}
    </ul>
  )
}

function Amount({ part, groups }: { part: Part; groups: Groups }) {
  const lang = useLang()
  const currency = useCurrency()
  const object = findObject(useMeta(), part.object)
  const field = object && part.sum ? findField(object, part.sum) : null
  const value = groups.groups[0]?.sums[part.sum]
  if (!field) return <span className="num">{formatNumber(countOf(groups) ?? '', lang)}</span>
  if (Array.isArray(value) ? value.length === 0 : value === undefined || value === null)
    return <span className="num">{field.type === 'money' ? formatMoney({ amount: '0', currency }, lang) : '0'}</span>
  return <Sum field={field} value={value} />
}

function Figure({ part, answer }: { part: Part; answer: Answer }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const count = countOf(answer.groups)
  const target = part.target && answer.target
  const goal = part.target ? valueOf(target, part.target.sum) : null
  const got = valueOf(answer.groups, part.sum, part.target ? currencyOf(target, part.target.sum) : undefined)
  const share = goal && got !== null ? got / goal : null
  const title = label(part.label, part.name)
  return (
    <li className={styles.figure}>
      <Link to="/o/$object" params={{ object: part.object }} search={{ filter: part.filter, view: 'all' }} className={styles.figureLink}>
        <span className="dim small">{title}</span>
        <span className={styles.amount}>
          <Amount part={part} groups={answer.groups} />
          {part.sum && count !== null && <span className="dim small num">{t('list.count', { count, text: formatNumber(count, lang) })}</span>}
        </span>
      </Link>
      {part.target && target && share !== null && (
        <div className={styles.goal}>
          <div className={styles.bar} role="progressbar" aria-label={t('home.against', { name: title })} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.min(100, Math.round(share * 100))} data-full={share >= 1 || undefined}>
            <div style={{ width: `${Math.min(100, share * 100)}%` }} />
          </div>
          <span className="dim small num">
            {t('home.of')} <Amount part={part.target} groups={target} /> · {formatNumber(Math.round(share * 100), lang)}%
          </span>
        </div>
      )}
    </li>
  )
}
