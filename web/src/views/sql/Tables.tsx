/* Tables.tsx - what may be asked of: tables and their columns, in both languages. */
import { TextInput } from '@mantine/core'
import { IconKey, IconLink, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLang } from '../../lib/i18n.ts'
import type { SqlColumn, SqlSchema, SqlTable } from '../../lib/sql.ts'
import styles from './Sql.module.css'

const says = (words: string[], find: string) => words.some((w) => w.toLowerCase().includes(find))
const wordsOf = (x: { name: string; label: { en: string; 'zh-Hant': string } }) => [x.name, x.label.en, x.label['zh-Hant']]

export function Tables({ schema, onPick }: { schema: SqlSchema; onPick: (name: string) => void }) {
  const { t } = useTranslation()
  const [find, setFind] = useState('')
  const wanted = find.trim().toLowerCase()
  const shown = schema.tables
    .map((table) => {
      const whole = !wanted || says(wordsOf(table), wanted)
      return { table, columns: whole ? table.columns : table.columns.filter((c) => says(wordsOf(c), wanted)) }
    })
    .filter((x) => x.columns.length > 0)
  return (
    <div className={styles.tables}>
      <TextInput
        size="xs"
        aria-label={t('sql.find')}
        placeholder={t('sql.find')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={find}
        onChange={(e) => setFind(e.currentTarget.value)}
      />
      {shown.length === 0 && <p className="dim small">{t('sql.none_found')}</p>}
      {shown.map((x) => (
        <Table key={x.table.name} table={x.table} columns={x.columns} open={wanted !== '' && x.columns.length < x.table.columns.length} onPick={onPick} />
      ))}
    </div>
  )
}

function Table({ table, columns, open, onPick }: { table: SqlTable; columns: SqlColumn[]; open: boolean; onPick: (name: string) => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const [own, setOwn] = useState(false)
  return (
    <details open={own || open} onToggle={(e) => setOwn(e.currentTarget.open)} className={styles.table}>
      <summary>
        <code>{table.name}</code> <span className="dim">{table.label[lang]}</span>
      </summary>
      {(own || open) && (
        <>
          {lang === 'en' && table.doc && <p className="dim small">{table.doc}</p>}
          <ul className="plain" aria-label={t('sql.columns', { name: table.label[lang] })}>
            <li>
              <button type="button" className={styles.pick} onClick={() => onPick(table.name)}>
                <code>{table.name}</code>
              </button>
            </li>
            {columns.map((c) => (
              <li key={c.name}>
                <button type="button" className={styles.pick} title={hintOf(c, lang)} onClick={() => onPick(c.name)}>
                  {c.name === 'id' ? <IconKey size={12} aria-hidden /> : c.to ? <IconLink size={12} aria-hidden /> : <span className={styles.dot} />}
                  <code>{c.name}</code>
                  <span className="dim">{c.label[lang]}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  )
}

function hintOf(c: SqlColumn, lang: 'en' | 'zh-Hant'): string {
  const to = c.to ? ` → ${c.to}` : ''
  const choices = c.choices?.length ? `\n${c.choices.map((x) => `${x.code} ${x.label[lang]}`).join('\n')}` : ''
  return `${c.type}${to}${choices}`
}
