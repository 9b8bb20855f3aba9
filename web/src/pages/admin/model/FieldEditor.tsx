/* FieldEditor.tsx - one field: its names, what it demands, when it shows, what its type wants to know. */
import { Alert, Button, Drawer, NativeSelect, Switch, TextInput } from '@mantine/core'
import { IconArchive, IconInfoCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { type Def, labelsOf, OPEN_KEYS, ownFile, ownPath, type Part, partList, resetPart, retireField, same, setPart } from '../../../lib/definition.ts'
import { findField } from '../../../lib/meta.ts'
import type { Json, ObjectMeta } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { Choices } from './Choices.tsx'
import { DefaultInput } from './DefaultInput.tsx'
import { errorAt, useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { Expression, LabelsInput, Origin, ResetButton } from './parts.tsx'
import { keyWord, typeWord } from './words.ts'

const NUMBERS = new Set(['integer', 'decimal', 'money', 'percent'])
const COMPUTED = new Set(['formula', 'rollup'])
const RETURNS = ['text', 'integer', 'decimal', 'money', 'percent', 'boolean', 'date', 'datetime', 'duration'] as const
const UNIQUE = new Set(['text', 'integer', 'phone', 'email', 'url', 'date', 'decimal'])

export function FieldEditor({ object, part, onClose }: { object: ObjectMeta; part: Part; onClose: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const { files, before, put, errors } = useEditing()
  const { def, name, pack } = part
  const published = partList(before, object.name, 'fields').find((p) => p.name === part.name)?.def
  const path = ownPath(files, object.name)
  const own = ownFile(files, object.name)
  const field = findField(object, name)
  const title = label(labelsOf(def.label), name)
  /* Of a pack's field only some keys may be changed. */
  const fixed = (key: string) => pack !== '' && !OPEN_KEYS.includes(key)
  const set = (key: string, value: Json | undefined) => {
    const { [key]: _, ...rest } = def
    put(path, setPart(own, 'fields', part, value === undefined || value === false || value === '' ? rest : { ...rest, [key]: value }), `${name}.${key}`)
  }
  /* History is kept unless one says no. */
  const setHistory = (on: boolean) => {
    const { history: _, ...rest } = def
    put(path, setPart(own, 'fields', part, on ? rest : { ...rest, history: false }), `${name}.history`)
  }
  const at = (key: string) => (pack === '' ? errorAt(errors, part.path, `fields[${part.index}].${key}`) : errorAt(errors, path, `change.fields.${name}.${key}`))
  const other = errors.find((e) => e.at === undefined && (e.path?.startsWith(`fields[${part.index}]`) || e.path?.startsWith(`change.fields.${name}`)))
  const type = String(def.type)
  const computed = COMPUTED.has(type)
  const adapted = pack !== '' ? Object.keys({ ...part.base, ...def }).filter((k) => !same(part.base[k], def[k])) : []
  const flag = (key: 'required' | 'unique' | 'readonly' | 'private' | 'index') => <Switch label={keyWord(t, key)} description={t(`admin.key_doc.${key}`)} checked={def[key] === true} onChange={(e) => set(key, e.currentTarget.checked)} />
  const number = (key: 'min' | 'max' | 'scale') => (
    <TextInput key={key} label={keyWord(t, key)} inputMode="decimal" disabled={fixed(key)} value={def[key] === undefined ? '' : String(def[key])} onChange={(e) => set(key, readNumber(e.currentTarget.value))} />
  )
  return (
    <Drawer opened onClose={onClose} position="right" size="36rem" title={<b>{title}</b>} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={styles.drawer}>
        <div className="row">
          <span>{typeWord(t, def.type)}</span>
          <span className="mono dim">{name}</span>
          <Origin pack={pack} changed={adapted.length > 0} />
          {adapted.length > 0 && <ResetButton name={title} onReset={() => put(path, resetPart(own, 'fields', name))} />}
        </div>
        {pack !== '' && (
          <p className={styles.note}>
            <IconInfoCircle size={16} aria-hidden />
            <span>{adapted.length ? t('admin.field.adapted_keys', { keys: adapted.map((k) => keyWord(t, k)).join(t('admin.and')) }) : t('admin.field.pack_note')}</span>
          </p>
        )}
        {other && (
          <Alert color="red" variant="light" role="alert">
            {other.detail}
          </Alert>
        )}
        <LabelsInput label={t('admin.key.label')} value={labelsOf(def.label)} required onChange={(v) => set('label', v)} />
        <LabelsInput label={t('admin.key.doc')} value={labelsOf(def.help ?? def.doc)} long onChange={(v) => set(def.help ? 'help' : 'doc', Object.keys(v).length ? v : undefined)} />
        {(type === 'choice' || type === 'choices') && <Choices value={(def.choices ?? []) as unknown as Def[]} old={(published?.choices ?? []) as unknown as Def[]} onChange={(v) => set('choices', v as unknown as Json)} />}
        {(NUMBERS.has(type) || type === 'text' || type === 'longtext') && (
          <div className={styles.pair}>
            {NUMBERS.has(type) && number('min')}
            {number('max')}
            {(type === 'decimal' || type === 'percent') && number('scale')}
          </div>
        )}
        {computed && (
          <>
            <Expression label={keyWord(t, 'expr')} help={t(`admin.expr_doc.${type as 'formula'}`)} object={object} value={String(def.expr ?? '')} onChange={(v) => set('expr', v)} error={at('expr')} required />
            <NativeSelect label={keyWord(t, 'returns')} disabled={fixed('returns')} value={String(def.returns ?? '')} data={RETURNS.map((x) => ({ value: x, label: typeWord(t, x) }))} onChange={(e) => set('returns', e.currentTarget.value)} />
          </>
        )}
        {type === 'autonumber' && <TextInput label={keyWord(t, 'format')} description={t('admin.field.format_doc')} disabled={fixed('format')} classNames={{ input: styles.code }} value={String(def.format ?? '')} onChange={(e) => set('format', e.currentTarget.value)} />}
        {(type === 'link' || type === 'links') && <TextInput label={keyWord(t, 'to')} value={String(def.to)} readOnly classNames={{ input: styles.code }} />}
        {type === 'link' && (
          <NativeSelect
            label={keyWord(t, 'on_delete')}
            value={String(def.on_delete ?? 'clear')}
            data={(['clear', 'refuse', 'cascade'] as const).map((x) => ({ value: x, label: t(`admin.on_delete.${x}`) }))}
            onChange={(e) => set('on_delete', e.currentTarget.value)}
          />
        )}
        {!computed && (
          <>
            <h3>{t('admin.field.input')}</h3>
            <div className={styles.switches}>
              {type !== 'process' && flag('required')}
              {UNIQUE.has(type) && flag('unique')}
              {flag('readonly')}
            </div>
            {field && type !== 'process' && type !== 'autonumber' && <DefaultInput object={object} field={field} value={def.default} onChange={(v) => set('default', v)} error={at('default')} />}
            {type !== 'process' && <Expression label={keyWord(t, 'required_when')} help={t('admin.key_doc.required_when')} object={object} value={String(def.required_when ?? '')} onChange={(v) => set('required_when', v)} error={at('required_when')} />}
          </>
        )}
        <Expression label={keyWord(t, 'when')} help={t('admin.key_doc.when')} object={object} value={String(def.when ?? '')} onChange={(v) => set('when', v)} error={at('when')} />
        <h3>{t('admin.field.keeping')}</h3>
        <div className={styles.switches}>
          {flag('private')}
          {!computed && <Switch label={keyWord(t, 'history')} description={t('admin.key_doc.history')} checked={def.history !== false} onChange={(e) => setHistory(e.currentTarget.checked)} />}
          {!computed && flag('index')}
        </div>
        {!computed && (
          <NativeSelect
            label={keyWord(t, 'search')}
            value={String(def.search ?? '')}
            data={[{ value: '', label: t('admin.search.default') }, ...(['name', 'text', 'code', 'none'] as const).map((x) => ({ value: x, label: t(`admin.search.${x}`) }))]}
            onChange={(e) => set('search', e.currentTarget.value)}
          />
        )}
        <div className="row">
          <Button onClick={onClose}>{t('admin.done')}</Button>
          {pack === '' && object.title !== name && (
            <Button
              variant="default"
              leftSection={<IconArchive size={16} />}
              onClick={() => {
                put(path, retireField(own, name))
                onClose()
              }}
            >
              {t('admin.field.retire')}
            </Button>
          )}
        </div>
        {pack !== '' && <p className="dim small">{t('admin.field.pack_keep')}</p>}
      </div>
    </Drawer>
  )
}

/* As JSON numbers where that is exact; what is not a number yet stays text, and the server says so. */
function readNumber(typed: string): Json | undefined {
  const text = typed.normalize('NFKC').replace(/[,\s]/g, '')
  if (text === '') return undefined
  return /^-?\d{1,15}$/.test(text) || /^-?\d{1,9}\.\d{1,6}$/.test(text) ? Number(text) : text
}
