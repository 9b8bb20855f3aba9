/*
 * Merge.tsx - saving a record that somebody else has changed meanwhile.
 *
 * What only one of two people changed is merged without a word; where both changed the same field,
 * they see mine, theirs and what it was, and choose.  Cancelling leaves the form as it was typed.
 */
import { Alert, Button, Modal, Radio } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asText } from '../fields/type.ts'
import { FieldCell, isEmpty, toWire, typeOf } from '../fields/index.tsx'
import { get, Problem } from '../lib/api.ts'
import { usePhone } from '../lib/media.ts'
import { type Choice, joined, type Merge, mergeOf, resolve } from '../lib/merge.ts'
import { titleOf } from '../lib/meta.ts'
import { sendOrKeep } from '../lib/offline/queue.ts'
import { forget, queryClient, recordQuery } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { Field, Json, Link, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import type { Values } from '../lib/values.ts'
import styles from './Merge.module.css'

type Choices = Readonly<Record<string, Choice>>
interface Ask {
  merge: Merge
  base: Values
  mine: Values
  theirs: Rec
  answer: (choices: Choices | null) => void
}

const ROUNDS_MAX = 5
const isConflict = (error: unknown) => error instanceof Problem && error.code === 'conflict'
const nameOf = (record: Rec) => (record.updated_by as Link | null | undefined)?.title

/*
 * save(): the values to send, and how all fields look in the form.  False: somebody chose to go on
 * typing.  The dialog has to be somewhere on the page.
 */
export function useSaver(object: ObjectMeta) {
  const { t } = useTranslation()
  const label = useLabel()
  const [ask, setAsk] = useState<Ask | null>(null)
  const own = object.fields.filter((f) => !f.system || f.name === 'owner').filter((f) => typeOf(f).Input !== null)

  const choose = (about: Omit<Ask, 'answer'>) =>
    new Promise<Choices | null>((done) =>
      setAsk({
        ...about,
        answer: (choices) => {
          setAsk(null)
          done(choices)
        },
      }),
    )

  const save = async (start: Rec, given: Record<string, Json>, look: Values): Promise<boolean> => {
    let [base, values, kept] = [start as Values, given, new Set<string>()]
    let version = start.version
    let who: string | undefined
    for (let round = 0; Object.keys(values).length > 0; round++) {
      try {
        const changed = Object.fromEntries(Object.keys(values).map((n) => [n, look[n]]))
        const saved = await sendOrKeep<Rec>({
          method: 'PATCH', path: `/${object.name}/${start.id}`, body: values, version, kind: 'edit',
          object: object.name, id: start.id, title: titleOf(object, start), look: changed, base: { ...start, ...base } as Rec,
        })
        if (saved) break
        queryClient.setQueryData(recordQuery(object.name, start.id).queryKey, (old) => old && { ...old, ...changed })
        toast(t('timeline.stored'))
        return true
      } catch (error) {
        if (!isConflict(error) || round === ROUNDS_MAX) throw error
      }
      const theirs = await get<Rec>(`/${object.name}/${start.id}`)
      const merge = mergeOf(own, base, values, theirs, toWire)
      who = nameOf(theirs) ?? who
      if (merge.both.length > 0) {
        const choices = await choose({ merge, base, mine: look, theirs })
        if (!choices) return false
        values = resolve(values, theirs, choices)
      }
      for (const f of merge.theirs) kept.add(label(f.label, f.name))
      base = theirs
      version = theirs.version
    }
    await forget(object.name, start.id)
    toast(kept.size > 0 ? t('merge.saved_both', { who: who ?? t('history.system'), fields: [...kept].join(t('live.comma')) }) : t('form.saved'))
    return true
  }
  return { save, dialog: ask && <MergeDialog ask={ask} /> }
}

function MergeDialog({ ask }: { ask: Ask }) {
  const { t } = useTranslation()
  const label = useLabel()
  const phone = usePhone()
  const [choices, setChoices] = useState<Choices>({})
  const { both, theirs } = ask.merge
  const who = nameOf(ask.theirs) ?? t('merge.somebody')
  const open = both.filter((f) => !choices[f.name]).length
  const all = (choice: Choice) => setChoices(Object.fromEntries(both.map((f) => [f.name, choice])))
  return (
    <Modal opened onClose={() => ask.answer(null)} size="lg" fullScreen={phone} title={t('merge.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          e.stopPropagation()
          if (open === 0) ask.answer(choices)
        }}
      >
        <p className={styles.lead}>{t('merge.lead', { who, count: both.length })}</p>
        {both.length > 1 && (
          <div className="row">
            <Button size="compact-sm" variant="default" onClick={() => all('mine')}>
              {t('merge.all_mine')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => all('theirs')}>
              {t('merge.all_theirs', { who })}
            </Button>
          </div>
        )}
        {both.map((field, i) => (
          <FieldChoice key={field.name} field={field} ask={ask} who={who} first={i === 0} choice={choices[field.name] ?? null} onChange={(c) => setChoices((old) => ({ ...old, [field.name]: c }))} />
        ))}
        {theirs.length > 0 && (
          <Alert variant="light" color="gray">
            {t('merge.kept', { who, fields: theirs.map((f) => label(f.label, f.name)).join(t('live.comma')) })}
          </Alert>
        )}
        <div className={styles.foot}>
          <Button type="submit" disabled={open > 0}>
            {open > 0 ? t('merge.open', { count: open }) : t('merge.save')}
          </Button>
          <Button variant="default" onClick={() => ask.answer(null)}>
            {t('merge.back')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function Shown({ field, value }: { field: Field; value: unknown }) {
  if (isEmpty(value)) return <span className="dim">—</span>
  return typeOf(field).wide && typeOf(field).kind === 'text' ? <span className={styles.text}>{asText(value)}</span> : <FieldCell field={field} value={value} />
}

interface FieldChoiceProps {
  field: Field
  ask: Ask
  who: string
  first: boolean
  choice: Choice | null
  onChange: (choice: Choice) => void
}

function FieldChoice({ field, ask, who, first, choice, onChange }: FieldChoiceProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const { base, mine, theirs } = ask
  const long = field.type === 'longtext'
  const way = (value: Choice, name: string, shown: unknown, focus = false) => (
    <label className={styles.way} data-chosen={choice === value || undefined}>
      <Radio value={value} {...(focus ? { 'data-autofocus': true } : {})} />
      <span className={styles.what}>
        <span className={styles.whose}>{name}</span>
        <Shown field={field} value={shown} />
      </span>
    </label>
  )
  return (
    <fieldset className={styles.field}>
      <legend>{label(field.label, field.name)}</legend>
      <Radio.Group aria-label={label(field.label, field.name)} value={choice} onChange={(v) => onChange(v as Choice)}>
        <div className={styles.ways}>
          {way('mine', t('merge.mine'), mine[field.name], first)}
          {way('theirs', t('merge.theirs', { who }), theirs[field.name])}
          {long && way('joined', t('merge.joined'), joined(toWire(field, mine[field.name]), theirs[field.name]))}
        </div>
      </Radio.Group>
      <div className={styles.base}>
        <span className="dim small">{t('merge.base')}</span> <Shown field={field} value={base[field.name]} />
      </div>
    </fieldset>
  )
}
