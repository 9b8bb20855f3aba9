/* Mapping.tsx - which column of the file goes into which field, with the file's first rows beside. */
import { ActionIcon, Button, Select, Tooltip } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import type { ImportJob, Json, ObjectMeta } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { Constants } from './Constants.tsx'
import { FileFacts } from './FileFacts.tsx'
import { How } from './How.tsx'
import styles from './import.module.css'
import { type Column, keysOf, mappingOf, type Plan, planOf, readDate, takenFields, tidyPlan, unclearDates } from './plan.ts'
import { missingFields, targetsOf } from './targets.ts'

export interface MappingProps {
  job: ImportJob
  object: ObjectMeta
  onChange: (change: Record<string, Json>) => void
  onCheck: () => void
  busy: boolean
}

/* How sure a guess must be to be shown without a warning. */
const SURE = 800

export function Mapping({ job, object, onChange, onCheck, busy }: MappingProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const plan = planOf(job)
  const mapped = plan.columns.filter((c) => c.goals.some((g) => g.field)).length
  const keys = keysOf(object, plan)
  const unclear = unclearDates(job, object, plan)
  const set = (next: Plan) => {
    /* What is no longer mapped cannot find records. */
    const taken = takenFields(next)
    const match = job.match.filter((name) => taken.has(name))
    onChange({ mapping: mappingOf(next) as unknown as Json, ...(match.length < job.match.length ? { match } : {}) })
  }
  const check = () => {
    const tidy = tidyPlan(plan)
    if (tidy !== plan) set(tidy)
    onCheck()
  }
  const missing = job.mode === 'update' ? [] : missingFields(object, plan)
  const noMatch = job.mode !== 'create' && job.match.length === 0
  const noOrder = job.date_order === 'ymd' && unclear.some((u) => !readDate(u.example, 'ymd'))
  const why = mapped === 0 ? t('import.why_mapping') : noMatch ? t('import.why_match') : noOrder ? t('import.why_order') : ''
  return (
    <>
      <FileFacts job={job} onChange={onChange} />
      <section className={`card ${styles.box}`} aria-labelledby="import-mapping">
        <div className={styles.boxHead}>
          <h2 id="import-mapping">{t('import.mapping')}</h2>
          <span className="dim small">
            {job.info.remembered && `${t('import.remembered')} · `}
            {t('import.mapped', { count: mapped, total: plan.columns.length })}
          </span>
        </div>
        <MappingTable job={job} object={object} plan={plan} onPlan={set} />
        <Constants object={object} plan={plan} onPlan={set} />
        {missing.length > 0 && (
          <p className={styles.note} role="note">
            {t('import.missing', { fields: missing.map((f) => label(f.label, f.name)).join(t('import.comma')) })}
          </p>
        )}
      </section>
      <How job={job} keys={keys} unclear={unclear} onChange={onChange} />
      <div className={styles.bar}>
        <Button onClick={check} loading={busy} disabled={why !== ''}>
          {t('import.check')}
        </Button>
        <span className="dim small">{why || t('import.check_help')}</span>
      </div>
    </>
  )
}

interface TableProps {
  job: ImportJob
  object: ObjectMeta
  plan: Plan
  onPlan: (plan: Plan) => void
}

function MappingTable({ job, object, plan, onPlan }: TableProps) {
  const { t } = useTranslation()
  const set = (column: Column) => onPlan({ ...plan, columns: plan.columns.map((c) => (c.index === column.index ? column : c)) })
  const values = (at: number) => job.sample.map((row) => row[at]?.trim() ?? '').filter(Boolean)
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t('import.column')}</th>
          <th scope="col">{t('import.sample')}</th>
          <th scope="col">{t('import.field')}</th>
        </tr>
      </thead>
      <tbody>
        {plan.columns.map((c) => (
          <tr key={c.index} data-skipped={c.goals.every((g) => !g.field) || undefined}>
            <th scope="row">{c.name}</th>
            <td className={styles.sample}>{[...new Set(values(c.index))].slice(0, 3).join(' · ') || <i>{t('import.no_values')}</i>}</td>
            <td className={styles.target}>
              <Goals column={c} object={object} plan={plan} remembered={job.info.remembered === true} onColumn={set} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Goals({ column, object, plan, remembered, onColumn }: { column: Column; object: ObjectMeta; plan: Plan; remembered: boolean; onColumn: (c: Column) => void }) {
  const { t } = useTranslation()
  const { goals } = column
  const put = (k: number, field: string | null) => onColumn({ ...column, goals: goals.map((g, i) => (i === k ? { field, score: 1000 } : g)) })
  const drop = (k: number) => onColumn({ ...column, goals: goals.filter((_, i) => i !== k) })
  const more = { ...column, goals: [...goals, { field: null, score: 1000 }] }
  const unsure = goals[0]?.field && goals[0].score < SURE && !remembered
  return (
    <div className={styles.goals}>
      {goals.map((goal, k) => (
        <div key={k} className={styles.goal}>
          <TargetSelect
            object={object}
            plan={plan}
            value={goal.field}
            label={`${column.name}: ${t('import.field')}${k > 0 ? ` ${k + 1}` : ''}`}
            onChange={(field) => put(k, field)}
          />
          {k > 0 && (
            <ActionIcon variant="subtle" color="gray" aria-label={`${column.name}: ${t('remove')} ${k + 1}`} onClick={() => drop(k)}>
              <IconX size={16} />
            </ActionIcon>
          )}
          {k === 0 && goal.field && goals.length < 4 && (
            <Tooltip label={t('import.also')}>
              <ActionIcon variant="subtle" color="gray" aria-label={`${column.name}: ${t('import.also')}`} onClick={() => onColumn(more)}>
                <IconPlus size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          {k === 0 && unsure && <Chip text={t('import.guess')} hue="yellow" />}
        </div>
      ))}
    </div>
  )
}

export interface TargetSelectProps {
  object: ObjectMeta
  plan: Plan
  value: string | null
  label: string
  /* A fixed value has to go somewhere; a column may be left out. */
  always?: boolean
  onChange: (field: string | null) => void
}

const SKIP = '-'

/* Each field and each part of an address once; those that are taken are there, but closed. */
export function TargetSelect({ object, plan, value, label: spoken, always, onChange }: TargetSelectProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const taken = takenFields(plan)
  const fields = targetsOf(object).map(({ name, field, part }) => ({
    value: name,
    label: part ? `${label(field.label, field.name)}${t('import.colon')}${t(`address.${part}`)}` : label(field.label, field.name),
    disabled: taken.has(name) && name !== value,
  }))
  return (
    <Select
      className={styles.select}
      size="xs"
      aria-label={spoken}
      placeholder={t('choose')}
      searchable
      nothingFoundMessage={t('nothing_found')}
      allowDeselect={false}
      value={value ?? (always ? null : SKIP)}
      data={always ? fields : [{ value: SKIP, label: t('import.skip') }, ...fields]}
      onFocus={(e) => e.currentTarget.select()}
      onChange={(name) => onChange(name === SKIP ? null : name)}
    />
  )
}
