/* NewField.tsx - a new field: first what it holds, then what it is called. */
import { Button, Modal, NativeSelect, Switch, TextInput } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addPart, addRelation, type Def, type DefFile, labelsOf, NAME, nameFrom, objectNames, objectView, ownFile, ownPath, pagesOf, processViews, sectionsOf, setPage } from '../../../lib/definition.ts'
import { addField } from '../../../lib/layout.ts'
import type { Json, ObjectMeta } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { LabelsInput } from './parts.tsx'
import { TYPES, type TypeName } from './words.ts'

/* What the engine wants of a type from the start. */
function start(type: TypeName, target: string, process: string): Def {
  if (type === 'text') return { max: 200 }
  if (type === 'decimal') return { scale: 2 }
  if (type === 'choice' || type === 'choices') return { choices: [{ code: 'a', label: { 'zh-Hant': '選項一', en: 'First choice' } }] }
  if (type === 'link') return { to: target, on_delete: 'clear' }
  if (type === 'links') return { to: target }
  if (type === 'autonumber') return { format: '{year}-{0000}' }
  if (type === 'formula') return { expr: '1', returns: 'integer' }
  if (type === 'rollup') return { expr: '', returns: 'integer' }
  if (type === 'process') return { process }
  return {}
}

/* Puts the field where people will see it: at the end of the form. */
function withField(files: readonly DefFile[], object: string, def: Def, onForm: boolean): Def {
  const path = ownPath(files, object)
  const own = addPart(ownFile(files, object), 'fields', def)
  const sections = sectionsOf(pagesOf(files, object))
  if (!onForm || sections.length === 0) return own
  const next = files.filter((f) => f.path !== path)
  return setPage([...next, { path, json: own }], object, 'form', addField(sections, String(def.name), sections.length - 1) as unknown as Json)
}

export function NewField({ object, taken, onClose }: { object: ObjectMeta; taken: ReadonlySet<string>; onClose: (name: string) => void }) {
  const { t } = useTranslation()
  const word = useLabel()
  const { files, put } = useEditing()
  const objects = objectNames(files).map((n) => objectView(files, n)).flatMap((v) => (v ? [{ value: v.name, label: word(v.label, v.name) }] : []))
  const processes = processViews(files).map((p) => ({ value: p.name, label: word(labelsOf(p.def.label), p.name) }))
  const [type, setType] = useState<TypeName | null>(null)
  const [label, setLabel] = useState<{ [lang: string]: string }>({})
  const [typed, setTyped] = useState<string | null>(null)
  const [target, setTarget] = useState('account')
  const [process, setProcess] = useState(processes[0]?.value ?? '')
  const [related, setRelated] = useState(true)
  const [onForm, setOnForm] = useState(true)
  const name = typed ?? nameFrom(label.en ?? '')
  const wrong = name === '' ? '' : !NAME.test(name) ? t('admin.field.name_bad') : taken.has(name) ? t('admin.field.name_taken') : ''
  const ready = type && name && !wrong && (label.en || label['zh-Hant'])
  const link = type === 'link' || type === 'links'
  const add = () => {
    if (!type || !ready) return
    const def: Def = { name, type, label, ...start(type, target, process) }
    put(ownPath(files, object.name), withField(files, object.name, def, onForm), `add.${name}`)
    if (type === 'link' && related && target !== object.name) {
      /* The list on the other page: a relation there, and its place. */
      const relation: Def = { name: `${object.name}_${name}`.slice(0, 48), object: object.name, field: name, label: object.plural as Def }
      put(ownPath(files, target), addRelation(files, target, relation), `add.${name}`)
    }
    onClose(name)
  }
  return (
    <Modal opened onClose={() => onClose('')} size="lg" title={t('admin.field.add')} closeButtonProps={{ 'aria-label': t('close') }}>
      {type === null ? (
        <div className={styles.types}>
          {TYPES.map((x) => (
            <button key={x} type="button" className={styles.typeChoice} onClick={() => setType(x)} disabled={x === 'process' && processes.length === 0}>
              <b>{t(`admin.type.${x}`)}</b>
              <span className="dim small">{t(`admin.type_doc.${x}`)}</span>
            </button>
          ))}
        </div>
      ) : (
        <form
          className={styles.drawer}
          onSubmit={(e) => {
            e.preventDefault()
            add()
          }}
        >
          <div className="row">
            <Button size="compact-sm" variant="subtle" leftSection={<IconChevronLeft size={14} />} onClick={() => setType(null)}>
              {t('admin.field.other_type')}
            </Button>
            <span>
              {t(`admin.type.${type}`)} <span className="dim small">{t(`admin.type_doc.${type}`)}</span>
            </span>
          </div>
          <LabelsInput label={t('admin.key.label')} value={label} required onChange={setLabel} />
          <TextInput label={t('admin.field.api_name')} description={t('admin.field.api_name_help')} required classNames={{ input: styles.code }} value={name} error={wrong || undefined} onChange={(e) => setTyped(e.currentTarget.value)} />
          {link && <NativeSelect label={t('admin.key.to')} data={objects} value={target} onChange={(e) => setTarget(e.currentTarget.value)} />}
          {type === 'link' && target !== object.name && <Switch label={t('admin.field.related', { name: objects.find((o) => o.value === target)?.label ?? target })} checked={related} onChange={(e) => setRelated(e.currentTarget.checked)} />}
          {type === 'process' && <NativeSelect label={t('admin.key.process')} data={processes} value={process} onChange={(e) => setProcess(e.currentTarget.value)} />}
          <Switch label={t('admin.field.on_form')} checked={onForm} onChange={(e) => setOnForm(e.currentTarget.checked)} />
          <div className="row">
            <Button type="submit" disabled={!ready}>
              {t('admin.field.add_next')}
            </Button>
            <Button variant="default" onClick={() => onClose('')}>
              {t('cancel')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}
