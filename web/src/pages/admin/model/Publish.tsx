/* Publish.tsx - the bar that says what is not published yet, and the plan shown before it is. */
import { Alert, Button, Loader, Modal } from '@mantine/core'
import { useMutation, useQueries } from '@tanstack/react-query'
import { IconAlertTriangle, IconArrowBackUp, IconDatabase, IconListCheck, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, post } from '../../../lib/api.ts'
import { type DefFile, labelsOf, objectNames, partList } from '../../../lib/definition.ts'
import { type DefChange, diffFiles, type Effect, effectsOf } from '../../../lib/definition_diff.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useLang } from '../../../lib/i18n.ts'
import { queryClient } from '../../../lib/queries.ts'
import { toast } from '../../../lib/toast.ts'
import type { Json } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { useProblemText } from '../../../views/states.tsx'
import { type PlanStep, useEditing, wireOf } from './drafts.tsx'
import styles from './model.module.css'
import { nameIn, useChangeText } from './words.ts'

/* Everything that shows records or definitions is asked for again. */
export async function afterPublish() {
  await queryClient.invalidateQueries({ queryKey: ['meta'] })
  await queryClient.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'session' })
}

export function usePublish(onDone: () => void) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const { drafts, version, before, reset } = useEditing()
  return useMutation({
    mutationFn: () => post<{ version: string }>('/definition', { version, changes: wireOf(drafts) }),
    onSuccess: async ({ version: now }) => {
      const back: Json = Object.keys(drafts).map((path) => ({ path, json: before.find((f) => f.path === path)?.json ?? null }))
      /* Before one leaves: what is published is no draft that leaving would lose. */
      reset()
      await afterPublish()
      onDone()
      const undo = async () => {
        try {
          await post('/definition', { version: now, changes: back })
          await afterPublish()
          toast(t('admin.undone'))
        } catch (error) {
          toast(problemText(error), { kind: 'wrong' })
        }
      }
      toast(t('admin.published'), { undo: { label: t('undo'), run: () => void undo() } })
    },
  })
}

