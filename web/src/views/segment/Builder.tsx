/* Builder.tsx - a segment being written: conditions and their text, what is left out, how the rest is divided. */
import '@mantine/core/styles/NumberInput.layer.css'
import { Alert, Button, Checkbox, MultiSelect, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem, get, patch, post } from '../../lib/api.ts'
import { findObject, mainObjects } from '../../lib/meta.ts'
import { queryClient } from '../../lib/queries.ts'
import { countQuery, type Segment, segmentsQuery } from '../../lib/segments.ts'
import { toast } from '../../lib/toast.ts'
import type { Json, Rec, RecordPage } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { FilterPanel } from '../Filter.tsx'
import { useProblemText } from '../states.tsx'
import { LiveCount } from './LiveCount.tsx'
import styles from './segment.module.css'

interface Draft {
  name: string
  kind: string
  shared: boolean
  exclude: string[]
  consent_purpose: string
  consent_channel: string
  contacts_max: number | ''
  contacts_days: number | ''
  contacts_kind: string
  control: string
  seed: string
  cells: string
  schedule: string
}

const WAIT_MS = 350
const SAMPLE = 8

const begin = (s: Segment | null): Draft => ({
  name: s?.name ?? '',
  kind: s?.kind ?? 'live',
  shared: s?.shared ?? false,
  exclude: s?.exclude?.map((x) => x.id) ?? [],
  consent_purpose: s?.consent_purpose ?? '',
  consent_channel: s?.consent_channel ?? '',
  contacts_max: s?.contacts_max ?? '',
  contacts_days: s?.contacts_days ?? '',
  contacts_kind: s?.contacts_kind ?? 'any',
  control: s?.control ?? '',
  seed: s?.seed ?? '',
  cells: s?.cells ?? '',
  schedule: s?.schedule ?? '',
})

/* The rule as it is counted; halves of a condition are left out until they are whole. */
function ask(object: string, filter: string, d: Draft, fields: string): { [key: string]: Json } {
  const out: { [key: string]: Json } = { object, filter, exclude: d.exclude, sample: SAMPLE, fields }
  if (d.consent_purpose && d.consent_channel) Object.assign(out, { consent_purpose: d.consent_purpose, consent_channel: d.consent_channel })
  if (d.contacts_max && d.contacts_days)
    Object.assign(out, { contacts_max: d.contacts_max, contacts_days: d.contacts_days, contacts_kind: d.contacts_kind })
  return out
}

/* As a record; empty is null. */
function wire(object: string, filter: string, d: Draft): { [key: string]: Json } {
  const out: { [key: string]: Json } = { ...d, object, filter: filter || null }
  for (const [key, value] of Object.entries(out)) if (value === '') out[key] = null
  return out
}

