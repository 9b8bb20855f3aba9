/* Filter.tsx - conditions to click together, and beside them the same as text. */
import '@mantine/core/styles/Pill.layer.css'
import '@mantine/core/styles/PillsInput.layer.css'
import '@mantine/core/styles/FloatingIndicator.layer.css'
import '@mantine/core/styles/SegmentedControl.layer.css'
import { ActionIcon, Button, MultiSelect, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { typeOf } from '../fields/index.tsx'
import { useProcess } from '../fields/process/useProcess.ts'
import { type Condition, type Filter, filterText, type Kind, NO_VALUE, type Op, PERIODS, readFilter } from '../lib/expr.ts'
import { findField, isInner } from '../lib/meta.ts'
import type { Field, Labels, Meta, ObjectMeta, Process } from '../lib/types.ts'
import { useLabel, useMeta } from '../lib/use.ts'
import { Complaint } from './Complaint.tsx'
import styles from './Filter.module.css'

export interface FilterProps {
  object: ObjectMeta
  text: string
  onApply: (text: string) => void
  /* What is being written, at every change. */
  onDraft?: (text: string) => void
  error: unknown
}

const EMPTY: Filter = { join: 'and', conditions: [] }

export function filterable(object: ObjectMeta): Field[] {
  return object.fields.filter((f) => f.filterable !== false && !isInner(f))
}

function kindsOf(object: ObjectMeta) {
  return (name: string): Kind | null => {
    const field = findField(object, name)
    return field && typeOf(field).kind
  }
}

/*
 * Only what the rows can show whole: an operator the field's type knows, and codes there are
 * (labels are understood as well).  Else null, and the expression stays text.
 */
function read(object: ObjectMeta, meta: Meta, text: string): Filter | null {
  const filter = readFilter(text, kindsOf(object))
  const conditions: Condition[] = []
  for (const c of filter?.conditions ?? []) {
    const field = findField(object, c.field)
    if (!field || !typeOf(field).ops.includes(c.op)) return null
    if (!c.many) {
      conditions.push(c)
      continue
    }
    const codes = codesOf(field, meta.processes.find((p) => p.name === field.process))
    const many = c.many.map((v) => codes.find((k) => k.code === v || Object.values(k.label).includes(v))?.code)
    if (many.some((code) => code === undefined)) return null
    conditions.push({ ...c, many: many as string[] })
  }
  return filter && { ...filter, conditions }
}

function codesOf(field: Field, process: Process | null | undefined): { code: string; label: Labels }[] {
  return field.type === 'process' ? (process?.states ?? []) : (field.choices ?? [])
}

export function FilterPanel({ object, text, onApply, onDraft, error }: FilterProps) {
  const { t } = useTranslation()
  const kindOf = useMemo(() => kindsOf(object), [object])
  const [draft, setDraft] = useState(text)
  const meta = useMeta()
  const [filter, setFilter] = useState<Filter | null>(() => read(object, meta, text))
  const first = filterable(object)[0]
  const build = (next: Filter) => {
    const written = filterText(next, kindOf)
    setFilter(next)
    setDraft(written)
    onDraft?.(written)
  }
  const write = (typed: string) => {
    setDraft(typed)
    onDraft?.(typed)
    setFilter(read(object, meta, typed))
  }
  const set = (i: number, c: Condition | null) => {
    const old = filter ?? EMPTY
    build({ ...old, conditions: old.conditions.flatMap((x, k) => (k === i ? (c ? [c] : []) : [x])) })
  }
  const add = () => {
    const old = filter ?? EMPTY
    if (first) build({ ...old, conditions: [...old.conditions, freshCondition(first)] })
  }
  return (
    <form
      className={onDraft ? `${styles.panel} ${styles.inside}` : styles.panel}
      aria-label={t('filter.title')}
      onSubmit={(e) => {
        e.preventDefault()
        onApply(draft.trim())
      }}
    >
      <div className={styles.builder}>
        {filter === null ? (
          <p className="dim small">{t('filter.too_rich')}</p>
        ) : (
          <>
            {filter.conditions.length > 1 && (
              <SegmentedControl
                size="xs"
                aria-label={t('filter.join')}
                value={filter.join}
                onChange={(join) => build({ ...filter, join: join === 'or' ? 'or' : 'and' })}
                data={[
                  { value: 'and', label: t('filter.all') },
                  { value: 'or', label: t('filter.any') },
                ]}
              />
            )}
            {filter.conditions.map((c, i) => (
              <ConditionRow key={i} object={object} condition={c} onChange={(next) => set(i, next)} />
            ))}
            <div>
              <Button size="xs" variant="subtle" leftSection={<IconPlus size={15} />} onClick={add}>
                {t('filter.add')}
              </Button>
            </div>
          </>
        )}
      </div>
      <div className={styles.text}>
        <Textarea
          label={t('filter.expression')}
          description={t('filter.expression_help')}
          classNames={{ input: styles.code }}
          rows={3}
          spellCheck={false}
          value={draft}
          onChange={(e) => write(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) onApply(draft.trim())
          }}
          error={error ? <Complaint error={error} text={text} /> : undefined}
        />
        <div className="row">
          <Button size="xs" type="submit">
            {t('filter.apply')}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              write('')
              onApply('')
            }}
          >
            {t('filter.clear')}
          </Button>
        </div>
      </div>
    </form>
  )
}

