import { IconEyeQuestion } from '@tabler/icons-react'
import { withWords } from '../lib/i18n.ts'
import type { Action } from './action.ts'

/* For everybody, also for records in the bin. */
const why: Action = {
  name: 'why',
  label: 'action.why',
  icon: IconEyeQuestion,
  when: () => true,
  run: async ({ open }) => open((await withWords('people', import('../views/people/WhyDialog.tsx'))).WhyDialog),
}
export default why