function usePurposes() {
  return useQuery({
    queryKey: ['purposes'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => (await get<RecordPage>('/purpose', { limit: 200, sort: 'name', fields: 'name,code' }, signal)).rows,
  }).data
}

export function Builder({ segment, object: first, filter: before, onSaved }: { segment: Segment | null; object: string; filter: string; onSaved: (id: string) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const problemText = useProblemText()
  const [object, setObject] = useState(first)
  const [filter, setFilter] = useState(before)
  const [draft, setDraft] = useState(() => begin(segment))
  const others = useQuery(segmentsQuery).data?.filter((s) => s.object === object && s.id !== segment?.id) ?? []
  const purposes = usePurposes()
  const set = (more: Partial<Draft>) => setDraft((d) => ({ ...d, ...more }))
  const found = findObject(meta, object)
  const fields = found ? found.title : ''
  const [asked] = useDebouncedValue(JSON.stringify(ask(object, filter.trim(), draft, fields)), WAIT_MS)
  const count = useQuery(countQuery(JSON.parse(asked) as { [key: string]: Json }))
  const save = useMutation({
    mutationFn: async () => {
      const body = wire(object, filter.trim(), draft)
      const reply = segment ? await patch<Rec>(`/segment/${segment.id}`, body, segment.version) : await post<Rec>('/segment', body)
      await queryClient.invalidateQueries({ queryKey: ['segments'] })
      return reply
    },
    onSuccess: (reply) => {
      toast(t('segment.saved'))
      onSaved(reply.id)
    },
  })
  const wrong = count.error instanceof Problem && count.error.errors.some((e) => e.path === 'filter')
  const has = (name: string) => found?.relations.some((r) => r.name === name) ?? false
  if (!found) return null
  const panel = (
    <FilterPanel
      key={object}
      object={found}
      text={before}
      onApply={setFilter}
      onDraft={setFilter}
      error={wrong ? count.error : null}
    />
  )
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        <section className={styles.card} aria-label={t('segment.rule')}>
          <div className={styles.grid}>
            <TextInput label={t('segment.name')} value={draft.name} maxLength={80} required onChange={(e) => set({ name: e.currentTarget.value })} />
            <NativeSelect
              label={t('segment.about')}
              value={object}
              disabled={segment !== null}
              data={mainObjects(meta).filter((o) => o.name !== 'segment').map((o) => ({ value: o.name, label: label(o.plural, o.name) }))}
              onChange={(e) => {
                setObject(e.currentTarget.value)
                setFilter('')
                set({ exclude: [] })
              }}
            />
            <NativeSelect
              label={t('segment.kind')}
              value={draft.kind}
              data={(['live', 'snapshot', 'static'] as const).map((k) => ({ value: k, label: t(`segment.kind_${k}`) }))}
              onChange={(e) => set({ kind: e.currentTarget.value })}
            />
          </div>
          {panel}
        </section>
        <section className={styles.card} aria-label={t('segment.left_out')}>
          <h2>{t('segment.left_out')}</h2>
          <MultiSelect
            label={t('segment.exclude')}
            data={others.map((s) => ({ value: s.id, label: s.name }))}
            value={draft.exclude}
            searchable
            nothingFoundMessage={t('nothing_found')}
            onChange={(exclude) => set({ exclude })}
          />
          {has('activities') && (
            <div className={styles.grid}>
              <NumberInput label={t('segment.pressure')} min={1} max={1000} allowDecimal={false} value={draft.contacts_max} onChange={(v) => set({ contacts_max: Number(v) || '' })} />
              <NumberInput label={t('segment.pressure_days')} min={1} max={3650} allowDecimal={false} value={draft.contacts_days} onChange={(v) => set({ contacts_days: Number(v) || '' })} />
              <NativeSelect
                label={t('segment.pressure_kind')}
                value={draft.contacts_kind}
                data={(['any', 'call', 'email', 'visit', 'meeting'] as const).map((k) => ({ value: k, label: t(`segment.${k}`) }))}
                onChange={(e) => set({ contacts_kind: e.currentTarget.value })}
              />
            </div>
          )}
          {has('consents') && (
            <div className={styles.grid}>
              <NativeSelect
                label={t('segment.consent')}
                value={draft.consent_purpose}
                data={[{ value: '', label: t('segment.none') }, ...(purposes ?? []).map((p) => ({ value: String(p.code), label: String(p.name) }))]}
                onChange={(e) => set({ consent_purpose: e.currentTarget.value })}
              />
              <NativeSelect
                label={t('segment.channel')}
                value={draft.consent_channel}
                data={[{ value: '', label: t('segment.none') }, ...(['email', 'phone', 'sms', 'line', 'post'] as const).map((k) => ({ value: k, label: t(`segment.${k}`) }))]}
                onChange={(e) => set({ consent_channel: e.currentTarget.value })}
              />
            </div>
          )}
        </section>
        <section className={styles.card} aria-label={t('segment.divide')}>
          <h2>{t('segment.divide')}</h2>
          <div className={styles.grid}>
            <TextInput label={t('segment.control')} description={t('segment.control_help')} inputMode="decimal" value={draft.control} onChange={(e) => set({ control: e.currentTarget.value })} />
            <TextInput label={t('segment.cells')} description={t('segment.cells_help')} value={draft.cells} onChange={(e) => set({ cells: e.currentTarget.value })} />
            <TextInput label={t('segment.seed')} description={t('segment.seed_help')} value={draft.seed} onChange={(e) => set({ seed: e.currentTarget.value })} />
            <NativeSelect
              label={t('segment.schedule')}
              value={draft.schedule}
              data={[{ value: '', label: t('segment.never') }, ...(['hourly', 'daily', 'weekly'] as const).map((k) => ({ value: k, label: t(`segment.${k}`) }))]}
              onChange={(e) => set({ schedule: e.currentTarget.value })}
            />
          </div>
          <Checkbox label={t('segment.shared')} checked={draft.shared} onChange={(e) => set({ shared: e.currentTarget.checked })} />
        </section>
        {save.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(save.error)}
          </Alert>
        )}
        <div className="row">
          <Button loading={save.isPending} disabled={!draft.name.trim()} onClick={() => save.mutate()}>
            {t('segment.save')}
          </Button>
        </div>
      </div>
      <LiveCount object={found} data={count.data} error={wrong ? null : count.error} busy={count.isFetching} />
    </div>
  )
}
