/* SizeChart.tsx - the size of a segment over time: a line, drawn small. */
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import type { SizeThen } from '../../lib/segments.ts'
import styles from './segment.module.css'

const W = 320
const H = 64
const PAD = 5

export function SizeChart({ history }: { history: SizeThen[] }) {
  const { t } = useTranslation()
  const lang = useLang()
  const points = [...history].reverse()
  const times = points.map((p) => Date.parse(p.at))
  const from = Math.min(...times)
  const span = Math.max(Math.max(...times) - from, 1)
  const top = Math.max(...points.map((p) => p.size), 1)
  const x = (i: number) => PAD + (((times[i] ?? from) - from) / span) * (W - 2 * PAD)
  const y = (size: number) => H - PAD - (size / top) * (H - 2 * PAD)
  const last = points.at(-1)
  return (
    <figure className={styles.chart}>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={t('segment.history')}>
        <polyline points={points.map((p, i) => `${x(i).toFixed(1)},${y(p.size).toFixed(1)}`).join(' ')} />
        {points.map((p, i) => (
          <circle key={p.at} cx={x(i)} cy={y(p.size)} r={2.5}>
            <title>{`${p.at.slice(0, 10)} · ${formatNumber(p.size, lang)}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption className="dim small">
        {t('segment.history')} · {t('segment.history_line', { n: points.length, size: formatNumber(last?.size ?? 0, lang) })}
      </figcaption>
    </figure>
  )
}
