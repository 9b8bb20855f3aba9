import { IconUsers } from '@tabler/icons-react'
import { withWords } from '../lib/i18n.ts'
import { mayDo } from '../lib/meta.ts'
import type { Action } from './action.ts'

/* Who may change a record may open it to others. */
const share: Action = {
  name: 'share',
  label: 'action.share',
  icon: IconUsers,
  when: ({ record }) => !record.deleted_at && mayDo(record, 'share'),
  run: async ({ open }) => open((await withWords('access', import('../views/access/ShareDialog.tsx'))).ShareDialog),
}
export default share
