/* ChangeDialog.tsx - what is to become of many records, and how many those are, before it begins. */
import { ActionIcon, Alert, Button, Loader, Modal, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canType, toWire } from '../../fields/index.tsx'
import { type BatchAsk, meant, previewBatch, startBatch } from '../../lib/batch.ts'
import { LinkPicker } from '../../fields/picker.tsx'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField } from '../../lib/meta.ts'
import type { ListAsk } from '../../lib/queries.ts'
import type { Selection } from '../../lib/selection.ts'
import type { Field, Json, Link, ObjectMeta } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import type { Values } from '../../lib/values.ts'
import { FormField } from '../Form.tsx'
import { useProblemText } from '../states.tsx'
import styles from './list.module.css'

export type Change = 'edit' | 'assign' | 'delete' | 'restore' | 'put' | 'take'

export interface ChangeDialogProps {
  object: ObjectMeta
  ask: ListAsk
  selection: Selection
  change: Change
  onClose: () => void
  onStarted: () => void
}

export function ChangeDialog({ object, ask, selection, change, onClose, onStarted }: ChangeDialogProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const problemText = useProblemText()
  const [names, setNames] = useState<string[]>(change === 'assign' ? ['owner'] : [])
  const [values, setValues] = useState<Values>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [starting, setStarting] = useState(false)
  const fields = names.map((n) => findField(object, n)).filter((f): f is Field => f !== null)
  const writes = change === 'edit' || change === 'assign'
  const books = change === 'put' || change === 'take'
  const [book, setBook] = useState<Link | null>(null)
  const who = meant(selection, ask)
  /* Whatever is written: the right to change is what counts. */
  const counted = useQuery({
    queryKey: ['list', object.name, 'preview', writes || books ? 'edit' : change, who],
    staleTime: 0,
    queryFn: () => previewBatch(object.name, { action: writes || books ? 'update' : (change as 'delete' | 'restore'), ...who, ...(writes || books ? { values: { [probe(object)]: null } } : {}) }),
  })
  const { matched, allowed } = counted.data ?? { matched: null, allowed: null }
  const left = matched !== null && allowed !== null ? matched - allowed : 0
  const number = (n: number) => formatNumber(n, lang)
  const start = async () => {
    setStarting(true)
    const wire: Record<string, Json> = Object.fromEntries(fields.map((f) => [f.name, toWire(f, values[f.name])]))
    const what: BatchAsk = { action: writes ? 'update' : (change as 'delete' | 'restore' | 'put' | 'take'), ...who, ...(writes ? { values: wire } : {}), ...(book ? { book: book.id } : {}) }
    try {
      await startBatch(object.name, what)
      onStarted()
    } catch (error) {
      setProblem(error)
      setStarting(false)
    }
  }
  const ready = !starting && allowed !== 0 && !counted.isError && (!writes || fields.length > 0) && (change !== 'assign' || !!values.owner) && (!books || book !== null)
  return (
    <Modal opened onClose={onClose} title={t(`change.${change}`)} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        noValidate
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          if (ready) void start()
        }}
      >
        {(problem ?? counted.error) !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(problem ?? counted.error)}
          </Alert>
        )}
        {change === 'edit' && <ChosenFields object={object} fields={fields} values={values} onFields={setNames} onValue={(name, v) => setValues({ ...values, [name]: v })} />}
        {books && <LinkPicker object="book" label={t(`change.${change}_book`)} value={book} onChange={setBook} autoFocus />}
        {change === 'assign' && fields[0] && (
          <FormField field={fields[0]} value={values.owner} required autoFocus error={undefined} onChange={(v) => setValues({ owner: v })} />
        )}
        <p aria-live="polite">
          {counted.isPending ? (
            <Loader size={16} />
          ) : allowed === null ? (
            t('change.unknown')
          ) : (
            t(`change.${change}_count`, { count: allowed, text: number(allowed) })
          )}
          {left > 0 && <span className="dim"> {t('change.left_out', { count: left, text: number(left) })}</span>}
        </p>
        <p className="dim small">{t('change.undoable')}</p>
        <div className="row">
          <Button type="submit" loading={starting} disabled={!ready} color={change === 'delete' ? 'red' : 'brand'}>
            {t(`change.${change}`)}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/* A field that may be emptied, to ask how many may be changed at all. */
function probe(object: ObjectMeta): string {
  return object.fields.find((f) => canType(f))?.name ?? 'owner'
}

interface ChosenFieldsProps {
  object: ObjectMeta
  fields: Field[]
  values: Values
  onFields: (names: string[]) => void
  onValue: (name: string, value: unknown) => void
}

function ChosenFields({ object, fields, values, onFields, onValue }: ChosenFieldsProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const names = fields.map((f) => f.name)
  const free = object.fields.filter((f) => canType(f) && !names.includes(f.name))
  return (
    <div className={styles.fields}>
      {fields.map((field) => (
        <div key={field.name} className="row">
          <div style={{ flex: 1, minWidth: 0 }}>
            <FormField field={field} value={values[field.name]} required={false} autoFocus error={undefined} onChange={(v) => onValue(field.name, v)} />
          </div>
          <ActionIcon variant="subtle" color="gray" aria-label={t('remove')} onClick={() => onFields(names.filter((n) => n !== field.name))}>
            <IconX size={16} />
          </ActionIcon>
        </div>
      ))}
      <Select
        key={names.length}
        label={t('change.field')}
        placeholder={t('choose')}
        searchable
        nothingFoundMessage={t('nothing_found')}
        data={free.map((f) => ({ value: f.name, label: label(f.label, f.name) }))}
        value={null}
        onChange={(name) => name && onFields([...names, name])}
        data-autofocus
      />
    </div>
  )
}
