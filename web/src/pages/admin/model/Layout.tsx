/* Layout.tsx - where fields stand: form, columns of the list, phone, card; with a live preview beside. */
import { Button, SegmentedControl, Select } from '@mantine/core'
import { IconArrowRight, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ownPath, type PageName, sectionsOf, setPage } from '../../../lib/definition.ts'
import { moveItem } from '../../../lib/layout.ts'
import { formSections, listColumns, phoneFields, cardLine, isInner } from '../../../lib/meta.ts'
import type { Json, ObjectMeta } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { useEditing } from './drafts.tsx'
import { FormLayout } from './FormLayout.tsx'
import styles from './layout.module.css'
import own from './model.module.css'
import { Preview } from './Preview.tsx'
import { Sortable } from './Sortable.tsx'

const WHICH = ['form', 'list', 'phone', 'card'] as const

export function Layout({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const { files, put } = useEditing()
  const [which, setWhich] = useState<(typeof WHICH)[number]>('form')
  const set = (page: PageName, value: Json) => put(ownPath(files, object.name), setPage(files, object.name, page, value))
  const names = { list: listColumns, phone: phoneFields, card: cardLine }
  const sections = object.pages.form?.length ? sectionsOf(object.pages) : formSections(object)
  return (
    <>
      <SegmentedControl className={own.segments} aria-label={t('admin.tab.layout')} value={which} onChange={(w) => setWhich(w as typeof which)} data={WHICH.map((w) => ({ value: w, label: t(`admin.page.${w}`) }))} />
      <div className={styles.two}>
        {which === 'form' ? (
          <FormLayout object={object} sections={sections} onChange={(s) => set('form', s as unknown as Json)} />
        ) : (
          <NamesLayout key={which} object={object} which={which} names={names[which](object)} onChange={(n) => set(which, n)} />
        )}
        <Preview object={object} which={which} />
      </div>
    </>
  )
}

const NEVER = { list: new Set(['longtext', 'address']), phone: new Set<string>(), card: new Set(['longtext', 'address']) }

function NamesLayout({ object, which, names, onChange }: { object: ObjectMeta; which: 'list' | 'phone' | 'card'; names: readonly string[]; onChange: (names: string[]) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const shown = names.flatMap((n) => object.fields.filter((f) => f.name === n))
  const rest = object.fields.filter((f) => !names.includes(f.name) && !isInner(f) && !NEVER[which].has(f.type))
  const at = shown.map((f) => f.name)
  return (
    <section className={`card ${own.box}`} aria-label={t(`admin.page.${which}`)}>
      <p className="dim small">{t(`admin.page_doc.${which}`)}</p>
      <Sortable
        label={t(`admin.page.${which}`)}
        items={shown.map((f) => ({ id: f.name, name: label(f.label, f.name) }))}
        onMove={(from, to) => onChange(moveItem(at, from, to))}
        render={(item, i) => (
          <div className={styles.name}>
            <span className="clip">{item.name}</span>
            {which === 'list' && i === 0 && <span className="dim small">{t('admin.first_column')}</span>}
            <Button variant="subtle" color="gray" size="compact-sm" aria-label={t('admin.remove_named', { name: item.name })} disabled={shown.length === 1} onClick={() => onChange(at.filter((n) => n !== item.id))}>
              <IconX size={15} aria-hidden />
            </Button>
          </div>
        )}
      />
      <Select
        label={t('admin.add_field')}
        placeholder={t('choose')}
        searchable
        value={null}
        rightSection={<IconArrowRight size={15} aria-hidden />}
        data={rest.map((f) => ({ value: f.name, label: `${label(f.label, f.name)} · ${f.name}` }))}
        nothingFoundMessage={t('nothing_found')}
        onChange={(n) => n && onChange([...at, n])}
      />
    </section>
  )
}
