/* PeopleFile.tsx - people from a file: what would change is looked at, then done. */
import { Alert, Button, Checkbox, Loader } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconFileImport } from '@tabler/icons-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { ACTIONS, type Action, type Choices, type Outcome, sendPeople } from '../../lib/provision.ts'
import { queryClient } from '../../lib/queries.ts'
import { useLabel, useObject } from '../../lib/use.ts'
import { useProblemText } from '../../views/states.tsx'
import people from '../../views/people/people.module.css'
import styles from './PeopleFile.module.css'

const HUES: Record<Action, string> = { create: 'green', update: 'blue', deactivate: 'orange', same: 'gray', failed: 'red' }

export function PeopleFile() {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [file, setFile] = useState<File | null>(null)
  const [choices, setChoices] = useState<Choices>({ leavers: false, partly: false })
  const look = useMutation({ mutationFn: (ask: { file: File; choices: Choices }) => sendPeople(ask.file, ask.choices) })
  const apply = useMutation({
    mutationFn: (ask: { file: File; choices: Choices; plan: string }) => sendPeople(ask.file, ask.choices, ask.plan),
    onSuccess: () => Promise.all(['people', 'roles', 'list', 'record'].map((key) => queryClient.invalidateQueries({ queryKey: [key] }))),
  })
  const ask = (next: File | null, how: Choices) => {
    setFile(next)
    setChoices(how)
    apply.reset()
    if (next) look.mutate({ file: next, choices: how })
    else look.reset()
  }
  const error = apply.error ?? look.error
  const plan = look.data
  const done = apply.data?.applied ? apply.data : null
  const changes = plan ? plan.create + plan.update + plan.deactivate : 0
  const blocked = plan !== undefined && plan.failed > 0 && !choices.partly
  return (
    <div className="stack">
      <h1>{t('provision.title')}</h1>
      {!file && <Choose onFile={(f) => ask(f, choices)} />}
      {file && !done && (
        <section className={`card ${people.section} stack`}>
          <p>
            <strong>{file.name}</strong>
          </p>
          <Checkbox checked={choices.leavers} onChange={(e) => ask(file, { ...choices, leavers: e.currentTarget.checked })} label={t('provision.leavers')} description={t('provision.leavers_help')} />
          {(choices.partly || (plan?.failed ?? 0) > 0) && <Checkbox checked={choices.partly} onChange={(e) => ask(file, { ...choices, partly: e.currentTarget.checked })} label={t('provision.partly')} />}
        </section>
      )}
      {error && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      {look.isPending && (
        <p role="status" className="row">
          <Loader size="sm" /> {t('provision.reading')}
        </p>
      )}
      {done && (
        <Alert color="green" variant="light" role="status">
          {t('provision.done', { create: done.create, update: done.update, deactivate: done.deactivate })}
        </Alert>
      )}
      {plan && file && !look.isPending && <Plan plan={done ?? plan} />}
      {file && (
        <div className="row">
          {!done && plan && changes > 0 && (
            <Button loading={apply.isPending} disabled={blocked || look.isPending} onClick={() => apply.mutate({ file, choices, plan: plan.plan })}>
              {t('provision.apply')}
            </Button>
          )}
          <Button variant="default" onClick={() => ask(null, { leavers: false, partly: false })}>
            {t('provision.another')}
          </Button>
          <Button variant="subtle" renderRoot={(p) => <Link to="/admin/$" params={{ _splat: 'users' }} {...p} />}>
            {t('provision.back')}
          </Button>
        </div>
      )}
      {blocked && changes > 0 && !done && <p className="dim small">{t('provision.blocked')}</p>}
    </div>
  )
}

function Choose({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null) => files?.[0] && onFile(files[0])
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    take(e.dataTransfer.files)
  }
  return (
    <section className={`card ${people.section} stack`}>
      <p>{t('provision.help')}</p>
      <div
        className={styles.drop}
        data-over={over || undefined}
        onDragOver={(e) => {
          e.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconFileImport size={36} stroke={1.4} aria-hidden />
        <p>{t('provision.drop')}</p>
        <Button onClick={() => input.current?.click()}>{t('provision.choose')}</Button>
        <input ref={input} type="file" hidden accept=".csv,.tsv,.txt,.xlsx" aria-label={t('provision.choose')} onChange={(e) => take(e.currentTarget.files)} />
      </div>
    </section>
  )
}

function Plan({ plan }: { plan: Outcome }) {
  const { t } = useTranslation()
  const lang = useLang()
  const unused = plan.columns.filter((c) => c.field === null).map((c) => c.name)
  return (
    <section className={`card ${people.section} stack`} aria-live="polite">
      <ul className={`plain ${styles.counts}`}>
        {ACTIONS.filter((a) => plan[a] > 0).map((a) => (
          <li key={a}>
            <Chip text={`${formatNumber(plan[a], lang)} ${t(`provision.${a}`)}`} hue={HUES[a]} />
          </li>
        ))}
      </ul>
      {unused.length > 0 && <p className="dim small">{t('provision.ignored', { names: unused.join('、') })}</p>}
      {plan.rows.length === 0 && <p>{t('provision.nothing')}</p>}
      {plan.rows.length > 0 && (
        <ul className={`plain ${people.rows}`}>
          {plan.rows.map((r, i) => (
            <Row key={i} row={r} />
          ))}
        </ul>
      )}
      {plan.more > 0 && <p className="dim">{t('provision.more', { text: formatNumber(plan.more, lang) })}</p>}
    </section>
  )
}

function Row({ row }: { row: Outcome['rows'][number] }) {
  const { t } = useTranslation()
  const label = useLabel()
  const user = useObject('user')
  const named = (field: string) => (field === 'roles' ? t('people.roles') : label(user?.fields.find((f) => f.name === field)?.label, field))
  return (
    <li className={styles.row}>
      <span className={styles.who}>
        <span>{row.name || row.login || '–'}</span>
        <span className="dim small">{[row.name ? row.login : '', row.row ? t('provision.row', { row: row.row }) : t('provision.not_in_file')].filter(Boolean).join(' · ')}</span>
      </span>
      <span className={styles.what}>
        {row.reason && <span style={{ color: 'var(--gx-danger)' }}>{row.reason}</span>}
        {row.becomes_admin && <Chip text={t('provision.becomes_admin')} hue="violet" />}
        {row.changes.map((c) => (
          <span key={c.field} className="small">
            <span className="dim">{named(c.field)}</span> {c.from && <del>{c.from}</del>} {c.to || <em className="dim">{t('provision.empty')}</em>}
          </span>
        ))}
      </span>
      <Chip text={t(`provision.${row.action}`)} hue={HUES[row.action]} />
    </li>
  )
}
