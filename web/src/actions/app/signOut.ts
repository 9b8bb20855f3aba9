import { IconLogout } from '@tabler/icons-react'
import { call } from '../../lib/api.ts'
import { queryClient, sessionQuery } from '../../lib/queries.ts'
import { forgetAll } from '../../lib/storage.ts'
import type { AppAction } from './action.ts'

const signOut: AppAction = {
  name: 'sign_out',
  label: 'shell.sign_out',
  icon: IconLogout,
  run: async ({ navigate }) => {
    await call('DELETE', '/session').catch(() => null)
    forgetAll()
    queryClient.setQueryData(sessionQuery.queryKey, null)
    await navigate({ to: '/signin' })
    /* Only now, when no page is left that would ask again for what is gone. */
    queryClient.clear()
    queryClient.setQueryData(sessionQuery.queryKey, null)
  },
}
export default signOut
