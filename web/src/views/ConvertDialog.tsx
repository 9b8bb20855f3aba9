/* ConvertDialog.tsx - a lead becomes a contact, with an account and perhaps an opportunity. */
import { Alert, Button, Modal, SegmentedControl, Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../fields/picker.tsx'
import { post } from '../lib/api.ts'
import { titleOf } from '../lib/meta.ts'
import { forget } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { Link, ObjectMeta, Rec } from '../lib/types.ts'
import { useProblemText } from './states.tsx'

interface Converted {
  account: Link | null
  contact: Link | null
  opportunity: Link | null
}

export function ConvertDialog({ object, record, onClose }: { object: ObjectMeta; record: Rec; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const [into, setInto] = useState<'new' | 'known'>('new')
  const [account, setAccount] = useState<Link | null>(null)
  const [opportunity, setOpportunity] = useState(true)
  const convert = useMutation({
    mutationFn: () =>
      post<Converted>(`/${object.name}/${record.id}/convert`, { account: into === 'known' ? (account?.id ?? null) : null, opportunity }),
    onSuccess: async (made) => {
      await forget(object.name, record.id)
      toast(t('convert.done'))
      onClose()
      const go = made.opportunity ? (['opportunity', made.opportunity] as const) : (['account', made.account] as const)
      if (go[1]) await navigate({ to: '/o/$object/$id', params: { object: go[0], id: go[1].id } })
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('convert.title', { name: titleOf(object, record) })} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          convert.mutate()
        }}
      >
        {convert.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(convert.error)}
          </Alert>
        )}
        <SegmentedControl
          aria-label={t('convert.account')}
          value={into}
          onChange={(v) => setInto(v === 'known' ? 'known' : 'new')}
          data={[
            { value: 'new', label: t('convert.new_account') },
            { value: 'known', label: t('convert.known_account') },
          ]}
        />
        {into === 'known' && <LinkPicker label={t('convert.account')} object="account" value={account} onChange={setAccount} withAsterisk />}
        <Switch label={t('convert.opportunity')} checked={opportunity} onChange={(e) => setOpportunity(e.currentTarget.checked)} />
        <div className="row">
          <Button type="submit" loading={convert.isPending} disabled={into === 'known' && !account}>
            {t('convert.go')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
