import { IconArrowsExchange } from '@tabler/icons-react'
import { mayDo } from '../lib/meta.ts'
import { ConvertDialog } from '../views/ConvertDialog.tsx'
import type { Action } from './action.ts'

const convert: Action = {
  name: 'convert',
  label: 'action.convert',
  icon: IconArrowsExchange,
  keys: 'c',
  first: true,
  when: ({ object, record }) =>
    object.converts === true && !record.converted_at && !record.deleted_at && mayDo(record, 'edit'),
  run: ({ open }) => open(ConvertDialog),
}
export default convert
