/* restore.ts - bring a record back from the recycle bin. */
import type { TFunction } from 'i18next'
import { post } from '../lib/api.ts'
import { forget } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { ObjectMeta } from '../lib/types.ts'

export async function restoreRecord(object: ObjectMeta, id: string, t: TFunction) {
  try {
    await post(`/${object.name}/${id}/restore`)
    toast(t('bin.restored'))
  } catch {
    toast(t('state.failed'), { kind: 'wrong' })
  }
  await forget(object.name, id)
}