export function PublishBar({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation()
  const { dirty, before, files, undo, reset, errors, judging } = useEditing()
  const [asking, setAsking] = useState(false)
  if (!dirty && !asking) return null
  const count = diffFiles(before, files).length
  return (
    <div className={styles.bar} role="region" aria-label={t('admin.unpublished')}>
      <span className={styles.barText}>
        <span role="status">{t('admin.unpublished_count', { count })}</span>
        {errors.length > 0 && !judging && <span className={styles.bad}>{t('admin.has_errors', { count: errors.length })}</span>}
      </span>
      <Button variant="subtle" color="gray" size="sm" disabled={!undo} onClick={() => undo?.()} leftSection={<IconArrowBackUp size={16} />}>
        {t('undo')}
      </Button>
      <Button
        variant="default"
        size="sm"
        onClick={() => {
          if (window.confirm(t('admin.discard_sure'))) reset()
        }}
      >
        {t('admin.discard')}
      </Button>
      <Button size="sm" onClick={() => setAsking(true)} leftSection={<IconListCheck size={16} />}>
        {t('admin.review')}
      </Button>
      {asking && <Plan onClose={() => setAsking(false)} onDone={onDone} />}
    </div>
  )
}

interface Told extends Effect {
  count: number | null
}

function useEffects(changes: DefChange[], before: readonly DefFile[]): Told[] {
  const effects = effectsOf(changes, before)
  const counts = useQueries({
    queries: effects.map((e) => ({
      queryKey: ['list', e.object, 'touched', e.filter],
      staleTime: 0,
      retry: false,
      queryFn: async () => (await get<{ count: number }>(`/${e.object}/count`, { filter: e.filter })).count,
    })),
  })
  return effects.map((e, i) => ({ ...e, count: counts[i]?.data ?? (counts[i]?.isError ? -1 : null) }))
}

function Plan({ onClose, onDone }: { onClose: () => void; onDone?: (() => void) | undefined }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const problemText = useProblemText()
  const { before, files, errors, steps, judging } = useEditing()
  const changes = diffFiles(before, files)
  const effects = useEffects(changes, before)
  const text = useChangeText(files, before)
  const publish = usePublish(() => {
    onClose()
    onDone?.()
  })
  const groups = [...new Set(changes.map((c) => c.of))]
  const touched = effects.filter((e) => e.count !== 0)
  const blocked = effects.some((e) => e.blocks && (e.count ?? 0) > 0)
  const waiting = judging || effects.some((e) => e.count === null)
  const said = (e: Told) => {
    const field = e.field ? nameIn(label, [before], e.object, 'field', e.field) : ''
    const choices = partList(before, e.object, 'fields').find((p) => p.name === e.field)?.def
    const process = choices?.process ? nameIn(label, [before], String(choices.process), 'state', e.code) : ''
    const code = process || label(labelsOf((choices?.choices as { code: string; label: Json }[] | undefined)?.find((c) => c.code === e.code)?.label), e.code)
    const count = e.count === null ? '…' : e.count < 0 ? '?' : formatNumber(e.count, lang)
    return t(`admin.effect.${e.kind}`, { object: nameIn(label, [before, files], e.object, 'object'), field, code, count })
  }
  const isNew = new Set(objectNames(files).filter((n) => !objectNames(before).includes(n)))
  return (
    <Modal opened onClose={onClose} size="xl" title={t('admin.plan')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={styles.plan}>
        {publish.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(publish.error)}
          </Alert>
        )}
        {errors.length > 0 && (
          <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={18} />} title={t('admin.plan_errors')}>
            <ul className={styles.said}>
              {errors.map((e, i) => (
                <li key={i}>
                  {e.detail} {e.path && <span className="mono dim">{e.path}</span>}
                </li>
              ))}
            </ul>
          </Alert>
        )}
        {groups.map((of) => {
          const mine = changes.filter((c) => c.of === of)
          const process = /^(process|state|move)/.test(mine[0]?.kind ?? '')
          return (
            <section key={of}>
              <h3>{nameIn(label, [files, before], of, process ? 'process' : 'object')}</h3>
              <ul className={styles.changes}>
                {mine.map((c, i) => (
                  <li key={i} data-sign={/added|restored/.test(c.kind) ? '+' : /removed/.test(c.kind) ? '−' : '~'}>
                    {text(c)}
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
        {touched.length > 0 && (
          <section>
            <h3 className={styles.withIcon}>
              <IconUsers size={16} aria-hidden /> {t('admin.plan_effects')}
            </h3>
            <ul className={styles.said}>
              {touched.map((e) => (
                <li key={e.object + e.filter + e.kind} className={e.blocks && (e.count ?? 0) > 0 ? styles.bad : ''}>
                  {said(e)} {e.blocks && (e.count ?? 0) > 0 && t('admin.effect_blocks')}
                </li>
              ))}
            </ul>
          </section>
        )}
        <Steps steps={steps} isNew={isNew} />
        <p className="dim small">{t('admin.plan_note')}</p>
        <div className="row">
          <Button loading={publish.isPending} disabled={waiting || blocked || errors.length > 0} onClick={() => publish.mutate()} data-autofocus>
            {t('admin.publish')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('admin.keep_editing')}
          </Button>
          {waiting && <Loader size={18} aria-label={t('state.loading')} />}
        </div>
      </div>
    </Modal>
  )
}

const STEPS = ['create_table', 'add_column', 'add_index', 'drop_index', 'create_join'] as const

/* What the store does; columns that stay are no work. */
function Steps({ steps, isNew }: { steps: readonly PlanStep[]; isNew: ReadonlySet<string> }) {
  const { t } = useTranslation()
  const { files } = useEditing()
  const label = useLabel()
  const shown = STEPS.flatMap((kind) => steps.filter((s) => s.kind === kind && !(kind === 'add_index' && isNew.has(s.object))).map((s) => ({ ...s, kind })))
  if (shown.length === 0) return null
  return (
    <section>
      <h3 className={styles.withIcon}>
        <IconDatabase size={16} aria-hidden /> {t('admin.plan_store')}
      </h3>
      <ul className={styles.said}>
        {shown.map((s) => (
          <li key={s.kind + s.name}>
            {t(`admin.step.${s.kind}`, { object: nameIn(label, [files], s.object, 'object') })} <span className="mono dim">{s.name}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
