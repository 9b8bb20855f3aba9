/* RoleChoice.tsx - which roles somebody has, each with what it is for. */
import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { rolesQuery } from '../../lib/people.ts'
import { useLabel } from '../../lib/use.ts'
import { Failed, Lines } from '../states.tsx'
import styles from './people.module.css'

export function RoleChoice({ value, onChange }: { value: readonly string[]; onChange: (roles: string[]) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const query = useQuery(rolesQuery)
  if (query.isPending) return <Lines count={3} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <Checkbox.Group value={[...value]} onChange={onChange} aria-label={t('people.roles')}>
      <div className={styles.choices}>
        {query.data
          .filter((r) => !r.everyone)
          .map((r) => (
            <Checkbox key={r.name} value={r.name} label={label(r.label, r.name)} description={label(r.doc)} />
          ))}
      </div>
    </Checkbox.Group>
  )
}
