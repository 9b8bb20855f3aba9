/* Confirm.tsx - a question before what cannot be taken back; says what it does. */
import { Alert, Button, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '../states.tsx'

export interface ConfirmProps {
  title: string
  children: ReactNode
  go: string
  danger?: boolean
  run: () => Promise<unknown>
  onClose: () => void
}

export function Confirm({ title, children, go, danger, run, onClose }: ConfirmProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const act = useMutation({ mutationFn: run, onSuccess: onClose })
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        {children}
        {act.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(act.error)}
          </Alert>
        )}
        <div className="row">
          <Button data-autofocus loading={act.isPending} onClick={() => act.mutate()} {...(danger ? { color: 'red' } : {})}>
            {go}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
