/* ObjectsList.tsx - every kind of record: whose it is, how much it has, and the way to a new one. */
import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconChevronRight, IconPlus, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { objectNames, type ObjectView, objectView, partList } from '../../../lib/definition.ts'
import { useLabel } from '../../../lib/use.ts'
import { ObjectIcon } from '../../../views/Icon.tsx'
import { Empty } from '../../../views/states.tsx'
import { useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { Origin } from './parts.tsx'

export function ObjectsList() {
  const { t } = useTranslation()
  const label = useLabel()
  const { files } = useEditing()
  const [typed, setTyped] = useState('')
  const [which, setWhich] = useState('all')
  const wanted = typed.trim().toLowerCase()
  const views = objectNames(files).map((n) => objectView(files, n)).filter((v): v is ObjectView => v !== null)
  const shown = views.filter(
    (v) =>
      (which === 'all' || (which === 'own') === (v.pack === '')) &&
      [v.name, ...Object.values(v.label)].some((text) => text?.toLowerCase().includes(wanted)),
  )
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('admin.objects.title')}</h1>
        <div className={styles.end}>
          <Button renderRoot={(props) => <Link to="/admin/$" params={{ _splat: 'objects/new' }} {...props} />} leftSection={<IconPlus size={16} />}>
            {t('admin.objects.new')}
          </Button>
        </div>
      </div>
      <p className={styles.lead}>{t('admin.objects.lead')}</p>
      <div className={styles.tools}>
        <TextInput className={styles.find} aria-label={t('admin.find')} placeholder={t('admin.find')} leftSection={<IconSearch size={16} aria-hidden />} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />
        <SegmentedControl aria-label={t('admin.objects.whose')} value={which} onChange={setWhich} data={[{ value: 'all', label: t('admin.objects.all') }, { value: 'pack', label: t('admin.objects.packs') }, { value: 'own', label: t('admin.own') }]} />
      </div>
      {shown.length === 0 ? (
        <Empty title={which === 'own' && !wanted ? t('admin.objects.none_own') : t('nothing_found')} />
      ) : (
        <ul className={`plain card ${styles.rows}`}>
          {shown.map((v) => (
            <li key={v.name}>
              <Link to="/admin/$" params={{ _splat: `objects/${v.name}` }} className={styles.line}>
                <ObjectIcon name={v.icon} size={20} />
                <span className={styles.main}>
                  <b>{label(v.label, v.name)}</b>
                  <span className="mono dim">{v.name}</span>
                </span>
                <span className={styles.aside}>
                  <span className={`dim small num ${styles.hideSmall}`}>{t('admin.objects.fields', { count: partList(files, v.name, 'fields').length })}</span>
                  <Origin pack={v.pack} changed={v.pack !== '' && v.changed} />
                </span>
                <IconChevronRight size={16} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
