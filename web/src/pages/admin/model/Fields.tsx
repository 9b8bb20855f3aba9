/* Fields.tsx - the fields of an object: whose they are, what they hold; open one, add one, bring one back. */
import { Button, Select, TextInput } from '@mantine/core'
import { IconChevronRight, IconLock, IconPlus, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Def, labelsOf, ownFile, ownPath, partList, restoreField, retiredOf } from '../../../lib/definition.ts'
import type { ObjectMeta } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { Empty } from '../../../views/states.tsx'
import { errorAt, useEditing } from './drafts.tsx'
import { FieldEditor } from './FieldEditor.tsx'
import styles from './model.module.css'
import { NewField } from './NewField.tsx'
import { Origin } from './parts.tsx'
import { TYPES, typeWord } from './words.ts'

export function Fields({ object, open, onOpen }: { object: ObjectMeta; open: string; onOpen: (field: string) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const { files, put, errors } = useEditing()
  const [typed, setTyped] = useState('')
  const [type, setType] = useState('')
  const [adding, setAdding] = useState(false)
  const own = ownFile(files, object.name)
  const path = ownPath(files, object.name)
  const parts = partList(files, object.name, 'fields')
  const wanted = typed.trim().toLowerCase()
  const shown = parts.filter((p) => (!type || p.def.type === type) && [p.name, ...Object.values(labelsOf(p.def.label))].some((x) => x?.toLowerCase().includes(wanted)))
  const retired = retiredOf(files, object.name)
  const current = parts.find((p) => p.name === open)
  const used = TYPES.filter((x) => parts.some((p) => p.def.type === x))
  return (
    <>
      <div className={styles.tools}>
        <TextInput className={styles.find} aria-label={t('admin.find')} placeholder={t('admin.find')} leftSection={<IconSearch size={16} aria-hidden />} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />
        <Select aria-label={t('admin.key.type')} placeholder={t('admin.any_type')} clearable clearButtonProps={{ 'aria-label': t('clear') }} value={type || null} onChange={(x) => setType(x ?? '')} data={used.map((x) => ({ value: x, label: typeWord(t, x) }))} />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          {t('admin.field.add')}
        </Button>
      </div>
      {shown.length === 0 ? (
        <Empty title={t('nothing_found')} />
      ) : (
        <ul className={`plain card ${styles.rows}`}>
          {shown.map((p) => {
            const error = errorAt(errors, p.path, `fields[${p.index}]`) ?? errorAt(errors, path, `change.fields.${p.name}`)
            return (
              <li key={p.name}>
                <button type="button" className={styles.line} onClick={() => onOpen(p.name)}>
                  <span className={styles.main}>
                    <b>
                      {label(labelsOf(p.def.label), p.name)}
                      {p.def.required === true && (
                        <span className={styles.bad} aria-hidden>
                          {' *'}
                        </span>
                      )}
                    </b>
                    <span className="mono dim">{p.name}</span>
                    {error && <span className={`small ${styles.bad}`}>{error.detail}</span>}
                  </span>
                  <span className={styles.aside}>
                    {p.def.private === true && <IconLock size={15} aria-label={t('admin.key.private')} />}
                    <span className={`dim small ${styles.hideSmall}`}>{[typeWord(t, p.def.type), p.def.required === true && t('admin.key.required'), p.def.unique === true && t('admin.key.unique')].filter(Boolean).join(' · ')}</span>
                    <Origin pack={p.pack} changed={p.pack !== '' && p.changed} />
                  </span>
                  <IconChevronRight size={16} aria-hidden />
                </button>
              </li>
            )
          })}
        </ul>
      )}
      {retired.length > 0 && <Retired fields={retired} onRestore={(name) => put(path, restoreField(own, name))} />}
      {current && <FieldEditor key={current.name} object={object} part={current} onClose={() => onOpen('')} />}
      {adding && (
        <NewField
          object={object}
          taken={new Set([...object.fields.map((f) => f.name), ...retired.map((r) => String(r.name))])}
          onClose={(name) => {
            setAdding(false)
            if (name) onOpen(name)
          }}
        />
      )}
    </>
  )
}

function Retired({ fields, onRestore }: { fields: readonly Def[]; onRestore: (name: string) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  return (
    <section className="stack" aria-labelledby="retired">
      <h2 id="retired">{t('admin.field.retired')}</h2>
      <p className="dim small">{t('admin.field.retired_note')}</p>
      <ul className={`plain card ${styles.rows}`}>
        {fields.map((f) => (
          <li key={String(f.name)} className={styles.still}>
            <span className={styles.main}>
              <b>{label(labelsOf(f.label), String(f.name))}</b>
              <span className="mono dim">{String(f.name)}</span>
            </span>
            <span className={`dim small ${styles.hideSmall}`}>{typeWord(t, f.type)}</span>
            <Button size="xs" variant="default" onClick={() => onRestore(String(f.name))} aria-label={t('admin.field.restore_named', { name: label(labelsOf(f.label), String(f.name)) })}>
              {t('admin.field.restore')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
