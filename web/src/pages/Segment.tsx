/* Segment.tsx - one segment: the rule and how many it means while it is written, its lists; and several compared. */
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { IconArrowLeft, IconChartArcs } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { queryClient } from '../lib/queries.ts'
import { type Segment, segmentQuery } from '../lib/segments.ts'
import { Builder } from '../views/segment/Builder.tsx'
import { Compare } from '../views/segment/Compare.tsx'
import { Lists } from '../views/segment/Lists.tsx'
import { Failed, Lines } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import page from './page.module.css'
import styles from '../views/segment/segment.module.css'

const one = getRouteApi('/shell/o/segment/$id')
const added = getRouteApi('/shell/o/segment/new')
const compared = getRouteApi('/shell/o/segment/overlap')

function Head({ title, id }: { title: string; id?: string }) {
  const { t } = useTranslation()
  useTitle(title)
  return (
    <header className={styles.head}>
      <Link to="/o/$object" params={{ object: 'segment' }} search={{}} className={styles.back}>
        <IconArrowLeft size={16} aria-hidden /> {t('segment.all')}
      </Link>
      <h1>{title}</h1>
      {id && (
        <Link to="/o/segment/overlap" search={{ ids: id }} className={styles.back}>
          <IconChartArcs size={16} aria-hidden /> {t('segment.compare')}
        </Link>
      )}
    </header>
  )
}

export function NewSegment() {
  const { t } = useTranslation()
  const go = useNavigate()
  const { object, filter } = added.useSearch()
  return (
    <div className={page.wide}>
      <Head title={t('segment.new')} />
      <Builder
        segment={null}
        object={object ?? 'account'}
        filter={filter ?? ''}
        onSaved={(id) => void go({ to: '/o/segment/$id', params: { id } })}
      />
    </div>
  )
}

export function SegmentPage() {
  const { id } = one.useParams()
  const { data, error, refetch } = useQuery(segmentQuery(id))
  if (error) return <Failed error={error} again={() => void refetch()} />
  if (!data) return <Lines />
  return <Whole key={id} segment={data} />
}

function Whole({ segment }: { segment: Segment }) {
  return (
    <div className={page.wide}>
      <Head title={segment.name} id={segment.id} />
      <Builder
        key={segment.version}
        segment={segment}
        object={segment.object}
        filter={segment.filter ?? ''}
        onSaved={() => void queryClient.invalidateQueries({ queryKey: ['segments'] })}
      />
      <Lists segment={segment} />
    </div>
  )
}

export function OverlapPage() {
  const { t } = useTranslation()
  const go = useNavigate()
  const ids = (compared.useSearch().ids ?? '').split(',').filter(Boolean)
  return (
    <div className={page.wide}>
      <Head title={t('segment.compare')} />
      <Compare ids={ids} onChange={(next) => void go({ to: '/o/segment/overlap', search: { ids: next.join(',') }, replace: true })} />
    </div>
  )
}
