/* Successor.tsx - one of the people who work here, by name. */
import { NativeSelect } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { plain } from '../../lib/meta.ts'
import { peopleQuery } from '../../lib/people.ts'

export interface SuccessorProps {
  label: string
  /* The label is read out alone: what it is for stands beside it. */
  hidden?: boolean
  required?: boolean
  /* Who cannot be chosen. */
  not: string
  value: string
  onChange: (id: string) => void
}

export function Successor({ label, hidden, required, not, value, onChange }: SuccessorProps) {
  const { t } = useTranslation()
  const people = useInfiniteQuery(peopleQuery({ state: 'active' }))
  const rows = people.data?.pages.flatMap((page) => page.rows) ?? []
  const data = rows.filter((p) => p.user.id !== not).map((p) => ({ value: p.user.id, label: `${plain(p.user.display_name)}（${plain(p.user.login)}）` }))
  return (
    <NativeSelect
      {...(hidden ? { 'aria-label': label } : { label })}
      required={required === true}
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
      data={[{ value: '', label: t(required ? 'signin.leaving_choose' : 'signin.leaving_same') }, ...data]}
    />
  )
}
