/* Strings.tsx - what things are called, language beside language; changes are published like any other. */
import { Select, Switch, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { memo, useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { labelsOf, objectNames, objectView, processViews } from '../../lib/definition.ts'
import { isMissing, type Word, wordsOf } from '../../lib/definition_words.ts'
import { LANGS } from '../../lib/lang.ts'
import { useLabel } from '../../lib/use.ts'
import { Empty } from '../../views/states.tsx'
import { Drafting, useEditing } from './model/drafts.tsx'
import styles from './model/model.module.css'
import { PublishBar } from './model/Publish.tsx'
import type { AdminPageProps } from './section.ts'
import own from './Strings.module.css'

const SHOWN_MAX = 150

export function Strings(_: AdminPageProps) {
  return (
    <Drafting leave="/admin/strings">
      <Table />
    </Drafting>
  )
}

function Table() {
  const { t } = useTranslation()
  const label = useLabel()
  const { files, before, put } = useEditing()
  const [of, setOf] = useState<string>('account')
  const [typed, setTyped] = useState('')
  const [missing, setMissing] = useState(false)
  const words = useMemo(() => wordsOf(files), [files])
  /* What was missing stays in sight while it is filled in. */
  const gaps = useMemo(() => new Set(wordsOf(before).filter(isMissing).map((w) => w.id)), [before])
  const wanted = typed.trim().toLowerCase()
  const process = (w: Word) => ['process', 'state', 'move', 'reason'].includes(w.kind)
  const fits = (w: Word) =>
    (of === '' || (process(w) ? `p/${w.of}` : w.of) === of) &&
    (!missing || gaps.has(w.id) || isMissing(w)) &&
    (wanted === '' || [w.name, ...Object.values(w.labels)].some((x) => x?.toLowerCase().includes(wanted)))
  const shown = words.filter(fits)
  const left = words.filter(isMissing).length
  const latest = useRef({ words, put })
  latest.current = { words, put }
  const change = useCallback((id: string, lang: string, text: string) => {
    const word = latest.current.words.find((w) => w.id === id)
    if (!word) return
    const next: Record<string, string> = {}
    for (const [k, v] of Object.entries({ ...word.labels, [lang]: text })) if (v) next[k] = v
    const [path, json] = word.set(next)
    latest.current.put(path, json, id)
  }, [])
  const places = [
    ...objectNames(files).map((n) => ({ value: n, label: label(objectView(files, n)?.label, n) })),
    ...processViews(files).map((p) => ({ value: `p/${p.name}`, label: `${label(labelsOf(p.def.label), p.name)} (${t('admin.processes.title')})` })),
  ]
  return (
    <div className={styles.page}>
      <h1>{t('admin.strings.title')}</h1>
      <p className={styles.lead}>{t('admin.strings.lead')}</p>
      <div className={styles.tools}>
        <Select aria-label={t('admin.strings.what')} searchable clearable clearButtonProps={{ 'aria-label': t('clear') }} placeholder={t('admin.objects.all')} value={of || null} data={places} onChange={(v) => setOf(v ?? '')} nothingFoundMessage={t('nothing_found')} />
        <TextInput className={styles.find} aria-label={t('admin.find')} placeholder={t('admin.find')} leftSection={<IconSearch size={16} aria-hidden />} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />
        <Switch label={t('admin.strings.missing_only')} checked={missing} onChange={(e) => setMissing(e.currentTarget.checked)} />
        <span role="status" className={left ? `small ${own.gaps}` : 'small dim'}>
          {left ? t('admin.strings.missing_count', { count: left }) : t('admin.strings.none_missing')}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty title={missing && left === 0 ? t('admin.strings.none_missing') : t('nothing_found')} />
      ) : (
        <div className={`card ${own.table}`} role="table" aria-label={t('admin.strings.title')}>
          <div role="row" className={own.head}>
            <span role="columnheader">{t('admin.strings.term')}</span>
            {LANGS.map((l) => (
              <span key={l.code} role="columnheader" lang={l.code}>
                {l.name}
              </span>
            ))}
          </div>
          {shown.slice(0, SHOWN_MAX).map((w) => (
            <Row key={w.id} id={w.id} kind={t(`admin.strings.kind.${w.kind}`)} name={w.name} zh={w.labels['zh-Hant'] ?? ''} en={w.labels.en ?? ''} long={w.kind === 'help' || w.kind === 'rule' || w.kind === 'reason'} onChange={change} />
          ))}
        </div>
      )}
      {shown.length > SHOWN_MAX && <p className="dim small">{t('admin.strings.too_many', { count: SHOWN_MAX })}</p>}
      <PublishBar />
    </div>
  )
}

interface RowProps {
  id: string
  kind: string
  name: string
  zh: string
  en: string
  long: boolean
  onChange: (id: string, lang: string, text: string) => void
}

/* Only the row that changes is drawn anew. */
const Row = memo(function Row({ id, kind, name, zh, en, long, onChange }: RowProps) {
  const { t } = useTranslation()
  const text = { 'zh-Hant': zh, en }
  return (
    <div role="row" className={own.row}>
      <span role="rowheader" className={own.term}>
        <span className="dim small">{kind}</span>
        <span className="mono">{name}</span>
      </span>
      {LANGS.map((l) => {
        const props = { lang: l.code, value: text[l.code], 'aria-label': `${kind} ${name} (${l.name})`, placeholder: t('admin.strings.missing'), 'data-missing': text[l.code] === '' || undefined, className: own.cell }
        return (
          <span key={l.code} role="cell">
            {long ? <textarea rows={2} {...props} onChange={(e) => onChange(id, l.code, e.currentTarget.value)} /> : <input {...props} onChange={(e) => onChange(id, l.code, e.currentTarget.value)} />}
          </span>
        )
      })}
    </div>
  )
})
