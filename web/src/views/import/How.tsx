/* How.tsx - whether rows make records or change them, what tells records apart, how dates are read. */
import { MultiSelect, SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatDate } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import type { DateOrder, Field, ImportJob, Json } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import styles from './import.module.css'
import { readDate } from './plan.ts'

const MODES = ['create', 'update', 'both'] as const
const ORDERS: DateOrder[] = ['ymd', 'dmy', 'mdy']
const MATCH_MAX = 4

export interface HowProps {
  job: ImportJob
  /* Mapped fields by which records can be found, best first. */
  keys: Field[]
  unclear: { column: string; example: string }[]
  onChange: (change: Record<string, Json>) => void
}

export function How({ job, keys, unclear, onChange }: HowProps) {
  const { t } = useTranslation()
  const label = useLabel()
  /* The best key is chosen beforehand. */
  const setMode = (mode: string) => {
    const first = keys[0]
    onChange({ mode, ...(mode !== 'create' && job.match.length === 0 && first ? { match: [first.name] } : {}) })
  }
  return (
    <section className={`card ${styles.box}`} aria-labelledby="import-how">
      <div className={styles.boxHead}>
        <h2 id="import-how">{t('import.how')}</h2>
      </div>
      <div className={styles.facts}>
        <div className={styles.fact}>
          <span>{t('import.mode')}</span>
          <SegmentedControl
            size="xs"
            aria-label={t('import.mode')}
            value={job.mode}
            onChange={setMode}
            data={MODES.map((mode) => ({ value: mode, label: t(`import.mode_${mode}`) }))}
          />
          <span className="dim">{t(`import.mode_${job.mode}_help`)}</span>
        </div>
        {job.mode !== 'create' && (
          <MultiSelect
            className={styles.match}
            size="xs"
            label={t('import.match')}
            description={t('import.match_help')}
            placeholder={job.match.length === 0 ? t('choose') : ''}
            value={job.match}
            data={keys.map((f) => ({ value: f.name, label: label(f.label, f.name) }))}
            onChange={(match) => onChange({ match })}
            maxValues={MATCH_MAX}
            nothingFoundMessage={t('nothing_found')}
            clearButtonProps={{ 'aria-label': t('clear') }}
          />
        )}
        {unclear.map((u, i) => (
          <DateOrderFact key={u.column} {...u} order={job.date_order ?? 'ymd'} first={i === 0} onChange={onChange} />
        ))}
      </div>
    </section>
  )
}

interface DateOrderProps {
  column: string
  example: string
  order: DateOrder
  /* All such columns are read alike, so only the first asks. */
  first: boolean
  onChange: HowProps['onChange']
}

function DateOrderFact({ column, example, order, first, onChange }: DateOrderProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const orders = ORDERS.filter((o) => o !== 'ymd' || readDate(example, 'ymd'))
  const read = readDate(example, order)
  return (
    <div className={styles.fact}>
      <span>{t('import.date_order', { column })}</span>
      {first && (
        <SegmentedControl
          size="xs"
          aria-label={t('import.date_order', { column })}
          value={orders.includes(order) ? order : ''}
          onChange={(date_order) => onChange({ date_order })}
          data={orders.map((o) => ({ value: o, label: t(`import.order_${o}`) }))}
        />
      )}
      <span className="dim num">{read ? `${example} → ${formatDate(read, lang)}` : t('import.order_which', { example })}</span>
    </div>
  )
}
