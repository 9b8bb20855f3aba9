import { IconTrash } from '@tabler/icons-react'
import { remove } from '../lib/api.ts'
import { mayDelete, titleOf } from '../lib/meta.ts'
import { forget } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { Action } from './action.ts'
import { restoreRecord } from './restore.ts'

/* No question first: it goes to the recycle bin, and the message offers the way back. */
const deleteRecord: Action = {
  name: 'delete',
  label: 'action.delete',
  icon: IconTrash,
  danger: true,
  when: ({ object, record, session }) => !record.deleted_at && mayDelete(object, record, session),
  run: async ({ object, record, navigate, t }) => {
    try {
      await remove(`/${object.name}/${record.id}`, record.version)
    } catch (error) {
      toast(error instanceof Error ? error.message || t('state.failed') : t('state.failed'), { kind: 'wrong' })
      return
    }
    toast(t('action.deleted', { name: titleOf(object, record) }), {
      undo: { label: t('undo'), run: () => void restoreRecord(object, record.id, t) },
    })
    await navigate({ to: '/o/$object', params: { object: object.name } })
    await forget(object.name, record.id)
  },
}
export default deleteRecord
