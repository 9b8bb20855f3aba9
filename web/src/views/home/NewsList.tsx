/* NewsList.tsx - what colleagues changed on the records one follows. */
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FieldCell } from '../../fields/index.tsx'
import { formatAgo, formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, findObject, titleOf } from '../../lib/meta.ts'
import { type News, newsQuery, type Tile } from '../../lib/page.ts'
import { useLabel, useMeta, useOffset } from '../../lib/use.ts'
import { ObjectIcon } from '../Icon.tsx'
import { Failed, Lines } from '../states.tsx'
import styles from './home.module.css'
import { Quiet } from './Quiet.tsx'

const CHANGES_SHOWN = 2

export function NewsList({ page, tile }: { page: string; tile: Tile }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(newsQuery(page, tile))
  if (query.isPending) return <Lines count={6} />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const rows = query.data.pages.flatMap((p) => p.rows)
  if (rows.length === 0 && !query.hasNextPage) return <Quiet title={t('home.no_news')}>{t('home.no_news_help')}</Quiet>
  return (
    <>
      <ul className="plain">
        {rows.map((news) => (
          <Entry key={news.id} news={news} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className={styles.foot}>
          <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
    </>
  )
}

function Entry({ news }: { news: News }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const offset = useOffset()
  const object = findObject(useMeta(), news.object)
  if (!object) return null
  const shown = news.changes.slice(0, CHANGES_SHOWN)
  return (
    <li className={styles.news}>
      <ObjectIcon name={object.icon} className={styles.icon} />
      <div className={styles.what}>
        <Link to="/o/$object/$id" params={{ object: object.name, id: news.record.id }} className={styles.title}>
          {titleOf(object, news.record)}
        </Link>
        <span className="small dim">
          {t(`home.news_${news.type}`, { who: news.by?.title ?? '', what: label(object.label, object.name) })}
        </span>
        {shown.map((c) => {
          const field = findField(object, c.field)
          return (
            field && (
              <span key={c.field} className={`small ${styles.change}`}>
                <span className="dim">{label(field.label, c.field)}</span> <FieldCell field={field} value={c.new} />
              </span>
            )
          )
        })}
        {news.changes.length > shown.length && <span className="small dim">{t('home.more_fields', { count: news.changes.length - shown.length })}</span>}
      </div>
      <time className="small dim num" dateTime={news.at} title={formatMoment(news.at, lang, offset)}>
        {formatAgo(news.at, lang)}
      </time>
    </li>
  )
}
