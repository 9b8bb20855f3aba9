import { IconLink } from '@tabler/icons-react'
import { toast } from '../lib/toast.ts'
import type { Action } from './action.ts'

const copyLink: Action = {
  name: 'copy_link',
  label: 'action.copy_link',
  icon: IconLink,
  when: () => navigator.clipboard !== undefined,
  run: async ({ t }) => {
    await navigator.clipboard.writeText(window.location.href)
    toast(t('action.copied'))
  },
}
export default copyLink
