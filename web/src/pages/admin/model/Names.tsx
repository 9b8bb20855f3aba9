/* Names.tsx - what an object is called, and its icon. */
import { useTranslation } from 'react-i18next'
import { ownPath, setObjectKey } from '../../../lib/definition.ts'
import type { Json, ObjectMeta } from '../../../lib/types.ts'
import { iconNames, ObjectIcon } from '../../../views/Icon.tsx'
import { useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { LabelsInput } from './parts.tsx'

export function Names({ object, pack }: { object: ObjectMeta; pack: string }) {
  const { t } = useTranslation()
  const { files, put } = useEditing()
  const set = (key: 'label' | 'plural' | 'icon', value: Json) => put(ownPath(files, object.name), setObjectKey(files, object.name, key, value), `object.${key}`)
  return (
    <section className={`card ${styles.box}`}>
      {pack !== '' && <p className="dim small">{t('admin.names.pack_note')}</p>}
      <LabelsInput label={t('admin.key.label')} value={object.label} required onChange={(v) => set('label', v)} />
      <LabelsInput label={t('admin.key.plural')} value={object.plural} required onChange={(v) => set('plural', v)} />
      <IconPicker value={object.icon ?? ''} onChange={(icon) => set('icon', icon)} />
    </section>
  )
}

export function IconPicker({ value, onChange }: { value: string; onChange: (icon: string) => void }) {
  const { t } = useTranslation()
  return (
    <fieldset className={styles.fieldset}>
      <legend>{t('admin.key.icon')}</legend>
      <div className={styles.icons}>
        {iconNames().map((name) => (
          <label key={name} className={styles.iconChoice} title={name}>
            <input type="radio" name="icon" className="sr" aria-label={name} checked={name === value} onChange={() => onChange(name)} />
            <ObjectIcon name={name} size={20} />
          </label>
        ))}
      </div>
    </fieldset>
  )
}
