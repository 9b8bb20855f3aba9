/*
 * Form.tsx - the form of any object, from its metadata.
 *
 * The server decides which fields show and which are required: it is asked while people type,
 * with the same rules that will check the record when it is saved.
 */
import { Alert, Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canType, FieldCell, isEmpty, toWire, typeOf } from '../fields/index.tsx'
import { post, Problem } from '../lib/api.ts'
import { findField, formSections } from '../lib/meta.ts'
import type { CheckResult, Field, Json, ObjectMeta } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import { changed, errorField, type Values } from '../lib/values.ts'
import styles from './Form.module.css'
import { useProblemText } from './states.tsx'

export interface FormProps {
  object: ObjectMeta
  initial: Values
  /* Only what differs from this is sent: nothing for a new record, the record for an old one. */
  base: Values
  /* What is to be sent, and all fields as they stand; false: not saved, people go on typing. */
  onSave: (values: Record<string, Json>, all: Values) => Promise<boolean | void>
  onCancel: () => void
  /* Said above the fields, from what has been typed so far. */
  said?: (values: Values) => ReactNode
}

function useRules(object: ObjectMeta, values: Values, id: string | undefined) {
  const wire = useMemo(
    () => Object.fromEntries(object.fields.filter(canType).map((f) => [f.name, toWire(f, values[f.name])])),
    [object, values],
  )
  const [asked] = useDebouncedValue(wire, 250)
  const { data } = useQuery({
    queryKey: ['check', object.name, id, asked],
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
    gcTime: 60_000,
    queryFn: () => post<CheckResult>(`/${object.name}/check`, asked, { query: { id } }),
  })
  return data
}

export function RecordForm({ object, initial, base, onSave, onCancel, said }: FormProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const form = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState(initial)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [problem, setProblem] = useState<unknown>(null)
  const [saving, setSaving] = useState(false)
  const old = typeof base.id === 'string' ? base.id : undefined
  const rules = useRules(object, values, old)
  const typable = useMemo(() => object.fields.filter(canType), [object])
  const dirty = touched.size > 0 && !saving
  useBlocker({
    shouldBlockFn: () => dirty && !window.confirm(t('form.leave')),
    enableBeforeUnload: () => dirty,
  })

  const hidden = new Set(rules?.hidden ?? [])
  /* What the server fills in by itself need not be typed. */
  const computed = new Set(typable.filter((f) => typeof f.default === 'object' && f.default !== null).map((f) => f.name))
  const required = new Set([...(rules?.required ?? []), ...typable.filter((f) => f.required).map((f) => f.name)].filter((n) => !computed.has(n)))
  const refused = problem instanceof Problem ? problem.errors : []
  const shown = new Set(formSections(object).flatMap((s) => s.fields.flat()))
  const errorOf = (name: string) =>
    refused.find((e) => errorField(e.path) === name && !touchedSince.current.has(name))?.detail ??
    /* What is still empty is not wrong yet. */
    (touched.has(name) && !isEmpty(values[name]) ? rules?.errors.find((e) => errorField(e.path) === name)?.detail : undefined)
  const elsewhere = refused.filter((e) => !shown.has(errorField(e.path)))

  /* A refusal stays beside its field until that field is changed. */
  const touchedSince = useRef(new Set<string>())
  const set = (name: string, value: unknown) => {
    touchedSince.current.add(name)
    setValues((old) => ({ ...old, [name]: value }))
    setTouched((old) => (old.has(name) ? old : new Set(old).add(name)))
  }
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [problem])

  const save = async () => {
    setSaving(true)
    setProblem(null)
    touchedSince.current = new Set()
    const visible = typable.filter((f) => !hidden.has(f.name))
    try {
      const done = await onSave(changed(visible, base, values, toWire), values)
      if (done === false) setSaving(false)
    } catch (error) {
      setProblem(error)
      setSaving(false)
    }
  }
  return (
    <form
      ref={form}
      noValidate
      className={styles.form}
      aria-label={label(object.label, object.name)}
      onSubmit={(e) => {
        e.preventDefault()
        void save()
      }}
      onKeyDown={(e) => {
        if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void save()
      }}
    >
      {said?.(values)}
      {problem !== null && <Refused problem={problem} elsewhere={elsewhere.map((e) => e.detail)} />}
      {formSections(object).map((section, i) => (
        <Section
          key={i}
          title={label(section.label)}
          rows={section.fields
            .map((row) => row.map((n) => findField(object, n)).filter((f): f is Field => f !== null && !hidden.has(f.name) && (canType(f) || old !== undefined)))
            .filter((row) => row.length > 0)}
          render={(field, first) => (
            <FormField
              field={field}
              value={values[field.name]}
              error={errorOf(field.name)}
              warning={rules?.warnings?.find((w) => w.path === field.name)?.detail}
              required={required.has(field.name)}
              autoFocus={i === 0 && first}
              onChange={(v) => set(field.name, v)}
            />
          )}
        />
      ))}
      <div className={styles.foot}>
        <Button type="submit" loading={saving}>
          {t('form.save')}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <span className="dim small">{t('form.keys')}</span>
      </div>
    </form>
  )
}

function Refused({ problem, elsewhere }: { problem: unknown; elsewhere: string[] }) {
  const { t } = useTranslation()
  const text = useProblemText()
  return (
    <Alert color="red" variant="light" role="alert" title={t('form.refused')}>
      {text(problem)}
      {elsewhere.map((detail) => (
        <div key={detail}>{detail}</div>
      ))}
    </Alert>
  )
}

export function Section({ title, rows, render }: { title: string; rows: Field[][]; render: (field: Field, first: boolean) => ReactNode }) {
  if (rows.length === 0) return null
  return (
    <section className={`card ${styles.section}`}>
      {title && <h2>{title}</h2>}
      {rows.map((row, i) => (
        <div key={row.map((f) => f.name).join()} className={styles.row}>
          {row.map((field, k) => (
            <div key={field.name} className={typeOf(field).wide ? styles.wide : styles.field}>
              {render(field, i === 0 && k === 0)}
            </div>
          ))}
        </div>
      ))}
    </section>
  )
}

interface FormFieldProps {
  field: Field
  value: unknown
  error: string | undefined
  warning?: string | undefined
  required: boolean
  autoFocus?: boolean
  onChange: (value: unknown) => void
}

export function FormField({ field, value, error, warning, required, autoFocus, onChange }: FormFieldProps) {
  const label = useLabel()
  const { Input } = typeOf(field)
  const text = label(field.label, field.name)
  if (!canType(field) || !Input)
    return (
      <div className={styles.fixed}>
        <span className={styles.fixedLabel}>{text}</span>
        <FieldCell field={field} value={value} page />
      </div>
    )
  return (
    <>
      <Input
        field={field}
        value={value}
        onChange={onChange}
        label={text}
        help={label(field.help) || undefined}
        error={error}
        required={required}
        autoFocus={autoFocus ?? false}
      />
      {/* Always there, so that screen readers hear what appears in it. */}
      <p className={styles.warning} role="status">
        {warning && !error ? warning : null}
      </p>
    </>
  )
}
