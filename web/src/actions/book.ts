import { IconFolder } from '@tabler/icons-react'
import { withWords } from '../lib/i18n.ts'
import { mayDo } from '../lib/meta.ts'
import type { Action } from './action.ts'

/* Who may change a record may put it where others find it. */
const book: Action = {
  name: 'book',
  label: 'action.book',
  icon: IconFolder,
  when: ({ object, record }) => object.owned === true && mayDo(record, 'share'),
  run: async ({ open }) => open((await withWords('access', import('../views/access/BooksDialog.tsx'))).BooksDialog),
}
export default book
