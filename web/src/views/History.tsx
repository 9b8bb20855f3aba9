/* History.tsx - who changed what, newest first. */
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { IconArrowNarrowRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { FieldCell } from '../fields/index.tsx'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findField } from '../lib/meta.ts'
import { historyQuery } from '../lib/queries.ts'
import type { Change, ObjectMeta } from '../lib/types.ts'
import { useLabel, useOffset } from '../lib/use.ts'
import styles from './History.module.css'
import { Empty, Failed, Lines } from './states.tsx'

const KINDS = ['create', 'update', 'delete', 'restore', 'import'] as const
type Kind = (typeof KINDS)[number]
const isKind = (text: string): text is Kind => (KINDS as readonly string[]).includes(text)

export function Changes({ object, changes }: { object: ObjectMeta; changes: Change[] }) {
  const label = useLabel()
  return (
    <ul className={`plain ${styles.changes}`}>
      {changes.map((c) => {
        const field = findField(object, c.field)
        return (
          <li key={c.field} className={styles.change}>
            <span className="dim">{label(field?.label, c.field)}</span>
            <span className={styles.old}>{field ? <FieldCell field={field} value={c.old} page /> : String(c.old ?? '—')}</span>
            <IconArrowNarrowRight size={16} className="dim" aria-label="→" />
            <span>{field ? <FieldCell field={field} value={c.new} page /> : String(c.new ?? '—')}</span>
          </li>
        )
      })}
    </ul>
  )
}

export function History({ object, id }: { object: ObjectMeta; id: string }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const query = useInfiniteQuery(historyQuery(object.name, id))
  if (query.isPending) return <Lines count={4} />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const rows = query.data.pages.flatMap((p) => p.rows)
  if (rows.length === 0) return <Empty title={t('history.empty')} />
  return (
    <div className={`card ${styles.card}`}>
      <ol className={`plain ${styles.list}`}>
        {rows.map((entry, i) => (
          <li key={i} className={styles.entry} data-kind={entry.kind}>
            <div className={styles.head}>
              <strong>{entry.by?.title ?? t('history.system')}</strong> <span>{t(isKind(entry.kind) ? `history.${entry.kind}` : 'history.update')}</span>
              <time className="dim small" dateTime={entry.at} title={formatMoment(entry.at, lang, offset)}>
                {formatAgo(entry.at, lang)} · {formatMoment(entry.at, lang, offset)}
              </time>
            </div>
            {entry.changes.length > 0 && <Changes object={object} changes={entry.changes} />}
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </div>
  )
}
