/* RetentionRules.tsx - rules of how long records are kept: tried before they are saved, paused, kept now. */
import { Alert, Button, Checkbox, Modal, MultiSelect, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconClockX, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { post, Problem } from '../../lib/api.ts'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { findObject } from '../../lib/meta.ts'
import { removeRule, renewPrivacy, type Rule, rulesQuery, saveRule, tryRule } from '../../lib/privacy.ts'
import { toast } from '../../lib/toast.ts'
import { useLabel, useMeta, useOffset } from '../../lib/use.ts'
import styles from '../people/people.module.css'
import { Failed, Lines, useProblemText } from '../states.tsx'

const ACTIONS = ['bin', 'purge', 'blank'] as const
const NEW: Rule = { id: '', name: '', object: 'contact', filter: '', field: 'updated_at', days: 730, action: 'bin', fields: [], paused: false, ran_at: null, ran_count: 0, problem: '' }

export function RetentionRules() {
  const { t } = useTranslation()
  const query = useQuery(rulesQuery)
  const problemText = useProblemText()
  const [open, setOpen] = useState<Rule | null>(null)
  const run = useMutation({
    mutationFn: () => post('/admin/privacy/rules/run'),
    onSuccess: () => {
      toast(t('privacy.rules_running'))
      void renewPrivacy()
    },
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  return (
    <section className={`card ${styles.section}`} aria-labelledby="rules">
      <h2 id="rules">{t('privacy.rules')}</h2>
      <p className="dim small">{query.data?.length === 0 ? t('privacy.no_rules') : t('privacy.rules_help')}</p>
      {query.isPending && <Lines />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      <div className={styles.foot}>
        <Button size="xs" variant="default" leftSection={<IconPlus size={15} />} onClick={() => setOpen(NEW)}>
          {t('privacy.rule_new')}
        </Button>
        {query.data && query.data.length > 0 && (
          <Button size="xs" variant="default" loading={run.isPending} onClick={() => run.mutate()}>
            {t('privacy.rules_run')}
          </Button>
        )}
      </div>
      {query.data && query.data.length > 0 && (
        <ul className={`plain ${styles.rows}`}>
          {query.data.map((r) => (
            <Line key={r.id} rule={r} onOpen={() => setOpen(r)} />
          ))}
        </ul>
      )}
      {open && <RuleForm was={open} onClose={() => setOpen(null)} />}
    </section>
  )
}

function Line({ rule, onOpen }: { rule: Rule; onOpen: () => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const label = useLabel()
  const object = findObject(useMeta(), rule.object)
  return (
    <li className={styles.line}>
      <IconClockX size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span>{rule.name}</span>
        <span className="dim small">
          {t('privacy.rule_line', {
            object: label(object?.plural, rule.object), days: formatNumber(rule.days, lang),
            field: label(object?.fields.find((f) => f.name === rule.field)?.label, rule.field), action: t(`privacy.action_${rule.action}`),
          })}
          {' · '}
          {rule.ran_at ? t('privacy.rule_ran', { when: formatMoment(rule.ran_at, lang, offset), count: rule.ran_count }) : t('privacy.rule_never')}
        </span>
        {rule.filter && <code className="small">{rule.filter}</code>}
        {rule.problem && <span className="small" style={{ color: 'var(--gx-danger)' }}>{rule.problem}</span>}
      </span>
      {rule.paused && <Chip text={t('privacy.rule_paused')} hue="orange" />}
      <Button size="xs" variant="default" onClick={onOpen}>
        {t('privacy.rule_edit')}
      </Button>
    </li>
  )
}

function RuleForm({ was, onClose }: { was: Rule; onClose: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const problemText = useProblemText()
  const [now, setNow] = useState(was)
  const object = findObject(meta, now.object)
  const set = (change: Partial<Rule>) => {
    setNow((n) => ({ ...n, ...change }))
    attempt.reset()
  }
  const done = async () => {
    await renewPrivacy()
    onClose()
  }
  const attempt = useMutation({ mutationFn: () => tryRule(now) })
  const save = useMutation({
    mutationFn: () => saveRule(now),
    onSuccess: async () => {
      toast(t('privacy.rule_saved'))
      await done()
    },
  })
  const take = useMutation({ mutationFn: () => removeRule(now.id), onSuccess: done })
  const error = save.error ?? attempt.error ?? take.error
  const at = (name: string) => (error instanceof Problem ? error.errors.find((e) => e.path === name)?.detail : undefined)
  const fields = object?.fields ?? []
  return (
    <Modal opened onClose={onClose} size="lg" title={t(now.id ? 'privacy.rule_edit' : 'privacy.rule_new')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          save.mutate()
        }}
      >
        <TextInput label={t('privacy.rule_name')} required withAsterisk={false} maxLength={120} value={now.name} onChange={(e) => set({ name: e.currentTarget.value })} />
        <div className={styles.two}>
          <NativeSelect
            label={t('privacy.rule_object')}
            value={now.object}
            onChange={(e) => set({ object: e.currentTarget.value, field: 'updated_at', fields: [] })}
            data={meta.objects.filter((o) => o.name !== 'user').map((o) => ({ value: o.name, label: label(o.plural, o.name) }))}
            error={at('object')}
          />
          <NativeSelect
            label={t('privacy.rule_field')}
            value={now.field}
            onChange={(e) => set({ field: e.currentTarget.value })}
            data={fields.filter((f) => (f.type === 'date' || f.type === 'datetime') && f.name !== 'deleted_at').map((f) => ({ value: f.name, label: label(f.label, f.name) }))}
            error={at('field')}
          />
          <TextInput type="number" min={1} max={36500} required withAsterisk={false} label={t('privacy.rule_days')} value={Number.isNaN(now.days) ? '' : now.days} onChange={(e) => set({ days: e.currentTarget.valueAsNumber })} error={at('days')} />
          <NativeSelect
            label={t('privacy.rule_action')}
            value={now.action}
            onChange={(e) => set({ action: e.currentTarget.value as Rule['action'] })}
            data={ACTIONS.map((a) => ({ value: a, label: t(`privacy.action_${a}`) }))}
          />
        </div>
        {now.action === 'blank' && (
          <MultiSelect
            label={t('privacy.rule_fields')}
            value={now.fields}
            onChange={(list) => set({ fields: list })}
            data={fields.filter((f) => !f.required && !f.system && !['formula', 'rollup', 'links'].includes(f.type)).map((f) => ({ value: f.name, label: label(f.label, f.name) }))}
            error={at('fields')}
            searchable
          />
        )}
        <TextInput label={t('privacy.rule_filter')} description={t('privacy.rule_filter_help')} value={now.filter} onChange={(e) => set({ filter: e.currentTarget.value })} error={at('filter')} />
        <Checkbox label={t('privacy.rule_paused')} checked={now.paused} onChange={(e) => set({ paused: e.currentTarget.checked })} />
        {attempt.data && (
          <Alert variant="light" color="brand" role="status">
            {[
              t('privacy.rule_found', { count: attempt.data.count }), attempt.data.held > 0 && t('privacy.rule_held', { count: attempt.data.held }),
              attempt.data.examples.length > 0 && t('privacy.rule_examples', { names: attempt.data.examples.map((e) => e.title).join(', ') }),
            ]
              .filter(Boolean)
              .join(' ')}
          </Alert>
        )}
        {error && (
          <Alert color="red" variant="light" role="alert">
            {problemText(error)}
          </Alert>
        )}
        <div className="row">
          <Button type="submit" loading={save.isPending}>
            {t('form.save')}
          </Button>
          <Button variant="default" loading={attempt.isPending} onClick={() => attempt.mutate()}>
            {t('privacy.rule_preview')}
          </Button>
          {now.id && (
            <Button variant="subtle" color="red" loading={take.isPending} onClick={() => take.mutate()}>
              {t('privacy.rule_remove')}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  )
}
