import { IconPencil } from '@tabler/icons-react'
import { mayDo } from '../lib/meta.ts'
import type { Action } from './action.ts'

const edit: Action = {
  name: 'edit',
  label: 'action.edit',
  icon: IconPencil,
  keys: 'e',
  first: true,
  when: ({ record }) => !record.deleted_at && mayDo(record, 'edit'),
  run: ({ object, record, navigate }) => navigate({ to: '/o/$object/$id/edit', params: { object: object.name, id: record.id } }),
}
export default edit
