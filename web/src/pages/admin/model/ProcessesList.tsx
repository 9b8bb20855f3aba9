/* ProcessesList.tsx - every process, and the fields that hold its states. */
import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconChevronRight, IconPlus, IconRoute } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { type DefFile, labelsOf, objectNames, partList, processMoves, processStates, processViews } from '../../../lib/definition.ts'
import { useLabel } from '../../../lib/use.ts'
import { useEditing } from './drafts.tsx'
import styles from './model.module.css'
import { Origin } from './parts.tsx'
import { nameIn } from './words.ts'

export interface Use {
  object: string
  field: string
}

export function usesOf(files: readonly DefFile[], process: string): Use[] {
  return objectNames(files).flatMap((object) => partList(files, object, 'fields').filter((p) => p.def.process === process).map((p) => ({ object, field: p.name })))
}

export function ProcessesList() {
  const { t } = useTranslation()
  const label = useLabel()
  const navigate = useNavigate()
  const { files } = useEditing()
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('admin.processes.title')}</h1>
        <div className={styles.end}>
          <Button leftSection={<IconPlus size={16} />} onClick={() => void navigate({ to: '/admin/$', params: { _splat: 'processes/new' } })}>
            {t('admin.processes.new')}
          </Button>
        </div>
      </div>
      <p className={styles.lead}>{t('admin.processes.lead')}</p>
      <ul className={`plain card ${styles.rows}`}>
        {processViews(files).map((p) => {
          const uses = usesOf(files, p.name)
          return (
            <li key={p.name}>
              <Link to="/admin/$" params={{ _splat: `processes/${p.name}` }} className={styles.line}>
                <IconRoute size={20} stroke={1.7} aria-hidden />
                <span className={styles.main}>
                  <b>{label(labelsOf(p.def.label), p.name)}</b>
                  <span className="dim small">{uses.length ? uses.map((u) => `${nameIn(label, [files], u.object, 'object')} · ${nameIn(label, [files], u.object, 'field', u.field)}`).join(t('admin.and')) : t('admin.processes.unused')}</span>
                </span>
                <span className={styles.aside}>
                  <span className={`dim small num ${styles.hideSmall}`}>
                    {t('admin.processes.states_count', { count: processStates(p.def).length })} · {t('admin.processes.moves_count', { count: processMoves(p.def).length })}
                  </span>
                  <Origin pack={p.pack} changed={p.base !== null} />
                </span>
                <IconChevronRight size={16} aria-hidden />
              </Link>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
