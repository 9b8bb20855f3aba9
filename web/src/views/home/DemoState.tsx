/* DemoState.tsx - demo data on its way in or out, or there: how far, and how to be rid of it. */
import { Button, Modal, Progress } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconFlask } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { remove } from '../../lib/api.ts'
import { type Demo, demoBusy, demoQuery } from '../../lib/first.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { forget, queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useProblemText } from '../states.tsx'
import styles from './first.module.css'
import { useTrade } from './useTrade.ts'

/* When a job ends, everything on the screen is out of date. */
function useFresh(busy: boolean) {
  const was = useRef(busy)
  useEffect(() => {
    if (was.current && !busy) void forget('')
    was.current = busy
    return () => {
      if (was.current) void forget('')
    }
  }, [busy])
}

export function DemoState({ demo }: { demo: Demo }) {
  const { t } = useTranslation()
  const lang = useLang()
  const trade = useTrade()
  const busy = demoBusy(demo)
  const [asking, setAsking] = useState(false)
  useFresh(busy)
  if (busy) {
    const title = t(demo.state === 'loading' ? 'first.loading' : 'first.removing')
    return (
      <section className={`card ${styles.demo}`} aria-label={title}>
        <strong role="status">{title}</strong>
        <Progress value={demo.permille / 10} aria-label={title} size="lg" />
      </section>
    )
  }
  return (
    <section className={styles.slim} aria-label={t('first.demo_here')}>
      <IconFlask size={20} aria-hidden />
      <span>
        <strong>{t('first.loaded', { name: trade(demo.organisation), text: formatNumber(demo.records, lang) })}</strong>{' '}
        {demo.kept > 0 ? t('first.kept', { count: demo.kept }) : t('first.loaded_help')}
      </span>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {t('first.remove')}
      </Button>
      {asking && <Sure onClose={() => setAsking(false)} />}
    </section>
  )
}

function Sure({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const go = useMutation({
    mutationFn: () => remove<Demo>('/demo'),
    onSuccess: (now) => {
      queryClient.setQueryData(demoQuery.queryKey, now)
      onClose()
    },
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  return (
    <Modal opened onClose={onClose} title={t('first.remove_sure')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p>{t('first.remove_sure_help')}</p>
        <div className="row">
          <Button color="red" loading={go.isPending} onClick={() => go.mutate()} data-autofocus>
            {t('first.remove')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
