/* QuickAdd.tsx - a note, task, call or visit, written down where one is. */
import { Button } from '@mantine/core'
import { IconBriefcase, IconChecklist, IconNote, IconPhone, type TablerIcon } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isEmpty, toWire } from '../fields/index.tsx'
import { Problem } from '../lib/api.ts'
import { findField, findObject, may, titleOf } from '../lib/meta.ts'
import { newKey, sendOrKeep } from '../lib/offline/queue.ts'
import { forget, queryClient } from '../lib/queries.ts'
import { belongings, QUICK, QUICK_FIELDS, type Quick, statusOf, subjectOf } from '../lib/timeline.ts'
import { toast } from '../lib/toast.ts'
import type { Field, Json, ObjectMeta, Rec } from '../lib/types.ts'
import { useMeta } from '../lib/use.ts'
import { errorField, type Values } from '../lib/values.ts'
import { FormField } from './Form.tsx'
import { Photos } from './Photos.tsx'
import styles from './QuickAdd.module.css'
import { useProblemText } from './states.tsx'

const ICONS: Record<Quick, TablerIcon> = { note: IconNote, task: IconChecklist, call: IconPhone, visit: IconBriefcase }

export function QuickAdd({ object, record, children }: { object: ObjectMeta; record: Rec; children?: ReactNode }) {
  const { t } = useTranslation()
  const meta = useMeta()
  const [kind, setKind] = useState<Quick | null>(null)
  const activity = findObject(meta, 'activity')
  const linked = activity && object.relations.some((r) => r.object === activity.name)
  const can = activity && linked && may(activity, 'create')
  return (
    <div className={styles.box}>
      <div className={styles.kinds} role="group" aria-label={t('timeline.add')}>
        {can &&
          QUICK.map((k) => {
            const Icon = ICONS[k]
            return (
              <Button key={k} size="xs" variant={kind === k ? 'filled' : 'default'} leftSection={<Icon size={16} />} aria-expanded={kind === k} onClick={() => setKind(kind === k ? null : k)}>
                {t(`timeline.add_${k}`)}
              </Button>
            )
          })}
        {children}
      </div>
      {can && kind && <QuickForm key={kind} kind={kind} activity={activity} object={object} record={record} onDone={() => setKind(null)} />}
    </div>
  )
}

interface QuickFormProps {
  kind: Quick
  activity: ObjectMeta
  object: ObjectMeta
  record: Rec
  onDone: () => void
}

const linkOf = (own: unknown, value: unknown) => ((own as { id?: string } | null | undefined)?.id === value && value !== undefined ? own : value)

/* Behind the visit it belongs to, here or in the queue; by then it has an id. */
async function sendPhoto(file: File, made: Rec | null, about: { object: string; id: string; title: string }, needs: string) {
  const query = { object: 'activity', ...(made ? { id: made.id } : {}) }
  await sendOrKeep({ method: 'POST', path: '/file/upload', query, body: null, file, kind: 'file', object: 'file', id: '', title: file.name, look: {}, about, ...(made ? {} : { needs }) })
}

const nowToTheMinute = () => new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString().replace('.000Z', 'Z')

function QuickForm({ kind, activity, object, record, onDone }: QuickFormProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const fields = QUICK_FIELDS[kind].map((n) => findField(activity, n)).filter((f): f is Field => f !== null)
  const [values, setValues] = useState<Values>({ at: nowToTheMinute() })
  const [photos, setPhotos] = useState<readonly File[]>([])
  const noteLabel = findField(activity, 'kind')?.choices?.find((c) => c.code === 'note')?.label
  const needed = kind === 'note' ? 'description' : 'subject'
  const create = useMutation({
    mutationFn: async () => {
      const body: Record<string, Json> = { kind, ...belongings(activity, object, record), ...statusOf(kind, values.at) }
      for (const f of fields) if (!isEmpty(values[f.name])) body[f.name] = toWire(f, values[f.name])
      body.subject ??= subjectOf(String(values.description ?? ''))
      const about = { object: object.name, id: record.id, title: titleOf(object, record) }
      /* Links as people read them. */
      const look = Object.fromEntries(Object.entries({ ...body, ...values }).map(([n, v]) => [n, v === record.id ? { id: record.id, title: about.title } : linkOf(record[n], v)]))
      const key = newKey()
      const made = await sendOrKeep<Rec>({ method: 'POST', path: '/activity', body, kind, object: 'activity', id: '', title: String(body.subject), look, about, key })
      for (const photo of photos) await sendPhoto(photo, made, about, key)
      return made
    },
    onSuccess: async (made) => {
      onDone()
      toast(t(made ? 'timeline.added' : 'timeline.stored'))
      if (!made) return
      await Promise.all([forget('activity'), queryClient.invalidateQueries({ queryKey: ['record', object.name, record.id] })])
    },
  })
  const errors = create.error instanceof Problem ? create.error.errors : []
  const elsewhere = create.isError && !errors.some((e) => fields.some((f) => f.name === errorField(e.path)))
  const save = () => {
    if (!isEmpty(values[needed]) && !create.isPending) create.mutate()
  }
  return (
    <form
      className={styles.form}
      aria-label={t(`timeline.add_${kind}`)}
      onSubmit={(e) => {
        e.preventDefault()
        save()
      }}
      onKeyDown={(e) => {
        if (e.key === 'Escape') onDone()
        if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) save()
      }}
    >
      {elsewhere && (
        <p role="alert" className={styles.wrong}>
          {problemText(create.error)}
        </p>
      )}
      <div className={styles.fields}>
        {fields.map((f, i) => (
          <div key={f.name} className={f.name === 'description' || f.name === 'subject' ? styles.wide : undefined}>
            <FormField
              field={{ ...f, help: {}, label: (kind === 'note' && noteLabel) || f.label }}
              value={values[f.name]}
              error={errors.find((e) => errorField(e.path) === f.name)?.detail}
              required={f.name === needed}
              autoFocus={i === 0}
              onChange={(v) => setValues((old) => ({ ...old, [f.name]: v }))}
            />
          </div>
        ))}
      </div>
      {kind === 'visit' && <Photos object={activity} photos={photos} onChange={setPhotos} />}
      <div className="row">
        <Button type="submit" size="xs" loading={create.isPending} disabled={isEmpty(values[needed])}>
          {t('form.save')}
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={onDone}>
          {t('cancel')}
        </Button>
        {fields.some((f) => f.type === 'longtext') && <span className="dim small">{t('timeline.markdown')}</span>}
      </div>
    </form>
  )
}
