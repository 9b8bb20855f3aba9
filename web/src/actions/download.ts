import { IconDownload } from '@tabler/icons-react'
import { address } from '../lib/api.ts'
import type { Action } from './action.ts'

/* The content of a file record; one that was made by hand has none. */
const download: Action = {
  name: 'download',
  label: 'action.download',
  icon: IconDownload,
  first: true,
  when: ({ object, record }) => object.name === 'file' && !record.deleted_at && typeof record.hash === 'string',
  run: ({ record }) => window.location.assign(address(`/file/${record.id}/content`)),
}
export default download
