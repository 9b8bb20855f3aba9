/* NewProcess.tsx - a process of one's own begins with a name and three states. */
import { TextInput } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconChevronLeft } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Def, NAME, nameFrom, processViews } from '../../../lib/definition.ts'
import type { Labels } from '../../../lib/types.ts'
import { useTitle } from '../../../views/title.ts'
import { useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { LabelsInput } from './parts.tsx'
import { PublishBar } from './Publish.tsx'

function definition(name: string, label: Labels): Def {
  return {
    process: name,
    label: label as Def,
    states: [
      { code: 'new', label: { 'zh-Hant': '新建', en: 'New' }, kind: 'open', color: 'gray' },
      { code: 'working', label: { 'zh-Hant': '處理中', en: 'In progress' }, kind: 'open', color: 'blue' },
      { code: 'done', label: { 'zh-Hant': '完成', en: 'Done' }, kind: 'done', color: 'green' },
    ],
    moves: [
      { from: ['new'], to: 'working', label: { 'zh-Hant': '開始處理', en: 'Start' } },
      { from: ['new', 'working'], to: 'done', label: { 'zh-Hant': '完成', en: 'Finish' } },
      { from: ['done'], to: 'working', label: { 'zh-Hant': '重新開啟', en: 'Reopen' } },
    ],
    start: 'new',
  }
}

export function NewProcess() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { before, put, reset } = useEditing()
  useTitle(t('admin.processes.new'))
  const [label, setLabel] = useState<Labels>({})
  const [typed, setTyped] = useState<string | null>(null)
  const name = typed ?? nameFrom(label.en ?? '')
  const taken = (n: string) => n === 'new' || processViews(before).some((p) => p.name === n)
  const wrong = name === '' ? '' : !NAME.test(name) ? t('admin.field.name_bad') : taken(name) ? t('admin.field.name_taken') : ''
  const change = (next: Labels, api: string) => {
    reset()
    if (NAME.test(api) && !taken(api)) put(`custom/processes/${api}.json`, definition(api, next), 'new')
  }
  return (
    <div className={styles.page}>
      <div>
        <Link to="/admin/$" params={{ _splat: 'processes' }} className={styles.crumb}>
          <IconChevronLeft size={14} aria-hidden />
          {t('admin.processes.title')}
        </Link>
        <h1>{t('admin.processes.new')}</h1>
      </div>
      <section className={`card ${styles.box}`}>
        <LabelsInput
          label={t('admin.key.label')}
          value={label}
          required
          onChange={(v) => {
            setLabel(v)
            change(v, typed ?? nameFrom(v.en ?? ''))
          }}
        />
        <TextInput
          label={t('admin.field.api_name')}
          description={t('admin.field.api_name_help')}
          required
          classNames={{ input: styles.code }}
          value={name}
          error={wrong || undefined}
          onChange={(e) => {
            setTyped(e.currentTarget.value)
            change(label, e.currentTarget.value)
          }}
        />
      </section>
      <PublishBar onDone={() => void navigate({ to: '/admin/$', params: { _splat: `processes/${name}` } })} />
    </div>
  )
}
