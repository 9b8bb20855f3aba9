/* Rules.tsx - what must be true of a record to be saved, and what is said when it is not. */
import { ActionIcon, Button, NativeSelect, Switch } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { addPart, type Def, labelsOf, ownFile, ownPath, type Part, partList, resetPart, setPart } from '../../../lib/definition.ts'
import type { Json, ObjectMeta } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { Empty } from '../../../views/states.tsx'
import { errorAt, useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { Expression, LabelsInput, Origin, ResetButton } from './parts.tsx'

export function Rules({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const { files, put } = useEditing()
  const own = ownFile(files, object.name)
  const path = ownPath(files, object.name)
  const rules = partList(files, object.name, 'rules')
  const add = () => {
    let n = rules.length + 1
    while (rules.some((r) => r.name === `rule_${n}`)) n++
    put(path, addPart(own, 'rules', { name: `rule_${n}`, check: '', message: {} }))
  }
  return (
    <>
      <div className={styles.tools}>
        <p className={styles.lead}>{t('admin.rule.lead')}</p>
        <Button leftSection={<IconPlus size={16} />} onClick={add}>
          {t('admin.rule.add')}
        </Button>
      </div>
      {rules.length === 0 && <Empty title={t('admin.rule.none')} />}
      {rules.map((rule) => (
        <Rule key={rule.name} object={object} rule={rule} />
      ))}
    </>
  )
}

function Rule({ object, rule }: { object: ObjectMeta; rule: Part }) {
  const { t } = useTranslation()
  const label = useLabel()
  const { files, put, errors } = useEditing()
  const own = ownFile(files, object.name)
  const path = ownPath(files, object.name)
  const { def, name, pack, off } = rule
  const set = (key: string, value: Json | undefined) => {
    const { [key]: _, ...rest } = def
    put(path, setPart(own, 'rules', rule, value === undefined || value === '' || value === false ? rest : { ...rest, [key]: value } as Def), `rule.${name}.${key}`)
  }
  const error = pack === '' ? errorAt(errors, rule.path, `rules[${rule.index}].check`) : errorAt(errors, path, `change.rules.${name}.check`)
  const title = label(labelsOf(def.message), name)
  return (
    <section className={`card ${styles.box}`} aria-label={title}>
      <div className={styles.head}>
        <span className="mono dim">{name}</span>
        <Origin pack={pack} changed={rule.changed} />
        <div className={styles.end}>
          {pack !== '' && <Switch label={t('admin.rule.on')} checked={!off} onChange={(e) => put(path, e.currentTarget.checked ? resetPart(own, 'rules', name) : setPart(own, 'rules', rule, null))} />}
          {rule.changed && !off && <ResetButton name={name} onReset={() => put(path, resetPart(own, 'rules', name))} />}
          {pack === '' && (
            <ActionIcon variant="subtle" color="red" aria-label={t('admin.remove_named', { name: title })} onClick={() => put(path, setPart(own, 'rules', rule, null))}>
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </div>
      </div>
      {!off && (
        <>
          <Expression label={t('admin.key.check')} help={t('admin.rule.check_doc')} object={object} value={String(def.check ?? '')} onChange={(v) => set('check', v)} error={error} required />
          <LabelsInput label={t('admin.key.message')} value={labelsOf(def.message)} long required onChange={(v) => set('message', v)} />
          <div className={styles.pair}>
            <NativeSelect label={t('admin.rule.field')} value={String(def.field ?? '')} onChange={(e) => set('field', e.currentTarget.value)} data={[{ value: '', label: t('admin.rule.whole') }, ...object.fields.filter((f) => !f.system).map((f) => ({ value: f.name, label: label(f.label, f.name) }))]} />
            <Switch label={t('admin.key.warn')} description={t('admin.key_doc.warn')} checked={def.warn === true} onChange={(e) => set('warn', e.currentTarget.checked)} />
          </div>
        </>
      )}
    </section>
  )
}
