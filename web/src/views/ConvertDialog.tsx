/*
 * ConvertDialog.tsx - a record becomes others: a lead an account, a contact and an opportunity.
 *
 * The server says what would be made and which records there may be the same; people choose.
 */
import { Alert, Button, Modal, Radio, Switch } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../fields/picker.tsx'
import { post } from '../lib/api.ts'
import { findObject, titleOf } from '../lib/meta.ts'
import { conversionQuery, forget } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { ConversionTarget, Link, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel, useMeta } from '../lib/use.ts'
import styles from './ConvertDialog.module.css'
import { Failed, Lines, useProblemText } from './states.tsx'

/* true: make one; false: make none; a link: take that one. */
type Choice = boolean | Link
type Choices = Record<string, Choice>

export interface ConvertDialogProps {
  object: ObjectMeta
  record: Rec
  onClose: () => void
}

export function ConvertDialog({ object, record, onClose }: ConvertDialogProps) {
  const { t } = useTranslation()
  const query = useQuery(conversionQuery(object.name, record.id))
  return (
    <Modal opened onClose={onClose} title={t('convert.title', { name: titleOf(object, record) })} closeButtonProps={{ 'aria-label': t('close') }}>
      {query.isPending ? (
        <Lines count={3} />
      ) : query.isError ? (
        <Failed error={query.error} again={() => void query.refetch()} />
      ) : (
        <Form object={object} record={record} targets={query.data.targets} onClose={onClose} />
      )}
    </Modal>
  )
}

function Form({ object, record, targets, onClose }: ConvertDialogProps & { targets: ConversionTarget[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const [choices, setChoices] = useState<Choices>(() =>
    Object.fromEntries(targets.map((target) => [target.object, target.matches[0]?.record ?? true])),
  )
  const convert = useMutation({
    mutationFn: () => {
      const body = Object.fromEntries(Object.entries(choices).map(([name, c]) => [name, typeof c === 'boolean' ? c : c.id]))
      return post<Record<string, unknown>>(`/${object.name}/${record.id}/convert`, body)
    },
    onSuccess: async (made) => {
      await forget(object.name, record.id)
      toast(t('convert.done'))
      onClose()
      /* To the last thing that came of it: the opportunity, else the account. */
      const last = targets.map((x) => [x.object, made[x.object] as Link | null] as const).filter(([, link]) => link).at(-1)
      if (last?.[1]) await navigate({ to: '/o/$object/$id', params: { object: last[0], id: last[1].id } })
    },
  })
  const open = Object.values(choices).some((c) => typeof c !== 'boolean' && c.id === '')
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        convert.mutate()
      }}
    >
      {convert.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(convert.error)}
        </Alert>
      )}
      {targets.map((target) => (
        <Target
          key={target.object}
          target={target}
          choice={choices[target.object] ?? true}
          onChange={(c) => setChoices((old) => ({ ...old, [target.object]: c }))}
        />
      ))}
      <div className="row">
        <Button type="submit" loading={convert.isPending} disabled={open} data-autofocus>
          {t('convert.go')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}

function Target({ target, choice, onChange }: { target: ConversionTarget; choice: Choice; onChange: (c: Choice) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const object = findObject(meta, target.object)
  const name = label(object?.label, target.object)
  const known = target.matches.map((m) => m.record.id)
  const chosen = typeof choice === 'boolean' ? 'new' : known.includes(choice.id) ? choice.id : 'other'
  return (
    <fieldset className={styles.target}>
      <legend>{name}</legend>
      {target.optional && (
        <Switch label={t('convert.make', { name })} checked={choice !== false} onChange={(e) => onChange(e.currentTarget.checked)} />
      )}
      {choice !== false && (
        <Radio.Group
          aria-label={name}
          value={chosen}
          onChange={(value) => {
            const match = target.matches.find((m) => m.record.id === value)
            onChange(value === 'new' ? true : (match?.record ?? { id: '', title: '' }))
          }}
        >
          <div className={styles.ways}>
            {target.matches.map((m) => (
              <Radio
                key={m.record.id}
                value={m.record.id}
                label={m.record.title}
                description={t('convert.same', { field: label(object?.fields.find((f) => f.name === m.field)?.label, m.field) })}
              />
            ))}
            <Radio value="new" label={t('convert.new', { name: target.title || name })} />
            <Radio value="other" label={t('convert.other', { name })} />
          </div>
        </Radio.Group>
      )}
      {chosen === 'other' && typeof choice !== 'boolean' && (
        <LinkPicker
          aria-label={name}
          object={target.object}
          value={choice.id ? choice : null}
          onChange={(link) => onChange(link ?? { id: '', title: '' })}
          autoFocus
        />
      )}
    </fieldset>
  )
}
