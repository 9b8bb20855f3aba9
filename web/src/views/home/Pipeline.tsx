/* Pipeline.tsx - one object by a field, as bars; each bar opens its records. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FieldCell } from '../../fields/index.tsx'
import { formatNumber } from '../../lib/format.ts'
import { both, type Group, type Groups, groupFilter, groupOrder, type Grouping, keyText } from '../../lib/group.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, findObject } from '../../lib/meta.ts'
import { type Part, type Tile, tileQuery } from '../../lib/page.ts'
import type { ObjectMeta } from '../../lib/types.ts'
import { useMeta } from '../../lib/use.ts'
import { Sum } from '../list/Sum.tsx'
import { Failed, Lines } from '../states.tsx'
import styles from './home.module.css'
import { Quiet } from './Quiet.tsx'

export function Pipeline({ page, tile }: { page: string; tile: Tile }) {
  const meta = useMeta()
  const query = useQuery(tileQuery(page, tile))
  const part = tile.parts[0]
  const object = part && findObject(meta, part.object)
  if (query.isPending) return <Lines count={4} />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const groups = query.data.parts[0]?.groups
  if (!part || !object || !groups) return null
  return <Bars object={object} part={part} groups={groups} />
}

/* Sums of one currency can be held against each other; else the number of records is. */
function measure(groups: readonly Group[], sum: string): (group: Group) => number {
  const moneyOf = (g: Group) => (Array.isArray(g.sums[sum]) ? g.sums[sum] : [])
  const currencies = new Set(groups.flatMap((g) => moneyOf(g).map((m) => m.currency)))
  if (currencies.size === 1) return (g) => Number(moneyOf(g)[0]?.amount ?? 0)
  return (g) => (typeof g.sums[sum] === 'number' || typeof g.sums[sum] === 'string' ? Number(g.sums[sum]) : g.count)
}

function Bars({ object, part, groups }: { object: ObjectMeta; part: Part; groups: Groups }) {
  const { t } = useTranslation()
  const lang = useLang()
  const meta = useMeta()
  const field = findField(object, part.by)
  const sum = findField(object, part.sum)
  if (groups.groups.length === 0 || !field) return <Quiet title={t('home.no_pipeline')} />
  const grouping: Grouping = { field, step: 'value' }
  const rows = [...groups.groups].sort(groupOrder(meta, grouping))
  const size = measure(rows, part.sum)
  const largest = Math.max(...rows.map(size), 1)
  return (
    <ul className={`plain ${styles.bars}`}>
      {rows.map((group) => (
        <li key={keyText(group.key)}>
          <Link to="/o/$object" params={{ object: object.name }} search={{ filter: both(part.filter, groupFilter(grouping, group.key)), view: 'all' }} className={styles.barRow}>
            <span className={styles.barName}>
              <FieldCell field={field} value={group.key} />
            </span>
            <span className={styles.bar} aria-hidden>
              <span style={{ width: `${(100 * size(group)) / largest}%` }} />
            </span>
            <span className={styles.barSum}>
              {sum && <Sum field={sum} value={group.sums[part.sum]} />}
              <span className="dim small num">{t('list.count', { count: group.count, text: formatNumber(group.count, lang) })}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
