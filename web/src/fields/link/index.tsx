import { useQuery } from '@tanstack/react-query'
import { findObject, titleOf } from '../../lib/meta.ts'
import { recordQuery } from '../../lib/queries.ts'
import type { Link } from '../../lib/types.ts'
import { useMeta } from '../../lib/use.ts'
import { RecordLink } from '../parts.tsx'
import { LinkPicker } from '../picker.tsx'
import { type CellProps, type FieldType, type InputProps, type OperandProps, wrapper } from '../type.ts'

export function asLink(value: unknown): Link | null {
  if (typeof value === 'object' && value !== null && 'id' in value) return value as Link
  return typeof value === 'string' && value !== '' ? { id: value, title: '' } : null
}

function Cell({ field, value }: CellProps) {
  const link = asLink(value)
  if (!link) return null
  if (!field.to) return <>{link.title}</>
  return (
    <RecordLink object={field.to} id={link.id}>
      {link.title || <Title object={field.to} id={link.id} />}
    </RecordLink>
  )
}

/* History and imports know only the id. */
function Title({ object, id }: { object: string; id: string }) {
  return <>{useTitle(object, id) || `#${id}`}</>
}

function useTitle(name: string, id: string): string {
  const object = findObject(useMeta(), name)
  const { data } = useQuery({ ...recordQuery(name, id), enabled: id !== '' && object !== null, staleTime: 60_000 })
  return data && object ? titleOf(object, data) : ''
}

function Input(props: InputProps) {
  return <LinkPicker {...wrapper(props)} object={props.field.to ?? ''} value={asLink(props.value)} onChange={props.onChange} />
}

/* A condition knows only the id; its title is fetched to be shown. */
function Operand({ field, value, onChange, label }: OperandProps) {
  const title = useTitle(field.to ?? '', value)
  return (
    <LinkPicker
      size="xs"
      aria-label={label}
      object={field.to ?? ''}
      value={value ? { id: value, title } : null}
      onChange={(link) => onChange(link?.id ?? '')}
    />
  )
}

const link: FieldType = {
  name: 'link',
  kind: 'link',
  ops: ['eq', 'ne', 'me', 'empty', 'not_empty'],
  width: 180,
  Cell,
  Input,
  Operand,
  toWire: (value) => asLink(value)?.id ?? null,
}
export default link
