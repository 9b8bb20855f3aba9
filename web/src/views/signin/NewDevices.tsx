/* NewDevices.tsx - somebody signed in from a browser that was not known: was it you? */
import { Alert, Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconDevices } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { post } from '../../lib/api.ts'
import { queryClient, sessionQuery } from '../../lib/queries.ts'
import type { Session } from '../../lib/types.ts'

export function NewDevices({ session }: { session: Session }) {
  const { t } = useTranslation()
  const count = session.new_devices ?? 0
  const seen = useMutation({
    mutationFn: () => post(`/user/${session.user.id}/sessions/seen`),
    onSuccess: () => Promise.all([queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }), queryClient.invalidateQueries({ queryKey: ['people'] })]),
  })
  if (count === 0) return null
  return (
    <Alert color="brand" variant="light" role="status" icon={<IconDevices size={20} aria-hidden />} title={t('signin.new_devices', { count })}>
      <p>{t('signin.new_devices_help')}</p>
      <Button size="xs" variant="default" mt="xs" loading={seen.isPending} onClick={() => seen.mutate()}>
        {t('signin.new_devices_mine')}
      </Button>
    </Alert>
  )
}
