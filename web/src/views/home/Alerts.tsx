/* Alerts.tsx - what wants a look: counts with the first few records, and the list behind them. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Tile, tileQuery } from '../../lib/page.ts'
import { Failed, Lines } from '../states.tsx'
import { Section } from './Agenda.tsx'
import styles from './home.module.css'
import { Quiet } from './Quiet.tsx'

export function Alerts({ page, tile }: { page: string; tile: Tile }) {
  const { t } = useTranslation()
  const query = useQuery(tileQuery(page, tile))
  if (query.isPending) return <Lines count={4} />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  const answers = new Map(query.data.parts.map((a) => [a.name, a]))
  if (!query.data.parts.some((a) => a.rows.length > 0))
    return <Quiet title={t('home.no_alerts')} />
  return (
    <div className={styles.sections}>
      {tile.parts.map((part) => {
        const answer = answers.get(part.name)
        return answer && answer.rows.length > 0 ? <Section key={part.name} part={part} answer={answer} /> : null
      })}
    </div>
  )
}
