/* Questions.tsx - what is saved, what was asked before, and the lessons. */
import { ActionIcon, Badge, Button, Tabs } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { deleteSql, type SavedSql, sqlHistoryQuery, sqlSavedQuery, type SqlSchema } from '../../lib/sql.ts'
import { useOffset, useSession } from '../../lib/use.ts'
import { Lines } from '../states.tsx'
import { LESSONS } from './lessons.ts'
import styles from './Sql.module.css'

export function Questions({ schema, onOpen, onTry }: { schema: SqlSchema; onOpen: (saved: SavedSql) => void; onTry: (sql: string) => void }) {
  const { t } = useTranslation()
  return (
    <Tabs defaultValue="lessons" keepMounted={false} aria-label={t('sql.tabs')}>
      <Tabs.List>
        <Tabs.Tab value="lessons">{t('sql.lessons')}</Tabs.Tab>
        <Tabs.Tab value="saved">{t('sql.saved')}</Tabs.Tab>
        <Tabs.Tab value="history">{t('sql.history')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="lessons" pt="sm">
        <Lessons schema={schema} onTry={onTry} />
      </Tabs.Panel>
      <Tabs.Panel value="saved" pt="sm">
        <Saved onOpen={onOpen} />
      </Tabs.Panel>
      <Tabs.Panel value="history" pt="sm">
        <Past onTry={onTry} />
      </Tabs.Panel>
    </Tabs>
  )
}

function Lessons({ schema, onTry }: { schema: SqlSchema; onTry: (sql: string) => void }) {
  const { t } = useTranslation()
  const names = new Set(schema.tables.map((x) => x.name))
  return (
    <ol className={styles.lessons}>
      {LESSONS.filter((l) => l.tables.every((name) => names.has(name))).map((l) => (
        <li key={l.key}>
          <strong>{t(`sql.lesson_${l.key}`)}</strong>
          <p>{t(`sql.lesson_${l.key}_text`)}</p>
          <Button size="compact-xs" variant="default" aria-label={`${t('sql.lesson_try')}: ${t(`sql.lesson_${l.key}`)}`} onClick={() => onTry(l.sql)}>
            {t('sql.lesson_try')}
          </Button>
        </li>
      ))}
    </ol>
  )
}

function Saved({ onOpen }: { onOpen: (saved: SavedSql) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useSession()?.user?.id
  const query = useQuery(sqlSavedQuery)
  const away = useMutation({ mutationFn: deleteSql, onSettled: () => client.invalidateQueries({ queryKey: sqlSavedQuery.queryKey }) })
  if (query.isPending) return <Lines count={3} />
  if (!query.data?.length) return <p className="dim">{t('sql.saved_none')}</p>
  return (
    <ul className={`plain ${styles.list}`}>
      {query.data.map((s) => (
        <li key={s.id}>
          <button type="button" className={styles.pick} aria-label={t('sql.open', { name: s.name })} onClick={() => onOpen(s)}>
            {s.name}
          </button>
          {s.shared && (
            <Badge size="sm" variant="default">
              {t('sql.shared')}
            </Badge>
          )}
          {s.owner?.id === me && (
            <ActionIcon variant="subtle" color="gray" aria-label={t('sql.delete', { name: s.name })} onClick={() => away.mutate(s)}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </li>
      ))}
    </ul>
  )
}

function Past({ onTry }: { onTry: (sql: string) => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const query = useQuery({ ...sqlHistoryQuery, refetchOnMount: 'always' })
  if (query.isPending) return <Lines count={3} />
  if (!query.data?.rows.length) return <p className="dim">{t('sql.history_none')}</p>
  return (
    <ul className={`plain ${styles.list}`}>
      {query.data.rows.map((x, i) => (
        <li key={i}>
          <button type="button" className={styles.pick} onClick={() => onTry(x.sql)}>
            <code className={styles.line}>{x.sql}</code>
            <span className="dim small">
              {formatMoment(x.at, lang, offset)} · {t(`sql.end_${x.end}`)} · {t('sql.rows', { count: x.rows })}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
