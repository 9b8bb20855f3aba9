import { IconShieldSearch } from '@tabler/icons-react'
import { titleOf } from '../lib/meta.ts'
import type { Action } from './action.ts'

const audit: Action = {
  name: 'audit',
  label: 'action.audit',
  icon: IconShieldSearch,
  when: ({ session }) => session?.audit === true,
  run: ({ object, record, navigate }) =>
    navigate({ to: '/admin/$', params: { _splat: 'audit' }, search: { what: object.name, record: record.id, record_name: titleOf(object, record) } }),
}
export default audit
