import { IconUserShield } from '@tabler/icons-react'
import { withWords } from '../lib/i18n.ts'
import { may } from '../lib/meta.ts'
import type { Action } from './action.ts'

const PEOPLE = ['contact', 'lead', 'account']

/* Of people: all that is held on them, and erasing it. */
const privacy: Action = {
  name: 'privacy',
  label: 'action.privacy',
  icon: IconUserShield,
  when: ({ object, record, session }) =>
    PEOPLE.includes(object.name) && (object.name !== 'account' || record.kind === 'person') && !record.deleted_at && (session?.admin === true || may(object, 'export')),
  run: async ({ open }) => open((await withWords('privacy', import('../views/privacy/PrivacyDialog.tsx'))).PrivacyDialog),
}
export default privacy
