import { IconPlaneDeparture } from '@tabler/icons-react'
import { relocationsQuery } from '../lib/books.ts'
import { withWords } from '../lib/i18n.ts'
import { queryClient } from '../lib/queries.ts'
import type { Action } from './action.ts'

/* Where moves between markets are defined; the record page has asked. */
const relocate: Action = {
  name: 'relocate',
  label: 'action.relocate',
  icon: IconPlaneDeparture,
  when: ({ object, record }) => object.name === 'account' && !record.deleted_at && (queryClient.getQueryData(relocationsQuery.queryKey)?.length ?? 0) > 0,
  run: async ({ open }) => open((await withWords('access', import('../views/access/RelocateDialog.tsx'))).RelocateRecord),
}
export default relocate
