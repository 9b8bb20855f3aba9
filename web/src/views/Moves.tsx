/* Moves.tsx - where a record stands in its process, and the steps that lead on from there. */
import { Alert, Button, Modal, Tooltip, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isEmpty, toWire } from '../fields/index.tsx'
import { Problem } from '../lib/api.ts'
import { findField, titleOf } from '../lib/meta.ts'
import { sendOrKeep } from '../lib/offline/queue.ts'
import { forget, movesQuery, queryClient, recordQuery } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { Field, Json, ObjectMeta, Process, Rec, RecordMove } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import { errorField, type Values } from '../lib/values.ts'
import { FormField } from './Form.tsx'
import styles from './Moves.module.css'
import { useProblemText } from './states.tsx'

export interface MovesProps {
  object: ObjectMeta
  record: Rec
  field: Field
  process: Process
  editable: boolean
  /* Moves that have a page of their own, like the conversion of a lead. */
  except?: readonly string[]
}

export function Moves({ object, record, field, process, editable, except = [] }: MovesProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const [asking, setAsking] = useState<RecordMove | null>(null)
  const { data } = useQuery({ ...movesQuery(object.name, record.id), enabled: editable })
  const state = String(record[field.name] ?? '')
  const now = process.states.find((s) => s.code === state)
  const open = process.states.filter((s) => !s.kind || s.kind === 'open')
  const path = now && !open.includes(now) ? [...open, now] : open
  const at = path.findIndex((s) => s.code === state)
  const moves = (data?.rows ?? []).filter((m) => m.field === field.name && m.to !== state && !except.includes(m.to))
  const hue = (m: RecordMove) => process.states.find((s) => s.code === m.to)?.kind
  return (
    <div className={styles.moves}>
      <ol className={styles.path} aria-label={label(process.label)}>
        {path.map((s, i) => (
          <li
            key={s.code}
            className={styles.state}
            data-hue={s.color ?? 'gray'}
            data-done={i < at || undefined}
            {...(i === at ? { 'aria-current': 'step' as const } : {})}
          >
            {label(s.label, s.code)}
          </li>
        ))}
      </ol>
      {editable && (
        <div className={styles.buttons} role="group" aria-label={t('record.moves')}>
          {moves.map((m) =>
            m.possible ? (
              <Button key={m.to} size="xs" variant={hue(m) === 'won' ? 'filled' : 'default'} onClick={() => setAsking(m)}>
                {m.label}
              </Button>
            ) : (
              <NotNow key={m.to} move={m} />
            ),
          )}
        </div>
      )}
      {asking && (
        <MoveDialog key={asking.to} object={object} record={record} field={field} move={asking} title={asking.label} onDone={() => setAsking(null)} />
      )}
    </div>
  )
}

/* A step that is not possible now stays in its place and says why, to mouse, finger and keyboard. */
function NotNow({ move }: { move: RecordMove }) {
  const why = useId()
  return (
    <>
      <Tooltip label={move.reason} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
        <Button size="xs" variant="default" data-disabled aria-disabled aria-describedby={why}>
          {move.label}
        </Button>
      </Tooltip>
      <VisuallyHidden id={why}>{move.reason}</VisuallyHidden>
    </>
  )
}

interface DialogProps {
  object: ObjectMeta
  record: Rec
  field: Field
  move: { to: string; require?: string[] }
  title: string
  onDone: () => void
}

/* Asks for what the move needs, and for what the server then still misses. */
export function MoveDialog({ object, record, field, move, title, onDone }: DialogProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const needed = move.require ?? []
  const [values, setValues] = useState<Values>(() => Object.fromEntries(needed.map((n) => [n, record[n]])))
  const [problem, setProblem] = useState<unknown>(null)
  const [saving, setSaving] = useState(false)
  const refused = problem instanceof Problem ? problem.errors : []
  const asked = [...new Set([...needed, ...refused.map((e) => errorField(e.path))])]
    .map((n) => findField(object, n))
    .filter((f): f is Field => f !== null && f.name !== field.name)
  const missing = asked.some((f) => needed.includes(f.name) && isEmpty(values[f.name]))
  const save = async () => {
    setSaving(true)
    const body: Record<string, Json> = { [field.name]: move.to }
    for (const f of asked) if (f.name in values) body[f.name] = toWire(f, values[f.name])
    try {
      const look = { ...Object.fromEntries(asked.map((f) => [f.name, values[f.name]])), [field.name]: move.to }
      const { id, version } = record
      const saved = await sendOrKeep<Rec>({ method: 'PATCH', path: `/${object.name}/${id}`, body, version, kind: 'edit', object: object.name, id, title: titleOf(object, record), look, base: record })
      if (saved) await forget(object.name, id)
      else queryClient.setQueryData(recordQuery(object.name, id).queryKey, (old) => old && { ...old, ...look })
      toast(saved ? t('record.moved', { name: title }) : t('timeline.stored'))
      onDone()
    } catch (error) {
      setProblem(error)
      setSaving(false)
    }
  }
  return (
    <Modal opened onClose={onDone} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        noValidate
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          void save()
        }}
      >
        {problem !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(problem)}
          </Alert>
        )}
        {asked.length === 0 && <p>{t('record.move_sure', { name: title })}</p>}
        {asked.map((f, i) => (
          <FormField
            key={f.name}
            field={f}
            value={values[f.name] ?? record[f.name]}
            required
            autoFocus={i === 0}
            error={refused.find((e) => errorField(e.path) === f.name)?.detail}
            onChange={(v) => setValues((old) => ({ ...old, [f.name]: v }))}
          />
        ))}
        <div className="row">
          <Button type="submit" loading={saving} disabled={missing} {...(asked.length === 0 ? { 'data-autofocus': true } : {})}>
            {title}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
