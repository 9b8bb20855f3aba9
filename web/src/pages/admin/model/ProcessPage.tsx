/* ProcessPage.tsx - one process: its states in order, the moves between them, and a drawing of both. */
import { ActionIcon, Button, MultiSelect, NativeSelect, TextInput } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconChevronDown, IconChevronLeft, IconInfoCircle, IconPlus, IconRotate2, IconTrash, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../../lib/api.ts'
import { type Def, labelsOf, previewObject, processMeta, processMoves, processStates, processViews } from '../../../lib/definition.ts'
import { moveItem } from '../../../lib/layout.ts'
import type { FieldError, Json, Labels, ObjectMeta } from '../../../lib/types.ts'
import { useLabel, useMeta } from '../../../lib/use.ts'
import { Empty, Failed } from '../../../views/states.tsx'
import { useTitle } from '../../../views/title.ts'
import { HuePicker } from './Choices.tsx'
import { errorAt, useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { Expression, LabelsInput, Origin } from './parts.tsx'
import { ProcessMap } from './ProcessMap.tsx'
import { usesOf } from './ProcessesList.tsx'
import own from './process.module.css'
import { PublishBar } from './Publish.tsx'
import { Sortable } from './Sortable.tsx'
import { nameIn } from './words.ts'

const KINDS = ['open', 'won', 'lost', 'done'] as const

export function ProcessPage({ name }: { name: string }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const navigate = useNavigate()
  const { files, before, drafts, put } = useEditing()
  const view = processViews(files).find((p) => p.name === name)
  const was = processViews(before).find((p) => p.name === name)
  const shown = view ?? was
  useTitle(label(labelsOf(shown?.def.label), name))
  if (!shown || !was) return <Failed error={new Problem(404, {})} />
  const uses = usesOf(files, name)
  const def = shown.def
  const set = (next: Def, tag = '') => put(shown.path, next, tag)
  const object = uses[0] ? previewObject(meta, files, uses[0].object) : null
  return (
    <div className={styles.page}>
      <div>
        <Link to="/admin/$" params={{ _splat: 'processes' }} className={styles.crumb}>
          <IconChevronLeft size={14} aria-hidden />
          {t('admin.processes.title')}
        </Link>
        <div className={styles.head}>
          <h1>{label(labelsOf(def.label), name)}</h1>
          <span className="mono dim">{name}</span>
          <Origin pack={shown.pack} changed={shown.base !== null} />
          <div className={styles.end}>
            {shown.base && (
              <Button variant="default" size="xs" leftSection={<IconRotate2 size={15} />} onClick={() => put(shown.path, null)}>
                {t('admin.processes.reset')}
              </Button>
            )}
            {shown.pack === '' && view && (
              <Button variant="default" size="xs" leftSection={<IconTrash size={15} />} disabled={uses.length > 0} title={uses.length ? t('admin.processes.in_use') : undefined} onClick={() => put(shown.path, null)}>
                {t('admin.processes.remove')}
              </Button>
            )}
          </div>
        </div>
        <p className="dim small">
          {uses.length ? `${t('admin.processes.used_by')} ${uses.map((u) => `${nameIn(label, [files], u.object, 'object')} · ${nameIn(label, [files], u.object, 'field', u.field)}`).join(t('admin.and'))}` : t('admin.processes.unused')}
        </p>
      </div>
      {!view ? (
        <Empty title={t('admin.objects.will_go')} />
      ) : (
        <>
          {shown.pack !== '' && !shown.base && (
            <p className={styles.note}>
              <IconInfoCircle size={16} aria-hidden />
              <span>{t('admin.processes.pack_note')}</span>
            </p>
          )}
          <section className={`card ${styles.box}`}>
            <LabelsInput label={t('admin.key.label')} value={labelsOf(def.label)} required onChange={(v) => set({ ...def, label: v }, 'label')} />
          </section>
          <div className={own.two}>
            <States def={def} old={was.def} onChange={set} />
            <section className={`card ${styles.box}`} aria-labelledby="drawing">
              <h2 id="drawing">{t('admin.processes.drawing')}</h2>
              <ProcessMap process={processMeta(def)} />
            </section>
          </div>
          <Moves def={def} path={shown.path} object={object} onChange={set} />
        </>
      )}
      <PublishBar
        onDone={() => {
          if (drafts[shown.path] === null && shown.pack === '') void navigate({ to: '/admin/$', params: { _splat: 'processes' } })
        }}
      />
    </div>
  )
}

function States({ def, old, onChange }: { def: Def; old: Def; onChange: (def: Def, tag?: string) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const states = processStates(def)
  const codes = states.map((s) => String(s.code))
  const published = new Set(processStates(old).map((s) => String(s.code)))
  const put = (next: Def[], tag = '') => onChange({ ...def, states: next }, tag)
  const set = (i: number, key: string, value: Json | undefined) =>
    put(
      states.map((s, k) => {
        if (k !== i) return s
        const { [key]: _, ...rest } = s
        return value === undefined ? rest : { ...rest, [key]: value }
      }),
      `state.${i}.${key}`,
    )
  /* Its moves, and the start, follow the code of a state that is not published yet. */
  const recode = (i: number, code: string) => {
    const from = codes[i]
    const swap = (c: Json | undefined): Json => (c === from ? code : (c ?? ''))
    onChange(
      {
        ...def,
        start: swap(def.start),
        states: states.map((s, k) => (k === i ? { ...s, code } : s)),
        moves: processMoves(def).map((m) => ({ ...m, from: Array.isArray(m.from) ? m.from.map(swap) : (m.from ?? '*'), to: swap(m.to) })),
      },
      `state.${i}.code`,
    )
  }
  const add = () => {
    let n = states.length + 1
    while (codes.includes(`state_${n}`)) n++
    const code = `state_${n}`
    /* A state that no move reaches would be refused: one leads there from the state before. */
    onChange({
      ...def,
      states: [...states, { code, label: { 'zh-Hant': '新階段', en: 'New state' }, kind: 'open', color: 'gray' }],
      moves: [...processMoves(def), { from: [codes.at(-1) ?? code], to: code, label: { 'zh-Hant': '新步驟', en: 'New move' } }],
    })
  }
  const remove = (code: string) =>
    onChange({
      ...def,
      start: def.start === code ? (codes.find((c) => c !== code) ?? '') : (def.start ?? ''),
      states: states.filter((s) => s.code !== code),
      moves: processMoves(def)
        .filter((m) => m.to !== code)
        .map((m) => (Array.isArray(m.from) ? { ...m, from: m.from.filter((f) => f !== code) } : m))
        .filter((m) => !Array.isArray(m.from) || m.from.length > 0),
    })
  return (
    <section className={`card ${styles.box}`} aria-labelledby="states">
      <h2 id="states">{t('admin.processes.states')}</h2>
      <Sortable
        label={t('admin.processes.states')}
        items={states.map((s, i) => ({ id: String(i), name: label(labelsOf(s.label), String(s.code)), def: s }))}
        onMove={(from, to) => put(moveItem(states, from, to))}
        render={({ def: s, name }, i) => (
          <div className={own.state}>
            <div className={own.first}>
              <HuePicker value={String(s.color ?? 'gray')} name={name} onChange={(c) => set(i, 'color', c)} />
              <TextInput size="xs" aria-label={t('admin.code_of', { name })} classNames={{ input: styles.code }} readOnly={published.has(String(s.code))} error={codes.indexOf(String(s.code)) !== i || undefined} value={String(s.code)} onChange={(e) => recode(i, e.currentTarget.value.trim())} />
              <NativeSelect size="xs" aria-label={`${name}${t('admin.colon')}${t('admin.key.kind')}`} value={String(s.kind ?? 'open')} data={KINDS.map((k) => ({ value: k, label: t(`admin.processes.kind.${k}`) }))} onChange={(e) => set(i, 'kind', e.currentTarget.value)} />
              <TextInput size="xs" className={own.percent} aria-label={`${name}${t('admin.colon')}${t('admin.key.probability')}`} placeholder="%" inputMode="numeric" value={s.probability === undefined ? '' : String(s.probability)} onChange={(e) => set(i, 'probability', percent(e.currentTarget.value))} />
              <ActionIcon variant="subtle" color="gray" aria-label={t('admin.remove_named', { name })} disabled={states.length === 1} onClick={() => remove(String(s.code))}>
                <IconX size={16} />
              </ActionIcon>
            </div>
            <LabelsInput bare label={t('admin.name_of', { name })} value={labelsOf(s.label)} onChange={(v) => set(i, 'label', v)} />
            <label className={own.start}>
              <input type="radio" name="start" checked={def.start === s.code} onChange={() => onChange({ ...def, start: String(s.code) })} />
              <span className="small">{t('admin.processes.start_here')}</span>
            </label>
          </div>
        )}
      />
      <div>
        <Button size="xs" variant="subtle" leftSection={<IconPlus size={15} />} onClick={add}>
          {t('admin.processes.state_add')}
        </Button>
      </div>
    </section>
  )
}

function percent(typed: string): number | undefined {
  const n = Number(typed.normalize('NFKC').replace(/\D/g, ''))
  return typed.trim() === '' ? undefined : Math.min(100, n)
}

function Moves({ def, path, object, onChange }: { def: Def; path: string; object: ObjectMeta | null; onChange: (def: Def, tag?: string) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const { errors } = useEditing()
  const moves = processMoves(def)
  const codes = processStates(def).map((s) => String(s.code))
  const put = (next: Def[], tag = '') => onChange({ ...def, moves: next }, tag)
  return (
    <section className={`card ${styles.box}`} aria-labelledby="moves">
      <h2 id="moves">{t('admin.processes.moves')}</h2>
      <Sortable
        label={t('admin.processes.moves')}
        items={moves.map((m, i) => ({ id: String(i), name: label(labelsOf(m.label), String(m.to)), def: m }))}
        onMove={(from, to) => put(moveItem(moves, from, to))}
        render={({ def: m, name }, i) => (
          <Move
            name={name}
            move={m}
            process={def}
            object={object}
            error={errorAt(errors, path, `moves[${i}]`)}
            onChange={(next, key) => put(moves.map((x, k) => (k === i ? next : x)), `move.${i}.${key}`)}
            onRemove={() => put(moves.filter((_, k) => k !== i))}
          />
        )}
      />
      <div>
        <Button size="xs" variant="subtle" leftSection={<IconPlus size={15} />} onClick={() => put([...moves, { from: [codes[0] ?? ''], to: codes[1] ?? codes[0] ?? '', label: { 'zh-Hant': t('admin.processes.new_move'), en: t('admin.processes.new_move') } }])}>
          {t('admin.processes.move_add')}
        </Button>
      </div>
    </section>
  )
}

interface MoveProps {
  name: string
  move: Def
  process: Def
  object: ObjectMeta | null
  error: FieldError | undefined
  onChange: (move: Def, key: string) => void
  onRemove: () => void
}

const names = (v: Json | undefined): string[] => (Array.isArray(v) ? v.map(String) : typeof v === 'string' ? [v] : [])

function Move({ name, move, process, object, error, onChange, onRemove }: MoveProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta() as { roles?: { name: string; 'zh-Hant': string; en: string }[] }
  const [open, setOpen] = useState(false)
  const states = processStates(process).map((s) => ({ value: String(s.code), label: label(labelsOf(s.label), String(s.code)) }))
  const any = names(move.from).includes('*')
  const set = (key: string, value: Json | undefined) => {
    const { [key]: _, ...rest } = move
    const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0) || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
    onChange(empty ? rest : { ...rest, [key]: value }, key)
  }
  const setFrom = (next: string[]) => set('from', next.includes('*') && !any ? '*' : next.filter((x) => x !== '*'))
  return (
    <div className={own.move}>
      <div className={own.fromTo}>
        <MultiSelect size="xs" label={t('admin.processes.from')} value={any ? ['*'] : names(move.from)} onChange={setFrom} error={names(move.from).length === 0} data={[{ value: '*', label: t('admin.processes.any') }, ...states]} />
        <NativeSelect size="xs" label={t('admin.processes.to')} value={String(move.to)} data={states} onChange={(e) => set('to', e.currentTarget.value)} />
        <ActionIcon className={own.remove} variant="subtle" color="gray" aria-label={t('admin.remove_named', { name })} onClick={onRemove}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <LabelsInput bare label={t('admin.name_of', { name })} value={labelsOf(move.label)} onChange={(v) => set('label', v)} />
      {error && !open && <p className={`small ${styles.bad}`}>{error.detail}</p>}
      <div>
        <Button size="compact-xs" variant="subtle" color="gray" classNames={{ root: own.summary, label: own.summaryText }} aria-expanded={open} rightSection={<IconChevronDown size={14} />} onClick={() => setOpen(!open)}>
          {[t('admin.processes.more'), ...summary(move, (n) => label(object?.fields.find((f) => f.name === n)?.label, n))].join(' · ')}
        </Button>
      </div>
      {open && (
        <div className={own.more}>
          <MultiSelect size="xs" searchable label={t('admin.key.require')} value={names(move.require)} onChange={(v) => set('require', v)} data={(object?.fields ?? []).filter((f) => !f.system && !f.readonly).map((f) => ({ value: f.name, label: label(f.label, f.name) }))} />
          <Expression label={t('admin.key.when')} help={t('admin.processes.when_doc')} object={object} value={String(move.when ?? '')} onChange={(v) => set('when', v)} error={error} />
          {move.when !== undefined && <LabelsInput label={t('admin.processes.message')} value={labelsOf(move.message) as Labels} long onChange={(v) => set('message', v)} />}
          <MultiSelect size="xs" label={t('admin.key.who')} placeholder={names(move.who).length ? '' : t('admin.processes.anybody')} value={names(move.who)} onChange={(v) => set('who', v)} data={(meta.roles ?? []).map((r) => ({ value: r.name, label: label(r, r.name) }))} />
        </div>
      )}
    </div>
  )
}

function summary(move: Def, field: (name: string) => string): string[] {
  const require = names(move.require).map(field)
  return [...(require.length ? [require.join('、')] : []), ...(typeof move.when === 'string' ? [move.when] : [])]
}
