import { IconTrash } from '@tabler/icons-react'
import { mayDo, titleOf } from '../lib/meta.ts'
import { discard, me, newKey, queueOf, sendOrKeep } from '../lib/offline/queue.ts'
import { forget } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { Action } from './action.ts'
import { restoreRecord } from './restore.ts'

/* Unless it may have been sent already. */
async function takeBack(key: string) {
  const waiting = (await queueOf(me())).find((w) => w.key === key && w.tried === 0)
  if (waiting) await discard(waiting)
}

/* No question first: it goes to the recycle bin, and the message offers the way back. */
const deleteRecord: Action = {
  name: 'delete',
  label: 'action.delete',
  icon: IconTrash,
  danger: true,
  when: ({ record }) => !record.deleted_at && mayDo(record, 'delete'),
  run: async ({ object, record, navigate, t }) => {
    const key = newKey()
    const title = titleOf(object, record)
    let done: unknown
    try {
      const { id, version } = record
      done = await sendOrKeep({ method: 'DELETE', path: `/${object.name}/${id}`, body: null, version, kind: 'delete', object: object.name, id, title, look: {}, base: record, key })
    } catch (error) {
      toast(error instanceof Error ? error.message || t('state.failed') : t('state.failed'), { kind: 'wrong' })
      return
    }
    if (done) toast(t('action.deleted', { name: title }), { undo: { label: t('undo'), run: () => void restoreRecord(object, record.id, t) } })
    else toast(t('timeline.stored'), { undo: { label: t('undo'), run: () => void takeBack(key) } })
    await navigate({ to: '/o/$object', params: { object: object.name } })
    await forget(object.name, record.id)
  },
}
export default deleteRecord
