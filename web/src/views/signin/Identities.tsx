/* Identities.tsx - accounts elsewhere by which one signs in here: linked, and taken off again. */
import { Alert, Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconLink, IconLogin2 } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../lib/api.ts'
import { formatAgo, formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { buttonsQuery, identitiesQuery, type Identity, leaveFor } from '../../lib/providers.ts'
import { queryClient } from '../../lib/queries.ts'
import { useOffset } from '../../lib/use.ts'
import { Confirm } from '../people/Confirm.tsx'
import styles from '../people/people.module.css'
import { useProblemText } from '../states.tsx'

/* `mine`: one links only oneself. */
export function Identities({ user, mine }: { user: string; mine?: boolean }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const rows = useQuery(identitiesQuery(user))
  const buttons = useQuery(buttonsQuery)
  const link = useMutation({ mutationFn: (id: string) => leaveFor(id, { purpose: 'link' }) })
  const offered = mine ? (buttons.data ?? []) : []
  if (!rows.data || (rows.data.length === 0 && offered.length === 0)) return null
  return (
    <section className={`card ${styles.section}`} aria-labelledby="identities">
      <h2 id="identities">{t('signin.identities')}</h2>
      <p className="dim small">{t('signin.identities_help')}</p>
      {link.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(link.error)}
        </Alert>
      )}
      {rows.data.length > 0 && (
        <ul className={`plain ${styles.rows}`}>
          {rows.data.map((row) => (
            <Line key={row.id} user={user} row={row} />
          ))}
        </ul>
      )}
      {offered.length > 0 && (
        <div className={styles.foot}>
          {offered.map((p) => (
            <Button key={p.id} size="xs" variant="default" leftSection={<IconLink size={15} />} loading={link.isPending && link.variables === p.id} onClick={() => link.mutate(p.id)}>
              {t('signin.identity_link', { name: p.name })}
            </Button>
          ))}
        </div>
      )}
    </section>
  )
}

function Line({ user, row }: { user: string; row: Identity }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const [removing, setRemoving] = useState(false)
  const when = row.used_at ? t('signin.identity_used', { when: formatAgo(row.used_at, lang) }) : t('signin.since', { when: formatMoment(row.made_at, lang, offset) })
  return (
    <li className={styles.line}>
      <IconLogin2 size={20} stroke={1.6} aria-hidden />
      <span className={styles.who}>
        <span>{row.provider}</span>
        <span className="dim small">{[row.name, when].filter(Boolean).join(' · ')}</span>
      </span>
      <Button size="xs" variant="default" onClick={() => setRemoving(true)}>
        {t('signin.identity_unlink')}
      </Button>
      {removing && (
        <Confirm
          title={t('signin.identity_unlink_ask', { name: row.provider })}
          go={t('signin.identity_unlink')}
          danger
          run={async () => {
            await call('DELETE', `/user/${user}/identities/${row.id}`)
            await queryClient.invalidateQueries({ queryKey: ['people'] })
          }}
          onClose={() => setRemoving(false)}
        >
          <p>{t('signin.identity_unlink_help')}</p>
        </Confirm>
      )}
    </li>
  )
}