function freshCondition(field: Field): Condition {
  return { field: field.name, op: typeOf(field).ops[0] ?? 'not_empty', value: '' }
}

function ConditionRow({ object, condition, onChange }: { object: ObjectMeta; condition: Condition; onChange: (c: Condition | null) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const fields = filterable(object)
  const field = findField(object, condition.field)
  const data = fields.map((f) => ({ value: f.name, label: label(f.label, f.name) }))
  return (
    <div className={styles.condition}>
      <Select
        size="xs"
        aria-label={t('filter.field')}
        data={data}
        value={condition.field}
        searchable
        allowDeselect={false}
        nothingFoundMessage={t('nothing_found')}
        onChange={(name) => {
          const next = findField(object, name ?? '')
          if (next) onChange(freshCondition(next))
        }}
      />
      <Select
        size="xs"
        aria-label={t('filter.operator')}
        data={(field ? typeOf(field).ops : []).map((op) => ({ value: op, label: t(`op.${op}`) }))}
        value={condition.op}
        allowDeselect={false}
        onChange={(op) => onChange({ ...condition, op: (op ?? condition.op) as Op })}
      />
      <div className={styles.value}>{field && <Value field={field} condition={condition} onChange={onChange} />}</div>
      <ActionIcon variant="subtle" color="gray" aria-label={t('remove')} onClick={() => onChange(null)}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  )
}

function Value({ field, condition, onChange }: { field: Field; condition: Condition; onChange: (c: Condition) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const process = useProcess(field)
  const { Operand } = typeOf(field)
  const { op, value } = condition
  if (NO_VALUE.has(op)) return null
  if (op === 'in' || op === 'not_in') {
    const codes = codesOf(field, process)
    return (
      <MultiSelect
        size="xs"
        aria-label={t('filter.value')}
        data={codes.map((c) => ({ value: c.code, label: label(c.label, c.code) }))}
        value={condition.many ?? []}
        onChange={(many) => onChange({ ...condition, many })}
        searchable
      />
    )
  }
  if (op === 'period') {
    return (
      <Select
        size="xs"
        aria-label={t('filter.value')}
        data={PERIODS.map((p) => ({ value: p, label: t(`period.${p}`) }))}
        value={value || null}
        onChange={(period) => onChange({ ...condition, value: period ?? '' })}
      />
    )
  }
  if (op === 'last_days' || op === 'next_days') {
    return (
      <TextInput
        size="xs"
        aria-label={t('filter.days')}
        inputMode="numeric"
        rightSection={<span className="dim small">{t('filter.days')}</span>}
        rightSectionWidth={48}
        value={value}
        onChange={(e) => onChange({ ...condition, value: e.currentTarget.value.normalize('NFKC').replace(/\D/g, '') })}
      />
    )
  }
  return (
    <>
      <Operand field={field} value={value} label={t('filter.value')} onChange={(v) => onChange({ ...condition, value: v })} />
      {op === 'between' && (
        <Operand field={field} value={condition.upper ?? ''} label={t('filter.upper')} onChange={(upper) => onChange({ ...condition, upper })} />
      )}
    </>
  )
}
