/* Enrol.tsx - an authenticator application in two steps: take the secret, give its first code. */
import { Alert, Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, post } from '../../lib/api.ts'
import type { Begun } from '../../lib/signin.ts'
import { Lines, useProblemText } from '../states.tsx'
import styles from './signin.module.css'

export function Enrol({ user, onDone, onClose }: { user: string; onDone: (codes: string[]) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [code, setCode] = useState('')
  /* A secret is made once for one dialog, and is nothing to keep. */
  const begun = useQuery({ queryKey: ['totp', user], queryFn: () => post<Begun>(`/user/${user}/totp`), staleTime: Infinity, gcTime: 0, retry: false })
  const prove = useMutation({
    mutationFn: () => call<{ recovery: string[] }>('PUT', `/user/${user}/totp`, { body: { code: code.trim() } }),
    onSuccess: ({ recovery }) => onDone(recovery),
  })
  const error = begun.error ?? prove.error
  return (
    <Modal opened onClose={onClose} title={t('signin.totp')} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t('close') }}>
      {begun.isPending && <Lines count={4} />}
      {begun.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(begun.error)}
        </Alert>
      )}
      {begun.data && (
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault()
            prove.mutate()
          }}
        >
          <p>{t('signin.totp_scan')}</p>
          <Qr size={begun.data.qr_size} path={begun.data.qr_path} label={t('signin.qr')} />
          <p className="small dim">
            {t('signin.totp_type')} <code className={styles.secret}>{begun.data.secret.match(/.{1,4}/g)?.join(' ')}</code>
          </p>
          <TextInput
            label={t('signin.totp_code')}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            data-autofocus
            maxLength={10}
            value={code}
            error={error ? problemText(error) : undefined}
            onChange={(e) => setCode(e.currentTarget.value)}
          />
          <div className="row">
            <Button type="submit" loading={prove.isPending}>
              {t('signin.totp_done')}
            </Button>
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}

/* Dark on light in either look: cameras want it so.  Four squares of margin belong to it. */
function Qr({ size, path, label }: { size: number; path: string; label: string }) {
  return (
    <svg className={styles.qr} role="img" aria-label={label} viewBox={`-4 -4 ${size + 8} ${size + 8}`} shapeRendering="crispEdges">
      <rect x={-4} y={-4} width={size + 8} height={size + 8} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
