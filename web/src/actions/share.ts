import { IconUsers } from '@tabler/icons-react'
import { withWords } from '../lib/i18n.ts'
import { mayEdit } from '../lib/meta.ts'
import type { Action } from './action.ts'

/* Who may change a record may open it to others. */
const share: Action = {
  name: 'share',
  label: 'action.share',
  icon: IconUsers,
  when: ({ object, record, session }) => !record.deleted_at && mayEdit(object, record, session),
  run: async ({ open }) => open((await withWords('access', import('../views/access/ShareDialog.tsx'))).ShareDialog),
}
export default share
