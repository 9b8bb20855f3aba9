/* NearMisses.tsx - "GTXPro" is not there, "GTX Pro" is: one answer mends every row. */
import { ActionIcon, Button, Select } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell } from '../../fields/index.tsx'
import { LinkPicker } from '../../fields/picker.tsx'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField } from '../../lib/meta.ts'
import type { ChosenLinks, Field, ImportJob, Link, ObjectMeta, UnknownName } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import styles from './import.module.css'

/* What a name means: a record or choice, nothing (the field stays empty), or not said yet. */
type Meaning = { kind: 'record'; link: Link } | { kind: 'other'; link: Link | null } | { kind: 'empty' } | { kind: 'out' }

/* From here on a suggestion is chosen beforehand; people see it and say yes. */
const LIKELY = 800

const keyOf = (n: UnknownName) => `${n.field}\n${n.text}`

function first(n: UnknownName): Meaning {
  const best = n.suggestions.find((s) => s.id === n.taken) ?? n.suggestions.find((s) => s.score >= LIKELY)
  return best ? { kind: 'record', link: { id: best.id, title: best.title } } : { kind: 'out' }
}

/* null: left empty; undefined: its rows stay out. */
function answer(m: Meaning): string | null | undefined {
  if (m.kind === 'empty') return null
  return m.kind === 'out' ? undefined : m.link?.id
}

export interface NearMissesProps {
  job: ImportJob
  object: ObjectMeta
  onApply: (links: ChosenLinks) => void
  busy: boolean
}

/* Choices are called by their labels, whichever of their names was near. */
function useNamed(job: ImportJob, object: ObjectMeta): UnknownName[] {
  const label = useLabel()
  const names = (job.links ?? []).map((n) => {
    const choices = findField(object, n.field)?.choices
    const called = (s: Link) => label(choices?.find((c) => c.code === s.id)?.label, s.title)
    return choices ? { ...n, suggestions: n.suggestions.map((s) => ({ ...s, title: called(s) })) } : n
  })
  /* What mends most comes first. */
  return names.sort((a, b) => b.count - a.count)
}

export function NearMisses({ job, object, onApply, busy }: NearMissesProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const names = useNamed(job, object)
  const [said, setSaid] = useState<Record<string, Meaning>>({})
  if (names.length === 0) return null
  const meaning = (n: UnknownName) => said[keyOf(n)] ?? first(n)
  const settled = names.filter((n) => answer(meaning(n)) !== undefined)
  const open = names.filter((n) => meaning(n).kind === 'out' && !findField(object, n.field)?.required)
  const leaveEmpty = () => setSaid((old) => ({ ...old, ...Object.fromEntries(open.map((n) => [keyOf(n), { kind: 'empty' } as const])) }))
  const rows = (list: UnknownName[]) => list.reduce((sum, n) => sum + n.count, 0)
  const apply = () => {
    const links: ChosenLinks = structuredClone(job.chosen ?? {})
    for (const n of settled) (links[n.field] ??= {})[n.text] = answer(meaning(n)) ?? null
    onApply(links)
  }
  return (
    <section className={`card ${styles.box}`} aria-labelledby="import-names">
      <div className={styles.boxHead}>
        <h2 id="import-names">{t('import.links')}</h2>
        <span className="dim small">{t('import.links_help')}</span>
      </div>
      <ul className={`plain ${styles.names}`}>
        {names.map((n) => (
          <Name
            key={keyOf(n)}
            name={n}
            field={findField(object, n.field)}
            value={meaning(n)}
            onChange={(m) => setSaid((old) => ({ ...old, [keyOf(n)]: m }))}
          />
        ))}
      </ul>
      <div className={styles.boxFoot}>
        <Button size="xs" onClick={apply} loading={busy} disabled={settled.length === 0}>
          {t('import.apply_links')}
        </Button>
        {open.length > 1 && (
          <Button size="xs" variant="default" onClick={leaveEmpty}>
            {t('import.all_empty', { count: open.length })}
          </Button>
        )}
        <span className="dim small">
          {settled.length === 0 ? t('import.apply_none') : t('import.apply_help', { count: rows(settled), rows: formatNumber(rows(settled), lang) })}
        </span>
      </div>
    </section>
  )
}

