import { Link as RouterLink } from '@tanstack/react-router'
import { Fragment } from 'react'
import type { Link } from '../../lib/types.ts'
import { Chip } from '../parts.tsx'
import styles from '../parts.module.css'
import { later } from '../lazy.tsx'
import { LinkPicker } from '../picker.tsx'
import type { CellProps, FieldType, OperandProps } from '../type.ts'

const asLinks = (value: unknown): Link[] => (Array.isArray(value) ? (value as Link[]) : [])

function Cell({ field, value, page }: CellProps) {
  return (
    <span className={styles.chips}>
      {asLinks(value).map((link) => (
        <Fragment key={link.id}>
          {page && field.to ? (
            <RouterLink to="/o/$object/$id" params={{ object: field.to, id: link.id }}>
              {link.title}
            </RouterLink>
          ) : (
            <Chip text={link.title} />
          )}
        </Fragment>
      ))}
    </span>
  )
}

function Operand({ field, value, onChange, label }: OperandProps) {
  return (
    <LinkPicker
      size="xs"
      aria-label={label}
      object={field.to ?? ''}
      value={value ? { id: value, title: value } : null}
      onChange={(link) => onChange(link?.id ?? '')}
    />
  )
}

const links: FieldType = {
  name: 'links',
  inCell: false,
  kind: 'link',
  ops: ['has', 'empty', 'not_empty'],
  width: 180,
  Cell,
  Input: later(() => import('./Input.tsx')),
  Operand,
  toWire: (value) => asLinks(value).map((l) => l.id),
}
export default links
