/*
 * Checklist.tsx - the first things to do, ticked by what is really there.  Which they are, a page of the
 * packs says; the program adds importing and the phone.
 */
import { ActionIcon, Button } from '@mantine/core'
import { useId } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconCircleCheckFilled, IconCircleDashed, IconChevronDown, IconX } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { STEPS, type Steps } from '../../lib/first.ts'
import { findObject, may } from '../../lib/meta.ts'
import { type Part, pageQuery, type Tile, tileQuery } from '../../lib/page.ts'
import { savePreference } from '../../lib/preferences.ts'
import { importsQuery } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useLabel, useMeta, useSession } from '../../lib/use.ts'
import { useProblemText } from '../states.tsx'
import styles from './first.module.css'

const PAGE = 'first_steps'
const HELPED = ['account', 'activity', 'opportunity', 'user', 'list_view'] as const
type Helped = (typeof HELPED)[number]
const isHelped = (name: string): name is Helped => (HELPED as readonly string[]).includes(name)

interface Step {
  name: string
  title: string
  help: string
  done: boolean
  to?: ReactNode
}

interface ChecklistProps {
  value: Steps
  always: boolean
  onSettled: (() => void) | undefined
}

export function Checklist(props: ChecklistProps) {
  const page = useQuery(pageQuery(PAGE))
  const tile = page.data?.tiles[0]
  const none = (page.data && !tile) || page.isError
  const { onSettled } = props
  useEffect(() => {
    if (none) onSettled?.()
  }, [none, onSettled])
  return tile ? <List tile={tile} {...props} /> : null
}

function useSteps(tile: Tile, value: Steps, save: (next: Steps) => void): Step[] | null {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const session = useSession()
  const answers = useQuery(tileQuery(PAGE, tile))
  const mayImport = meta.objects.some((o) => may(o, 'import'))
  const imports = useQuery({ ...importsQuery, enabled: mayImport })
  if (!answers.data || (mayImport && !imports.data && !imports.isError)) return null
  const title = (part: Part) => label(part.label, part.name)
  const done = (part: Part) => (answers.data.parts.find((a) => a.name === part.name)?.rows.length ?? 0) > 0
  const steps: Step[] = tile.parts
    .filter((part) => {
      const object = findObject(meta, part.object)
      return object && may(object, 'create')
    })
    .map((part) => ({
      name: part.name,
      title: title(part),
      help: isHelped(part.object) ? t(`first.help_${part.object}`) : '',
      done: done(part),
      to: part.object === 'list_view' ? (
        <Link to="/o/$object" params={{ object: tile.parts[0]?.object ?? 'account' }} search={{}}>{title(part)}</Link>
      ) : part.object === 'user' && session?.admin ? (
        <Link to="/admin/$" params={{ _splat: 'users/new' }} search={{}}>{title(part)}</Link>
      ) : (
        <Link to="/o/$object/new" params={{ object: part.object }} search={{}}>{title(part)}</Link>
      ),
    }))
  if (mayImport)
    steps.splice(1, 0, {
      name: 'import', title: t('first.step_import'), help: t('first.step_import_help'), done: (imports.data?.rows.length ?? 0) > 0,
      to: <Link to="/import" search={{}}>{t('first.step_import')}</Link>,
    })
  steps.push({
    name: 'phone', title: t('first.step_phone'), help: t('first.step_phone_help'), done: value.phone === true,
    to: (
      <>
        {t('first.step_phone')}{' '}
        <Button size="compact-xs" variant="default" onClick={() => save({ ...value, phone: true })}>
          {t('first.step_phone_done')}
        </Button>
      </>
    ),
  })
  return steps
}

function List({ tile, value, always, onSettled }: ChecklistProps & { tile: Tile }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const save = (next: Steps) => void savePreference(STEPS, next).catch((error: unknown) => toast(problemText(error), { kind: 'wrong' }))
  const steps = useSteps(tile, value, save)
  const id = useId()
  /* Where there is little room, the day comes first. */
  const [open, setOpen] = useState(always || window.matchMedia('(min-width: 48em)').matches)
  const known = steps !== null
  useEffect(() => {
    if (known) onSettled?.()
  }, [known, onSettled])
  if (!steps) return null
  const done = steps.filter((s) => s.done).length
  const dismiss = () => {
    save({ ...value, dismissed: true })
    toast(t('first.dismissed'), { undo: { label: t('undo'), run: () => save({ ...value, dismissed: false }) } })
  }
  return (
    <section className={`card ${styles.list}`} aria-labelledby="first-steps">
      <header className={styles.head}>
        <h2 id="first-steps">{t('first.title')}</h2>
        <span className="dim small">{done === steps.length ? t('first.all_done') : t('first.progress', { done, all: steps.length })}</span>
        <span className={styles.gap} />
        <ActionIcon variant="subtle" color="gray" aria-label={t('first.unfold')} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          <IconChevronDown size={18} className={styles.chevron} data-open={open || undefined} />
        </ActionIcon>
        {value.dismissed && always ? (
          <Button size="xs" variant="default" onClick={() => save({ ...value, dismissed: false })}>
            {t('first.again')}
          </Button>
        ) : (
          <ActionIcon variant="subtle" color="gray" aria-label={t('first.dismiss')} title={t('first.dismiss')} onClick={dismiss}>
            <IconX size={18} />
          </ActionIcon>
        )}
      </header>
      <ol className={`plain ${styles.steps}`} id={id} hidden={!open}>
        {steps.map((step) => (
          <li key={step.name} className={styles.step} data-step={step.name} data-done={step.done || undefined}>
            {step.done ? <IconCircleCheckFilled size={22} className={styles.ok} aria-label={t('first.is_done')} /> : <IconCircleDashed size={22} className="dim" aria-label={t('first.is_open')} />}
            <div>
              <div className={styles.name}>{step.done ? step.title : step.to}</div>
              <div className="dim small">{step.help}</div>
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
