/* Compare.tsx - several segments beside each other: sizes, the funnel, who is in each two. */
import { MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { type Overlap, overlapQuery, segmentsQuery } from '../../lib/segments.ts'
import { Failed, Lines } from '../states.tsx'
import styles from './segment.module.css'

const MOST = 5

export function Compare({ ids, onChange }: { ids: string[]; onChange: (ids: string[]) => void }) {
  const { t } = useTranslation()
  const segments = useQuery(segmentsQuery).data ?? []
  const object = segments.find((s) => s.id === ids[0])?.object
  const { data, error, isFetching } = useQuery(overlapQuery(ids))
  return (
    <section className={styles.card}>
      <MultiSelect
        label={t('segment.title')}
        description={t('segment.compare_help')}
        data={segments.filter((s) => !object || s.object === object).map((s) => ({ value: s.id, label: s.name }))}
        value={ids}
        maxValues={MOST}
        searchable
        nothingFoundMessage={t('nothing_found')}
        onChange={onChange}
      />
      {error ? <Failed error={error} /> : null}
      {isFetching && !data && <Lines count={3} />}
      {data && <Bars data={data} />}
    </section>
  )
}

function Bars({ data }: { data: Overlap }) {
  const { t } = useTranslation()
  const lang = useLang()
  const number = (n: number | null) => (n === null ? '–' : formatNumber(n, lang))
  const top = Math.max(...data.sizes.map((s) => s.count ?? 0), 1)
  const of = (id: string) => data.sizes.find((s) => s.id === id)
  const share = (n: number | null, whole: number | null | undefined) => (n === null || !whole ? '–' : formatNumber(Math.round((n * 1000) / whole) / 10, lang, 1))
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('segment.title')}</th>
            <th scope="col">{t('segment.size')}</th>
            <th scope="col">{t('segment.funnel')}</th>
          </tr>
        </thead>
        <tbody>
          {data.sizes.map((s) => (
            <tr key={s.id}>
              <th scope="row">{s.name}</th>
              <td>
                <Bar value={s.count} top={top} />
                {number(s.count)}
              </td>
              <td>
                <Bar value={s.funnel} top={top} />
                {number(s.funnel)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('segment.both')}</th>
            <th scope="col">{t('segment.size')}</th>
            <th scope="col">%</th>
          </tr>
        </thead>
        <tbody>
          {data.pairs.map((p) => (
            <tr key={`${p.a} ${p.b}`}>
              <th scope="row">
                {of(p.a)?.name} ∩ {of(p.b)?.name}
              </th>
              <td>{number(p.count)}</td>
              <td>
                {[p.a, p.b].map((id) => (
                  <div key={id}>{t('segment.share', { share: share(p.count, of(id)?.count), name: of(id)?.name ?? '' })}</div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function Bar({ value, top }: { value: number | null; top: number }) {
  return (
    <svg className={styles.barline} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
      <rect width={((value ?? 0) / top) * 100} height={6} rx={1} />
    </svg>
  )
}
