/* ExportLog.tsx - the log as a file: of which time, objects and people; sealed, or as a table. */
import { Alert, Button, CloseButton, Modal, MultiSelect, Radio, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../../fields/picker.tsx'
import { download } from '../../lib/api.ts'
import type { Link } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { useProblemText } from '../states.tsx'
import styles from './checks.module.css'

export interface ExportStart {
  from: string
  to: string
  what: string[]
  people: Link[]
  /* Further narrowing that the page has and this dialog leaves as it is. */
  rest: Record<string, string>
}

const DAY = /^\d{4}-\d\d-\d\d$/
const day = (text: string) => (DAY.test(text) ? text : '')

export function ExportLog({ start, others, onClose }: { start: ExportStart; others: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const problemText = useProblemText()
  const [from, setFrom] = useState(day(start.from))
  const [to, setTo] = useState(day(start.to))
  const [what, setWhat] = useState(start.what)
  const [people, setPeople] = useState(start.people)
  const [format, setFormat] = useState('ndjson')
  const take = useMutation({
    mutationFn: () => download('/admin/audit/file', { ...start.rest, from, to, what: what.join(','), by: people.map((p) => p.id).join(','), format }),
    onSuccess: onClose,
  })
  return (
    <Modal opened onClose={onClose} title={t('audit.export.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          take.mutate()
        }}
      >
        <div className={styles.dates}>
          <TextInput type="date" label={t('audit.export.from')} value={from} onChange={(e) => setFrom(e.currentTarget.value)} data-autofocus />
          <TextInput type="date" label={t('audit.export.to')} value={to} onChange={(e) => setTo(e.currentTarget.value)} />
        </div>
        <MultiSelect
          label={t('audit.export.what')}
          placeholder={what.length ? '' : t('audit.export.what_all')}
          value={what}
          onChange={setWhat}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('clear') }}
          data={[
            { group: t('people.records'), items: meta.objects.map((o) => ({ value: o.name, label: label(o.plural, o.name) })) },
            { group: t('people.system_events'), items: others.map((o) => ({ value: o, label: t(`people.what_${o as 'access'}`) })) },
          ]}
        />
        <LinkPicker
          object="user"
          label={t('audit.export.people')}
          placeholder={people.length ? t('audit.export.add_person') : t('audit.export.people_all')}
          value={null}
          onChange={(user) => user && setPeople([...people.filter((p) => p.id !== user.id), user])}
        />
        {people.length > 0 && (
          <ul className={`plain ${styles.people}`}>
            {people.map((p) => (
              <li key={p.id} className={styles.person}>
                {p.title}
                <CloseButton size="sm" aria-label={t('audit.export.remove', { name: p.title })} onClick={() => setPeople(people.filter((o) => o.id !== p.id))} />
              </li>
            ))}
          </ul>
        )}
        <Radio.Group label={t('audit.export.format')} value={format} onChange={setFormat}>
          <div className="stack">
            {(['ndjson', 'csv'] as const).map((f) => (
              <Radio key={f} value={f} label={t(`audit.export.${f}`)} description={t(`audit.export.${f}_help`)} />
            ))}
          </div>
        </Radio.Group>
        <p className="dim small">{t('audit.export.logged')}</p>
        {take.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(take.error)}
          </Alert>
        )}
        <div className="row">
          <Button type="submit" leftSection={<IconDownload size={16} />} loading={take.isPending}>
            {t('audit.export.go')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
