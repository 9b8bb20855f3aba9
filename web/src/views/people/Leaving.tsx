/* Leaving.tsx - somebody leaves: looked at, to whom, then out at once and everything handed over. */
import { Alert, Button, Modal } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, post } from '../../lib/api.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import { Lines, useProblemText } from '../states.tsx'
import styles from './people.module.css'
import { Successor } from './Successor.tsx'

interface Owned {
  object: string
  count: number
}

export function Leaving({ user, name, onDone, onClose }: { user: string; name: string; onDone: () => Promise<void>; onClose: () => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const meta = useMeta()
  const problemText = useProblemText()
  const [to, setTo] = useState('')
  const [other, setOther] = useState<Record<string, string>>({})
  const owned = useQuery({ queryKey: ['leaving', user], queryFn: ({ signal }) => get<{ objects: Owned[] }>(`/admin/users/${user}/leaving`, undefined, signal), gcTime: 0 })
  const go = useMutation({
    mutationFn: () => post<{ objects: Owned[] }>(`/admin/users/${user}/leaving`, { to, successors: Object.fromEntries(Object.entries(other).filter(([, id]) => id !== '')) }),
    onSuccess: onDone,
  })
  const named = (object: string) => label(meta.objects.find((o) => o.name === object)?.plural, object)
  const error = owned.error ?? go.error
  return (
    <Modal opened onClose={onClose} size="lg" title={t('signin.leaving', { name })} closeButtonProps={{ 'aria-label': t('close') }}>
      {owned.isPending && <Lines count={4} />}
      {error && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      {go.isSuccess && (
        <div className="stack">
          <p role="status">{t('signin.leaving_done', { name })}</p>
          <div className="row">
            <Button renderRoot={(p) => <Link to="/admin/$" params={{ _splat: 'jobs' }} {...p} />}>{t('admin.jobs.title')}</Button>
            <Button variant="default" onClick={onClose}>
              {t('close')}
            </Button>
          </div>
        </div>
      )}
      {owned.data && !go.isSuccess && (
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault()
            go.mutate()
          }}
        >
          <p>{t('signin.leaving_help')}</p>
          <Successor label={t('signin.leaving_to')} not={user} required value={to} onChange={setTo} />
          {owned.data.objects.length === 0 ? (
            <p className="dim">{t('signin.leaving_nothing')}</p>
          ) : (
            <ul className={`plain ${styles.owned}`}>
              {owned.data.objects.map(({ object, count }) => (
                <li key={object} className={styles.two}>
                  <span>
                    {named(object)} <span className="dim num">{formatNumber(count, lang)}</span>
                  </span>
                  <Successor label={t('signin.leaving_kind', { object: named(object) })} hidden not={user} value={other[object] ?? ''} onChange={(id) => setOther((o) => ({ ...o, [object]: id }))} />
                </li>
              ))}
            </ul>
          )}
          <div className="row">
            <Button type="submit" color="red" loading={go.isPending} disabled={to === ''}>
              {t('signin.leaving_go')}
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
