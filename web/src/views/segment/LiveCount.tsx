/* LiveCount.tsx - how many a rule means at this moment, who counted, and a few of them. */
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { titleOf } from '../../lib/meta.ts'
import type { Count } from '../../lib/segments.ts'
import type { ObjectMeta } from '../../lib/types.ts'
import { useProblemText } from '../states.tsx'
import styles from './segment.module.css'

const SECOND_MS = 1000

export function LiveCount({ object, data, error, busy }: { object: ObjectMeta; data: Count | undefined; error: unknown; busy: boolean }) {
  const { t } = useTranslation()
  const lang = useLang()
  const problemText = useProblemText()
  const said = !data ? '…' : data.suppressed ? t('segment.suppressed') : data.count === null ? t('segment.too_long') : t('segment.people', { n: formatNumber(data.count, lang) })
  const out = data?.matched != null && data.count !== null ? data.matched - data.count : 0
  return (
    <aside className={styles.live} aria-label={t('segment.count')} aria-busy={busy}>
      <h2>{t('segment.count')}</h2>
      {error ? (
        <p role="alert">{problemText(error)}</p>
      ) : (
        <p className={styles.number} role="status" data-busy={busy || undefined}>
          {said}
        </p>
      )}
      {data && !error && (
        <>
          {out > 0 && <p className="small">{t('segment.of', { matched: formatNumber(data.matched, lang), out: formatNumber(out, lang) })}</p>}
          <p className="dim small">{data.source === 'warehouse' ? t('segment.warehouse', { s: Math.ceil(data.behind_ms / SECOND_MS) }) : t('segment.records')}</p>
          {data.rows.length > 0 && (
            <>
              <h3>{t('segment.sample')}</h3>
              <ul className="plain">
                {data.rows.map((row) => (
                  <li key={row.id} className="clip">
                    <Link to="/o/$object/$id" params={{ object: object.name, id: row.id }} search={{}}>
                      {titleOf(object, row)}
                    </Link>
                  </li>
                ))}
              </ul>
            </>
          )}
          {data.text && (
            <details>
              <summary>{t('segment.text')}</summary>
              <code className={styles.code}>{data.text}</code>
            </details>
          )}
        </>
      )}
    </aside>
  )
}
