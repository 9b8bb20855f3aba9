/* NewObject.tsx - a kind of record of one's own: what it is called, what it hangs on, who may use it. */
import { Switch, TextInput } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconChevronLeft } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addRelation, type Def, NAME, nameFrom, objectNames, objectView, ownPath } from '../../../lib/definition.ts'
import type { Labels } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { useTitle } from '../../../views/title.ts'
import { useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { IconPicker } from './Names.tsx'
import { LabelsInput } from './parts.tsx'
import { PublishBar } from './Publish.tsx'

const MANAGER: Def = { read: 'all', create: true, edit: 'all', delete: 'all', export: 'all', import: true }
const ACCESS = {
  all: { everyone: { read: 'all', create: true, edit: 'own', delete: 'own' }, manager: MANAGER },
  own: { everyone: { read: 'own', create: true, edit: 'own', delete: 'own' }, manager: MANAGER },
  read: { everyone: { read: 'all' }, manager: MANAGER },
  managers: { manager: MANAGER },
} satisfies Record<string, Def>
type Who = keyof typeof ACCESS

interface Form {
  label: Labels
  plural: Labels
  name: string
  title: Labels
  icon: string
  links: readonly string[]
  who: Who
  notes: boolean
}

function definition(f: Form, linkLabel: (object: string) => Labels): Def {
  const fields: Def[] = [
    { name: 'name', type: 'text', label: f.title as Def, max: 200, required: true, search: 'name' },
    ...f.links.map((to): Def => ({ name: to, type: 'link', to, on_delete: 'clear', label: linkLabel(to) as Def })),
    ...(f.notes ? [{ name: 'notes', type: 'longtext', label: { 'zh-Hant': '備註', en: 'Notes' } } as Def] : []),
  ]
  const rest = [...f.links, 'owner']
  const rows: string[][] = [['name']]
  for (let i = 0; i < rest.length; i += 2) rows.push(rest.slice(i, i + 2))
  if (f.notes) rows.push(['notes'])
  return {
    object: f.name,
    label: f.label as Def,
    plural: f.plural as Def,
    doc: f.label.en || f.name,
    icon: f.icon,
    title: 'name',
    fields,
    pages: { list: ['name', ...f.links, 'owner', 'created_at'], phone: ['name', ...f.links, 'owner'], form: [{ label: { 'zh-Hant': '基本資料', en: 'Basics' }, fields: rows }] },
    access: ACCESS[f.who],
  }
}

export function NewObject() {
  const { t } = useTranslation()
  const label = useLabel()
  const navigate = useNavigate()
  const { files, before, drafts, put, reset } = useEditing()
  useTitle(t('admin.objects.new'))
  const [form, setForm] = useState<Form>({ label: {}, plural: {}, name: '', title: { 'zh-Hant': '名稱', en: 'Name' }, icon: 'folder', links: ['account'], who: 'all', notes: true })
  const [typed, setTyped] = useState(false)
  const all = objectNames(files)
  const there = all.filter((n) => n !== form.name || !(`custom/objects/${n}.json` in drafts))
  const wrong = form.name === '' ? '' : !NAME.test(form.name) ? t('admin.field.name_bad') : there.includes(form.name) ? t('admin.field.name_taken') : ''
  /* Links people often want, of what there is. */
  const offered = ['account', 'contact', 'opportunity'].filter((n) => there.includes(n))
  const view = (n: string) => objectView(files, n)
  const change = (next: Partial<Form>) => {
    const f = { ...form, ...next }
    setForm(f)
    reset()
    const ok = NAME.test(f.name) && !there.includes(f.name) && (f.label.en || f.label['zh-Hant'])
    if (!ok) return
    put(`custom/objects/${f.name}.json`, definition(f, (o) => view(o)?.label ?? {}), 'new')
    for (const to of f.links) {
      const relation: Def = { name: `own_${f.name}`.slice(0, 48), object: f.name, field: to, label: (Object.keys(f.plural).length ? f.plural : f.label) as Def }
      put(ownPath(before, to), addRelation(before, to, relation), 'new')
    }
  }
  const names = (next: Labels) => {
    const api = typed ? form.name : nameFrom(next.en ?? '')
    const plural = { ...form.plural }
    if (!form.plural['zh-Hant'] || form.plural['zh-Hant'] === form.label['zh-Hant']) plural['zh-Hant'] = next['zh-Hant']
    if (!form.plural.en || form.plural.en === `${form.label.en}s`) plural.en = next.en ? `${next.en}s` : ''
    change({ label: next, plural, name: api })
  }
  return (
    <div className={styles.page}>
      <div>
        <Link to="/admin/$" params={{ _splat: 'objects' }} className={styles.crumb}>
          <IconChevronLeft size={14} aria-hidden />
          {t('admin.objects.title')}
        </Link>
        <h1>{t('admin.objects.new')}</h1>
      </div>
      <p className={styles.lead}>{t('admin.new.lead')}</p>
      <section className={`card ${styles.box}`} aria-labelledby="new-1">
        <h2 id="new-1">{t('admin.new.names')}</h2>
        <LabelsInput label={t('admin.key.label')} value={form.label} required onChange={names} />
        <LabelsInput label={t('admin.key.plural')} value={form.plural} onChange={(plural) => change({ plural })} />
        <TextInput
          label={t('admin.field.api_name')}
          description={t('admin.field.api_name_help')}
          required
          classNames={{ input: styles.code }}
          value={form.name}
          error={wrong || undefined}
          onChange={(e) => {
            setTyped(true)
            change({ name: e.currentTarget.value })
          }}
        />
        <IconPicker value={form.icon} onChange={(icon) => change({ icon })} />
      </section>
      <section className={`card ${styles.box}`} aria-labelledby="new-2">
        <h2 id="new-2">{t('admin.new.fields')}</h2>
        <p className="dim small">{t('admin.new.fields_doc')}</p>
        <LabelsInput label={t('admin.new.title')} value={form.title} required onChange={(title) => change({ title })} />
        {offered.map((n) => (
          <Switch key={n} label={t('admin.new.link', { name: label(view(n)?.label, n) })} checked={form.links.includes(n)} onChange={(e) => change({ links: e.currentTarget.checked ? [...form.links, n] : form.links.filter((x) => x !== n) })} />
        ))}
        <Switch label={t('admin.new.notes')} checked={form.notes} onChange={(e) => change({ notes: e.currentTarget.checked })} />
      </section>
      <section className={`card ${styles.box}`}>
        <fieldset className={styles.fieldset}>
          <legend>
            <h2>{t('admin.new.who')}</h2>
          </legend>
          {(Object.keys(ACCESS) as Who[]).map((who) => (
            <label key={who} className={styles.radio}>
              <input type="radio" name="who" checked={form.who === who} onChange={() => change({ who })} />
              <span>
                <b>{t(`admin.new.who_${who}`)}</b>
                <span className="dim small">{t(`admin.new.who_${who}_doc`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </section>
      <PublishBar onDone={() => void navigate({ to: '/admin/$', params: { _splat: `objects/${form.name}` } })} />
    </div>
  )
}
