/* Successor.tsx - one of the people who work here, found by name. */
import { useState } from 'react'
import { LinkPicker } from '../../fields/picker.tsx'
import type { Link } from '../../lib/types.ts'
import { useTranslation } from 'react-i18next'

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
  const [chosen, setChosen] = useState<Link | null>(null)
  const shown = chosen && chosen.id === value ? chosen : null
  return (
    <LinkPicker
      object="user"
      {...(hidden ? { 'aria-label': label } : { label })}
      aria-required={required === true}
      placeholder={t(required ? 'signin.leaving_choose' : 'signin.leaving_same')}
      value={shown}
      onChange={(link) => {
        if (link?.id === not) return
        setChosen(link)
        onChange(link?.id ?? '')
      }}
    />
  )
}
