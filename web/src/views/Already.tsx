/* Already.tsx - while a new record is typed: those that may be the same. */
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { IconCopy } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { likeTypedQuery, typedMarks } from '../lib/notices.ts'
import type { ObjectMeta } from '../lib/types.ts'
import type { Values } from '../lib/values.ts'
import { LikenessList } from './Notices.tsx'
import styles from './Notices.module.css'

const PAUSE_MS = 400

export function Already({ object, values }: { object: ObjectMeta; values: Values }) {
  const { t } = useTranslation()
  const marks = JSON.stringify(typedMarks(object, values))
  const [asked] = useDebouncedValue(marks, PAUSE_MS)
  const typed = useMemo(() => JSON.parse(asked) as Record<string, string>, [asked])
  const { data: rows = [] } = useQuery({ ...likeTypedQuery(object.name, typed), placeholderData: keepPreviousData })
  const some = marks !== '{}' && rows.length > 0
  return (
    <div role="status" aria-live="polite" className={styles.already}>
      {some && (
        <div className={styles.notice}>
          <IconCopy size={18} aria-hidden />
          <div className={styles.body}>
            <div>{t('notice.already')}</div>
            <LikenessList object={object} rows={rows} />
          </div>
        </div>
      )}
    </div>
  )
}