function Name({ name, field, value, onChange }: { name: UnknownName; field: Field | null; value: Meaning; onChange: (m: Meaning) => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const alike = new Map(name.suggestions.map((s) => [s.id, Math.round(s.score / 10)]))
  const data = [
    ...name.suggestions.map((s) => ({ value: s.id, label: s.title })),
    { value: 'other', label: t('import.mean_another') },
    ...(field?.required ? [] : [{ value: 'empty', label: t('import.mean_empty') }]),
    { value: 'out', label: t('import.mean_out') },
  ]
  const choose = (key: string | null) => {
    const found = name.suggestions.find((s) => s.id === key)
    if (found) onChange({ kind: 'record', link: { id: found.id, title: found.title } })
    else if (key === 'other') onChange({ kind: 'other', link: null })
    else onChange({ kind: key === 'empty' ? 'empty' : 'out' })
  }
  const score = value.kind === 'record' ? alike.get(value.link.id) : undefined
  const spoken = t('import.means_of', { text: name.text })
  return (
    <li className={styles.name}>
      <div className={styles.nameText}>
        <strong>{name.text}</strong>
        <span className="dim small">
          {label(field?.label, name.field)} · <span className="num">{t('import.in_rows', { count: name.count, rows: formatNumber(name.count, lang) })}</span>
        </span>
      </div>
      <div className={styles.nameMeans}>
        <Select
          size="xs"
          aria-label={spoken}
          data={data}
          value={value.kind === 'record' ? value.link.id : value.kind}
          allowDeselect={false}
          onChange={choose}
          renderOption={({ option }) => (
            <span className={styles.option}>
              <span>{option.label}</span>
              {alike.has(option.value) && <span className="dim small num">{t('import.alike', { score: alike.get(option.value) })}</span>}
            </span>
          )}
        />
        {value.kind === 'other' && <Other field={field} label={`${spoken}${t('import.colon')}${t('import.mean_another')}`} value={value.link} onChange={(link) => onChange({ kind: 'other', link })} />}
        {score !== undefined && <span className="dim small num">{t('import.suggested', { score })}</span>}
        {value.kind === 'out' &&
          name.suggestions.slice(0, 2).map((s) => (
            <Button key={s.id} size="compact-xs" variant="light" aria-label={`${spoken}${t('import.colon')}${s.title}`} onClick={() => choose(s.id)}>
              {t('import.maybe', { title: s.title })}
            </Button>
          ))}
      </div>
    </li>
  )
}

/* Any record of the object linked to, or any of the field's choices. */
function Other({ field, label: spoken, value, onChange }: { field: Field | null; label: string; value: Link | null; onChange: (link: Link | null) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  if (field?.to) return <LinkPicker size="xs" aria-label={spoken} object={field.to} value={value} onChange={onChange} />
  const data = (field?.choices ?? []).map((c) => ({ value: c.code, label: label(c.label, c.code) }))
  return (
    <Select
      size="xs"
      aria-label={spoken}
      placeholder={t('choose')}
      data={data}
      value={value?.id ?? null}
      onChange={(code) => onChange(code ? { id: code, title: code } : null)}
      searchable
      nothingFoundMessage={t('nothing_found')}
    />
  )
}

/* What was said before, which can be taken back. */
export function Settled({ job, object, onApply, busy }: NearMissesProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const all = Object.entries(job.chosen ?? {}).flatMap(([field, texts]) => Object.entries(texts).map(([text, id]) => ({ field, text, id })))
  if (all.length === 0) return null
  const without = (field: string, text: string) => {
    const links: ChosenLinks = structuredClone(job.chosen ?? {})
    delete links[field]?.[text]
    onApply(links)
  }
  return (
    <details className={`card ${styles.box} ${styles.settled}`}>
      <summary>{t('import.settled', { count: all.length })}</summary>
      <ul className={`plain ${styles.names}`}>
        {all.map(({ field: name, text, id }) => {
          const field = findField(object, name)
          return (
            <li key={`${name}/${text}`} className={styles.name}>
              <div className={styles.nameText}>
                <strong>{text}</strong>
                <span className="dim small">{label(field?.label, name)}</span>
              </div>
              <div className={styles.nameMeans}>
                <span>{id === null ? t('import.mean_empty') : field ? <FieldCell field={field} value={id} page /> : id}</span>
                <ActionIcon variant="subtle" color="gray" disabled={busy} aria-label={`${text}${t('import.colon')}${t('remove')}`} onClick={() => without(name, text)}>
                  <IconX size={16} />
                </ActionIcon>
              </div>
            </li>
          )
        })}
      </ul>
    </details>
  )
}
