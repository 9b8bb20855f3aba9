import { IconCloudUp } from '@tabler/icons-react'
import type { AppAction } from './action.ts'

const offline: AppAction = {
  name: 'offline',
  label: 'live.page',
  icon: IconCloudUp,
  run: ({ navigate }) => navigate({ to: '/offline' }),
}
export default offline
