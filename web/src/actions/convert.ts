import { IconArrowsExchange } from '@tabler/icons-react'
import { mayEdit } from '../lib/meta.ts'
import { ConvertDialog } from '../views/ConvertDialog.tsx'
import type { Action } from './action.ts'

/* Leads become something else; no other object does. */
const convert: Action = {
  name: 'convert',
  label: 'action.convert',
  icon: IconArrowsExchange,
  keys: 'c',
  first: true,
  when: ({ object, record, session }) =>
    object.name === 'lead' && record.status !== 'converted' && !record.deleted_at && mayEdit(object, record, session),
  run: ({ open }) => open(ConvertDialog),
}
export default convert
