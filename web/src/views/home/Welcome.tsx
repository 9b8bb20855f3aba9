/* Welcome.tsx - an empty system's three ways in: demo data, one's own file, nothing at all. */
import { Button, NativeSelect } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconFileImport, IconFlask, IconSparkles, type TablerIcon } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post } from '../../lib/api.ts'
import { type Demo, demoQuery, STEPS, type Steps } from '../../lib/first.ts'
import { savePreference } from '../../lib/preferences.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { useProblemText } from '../states.tsx'
import styles from './first.module.css'
import { useTrade } from './useTrade.ts'

function Way({ icon: Icon, title, help, children }: { icon: TablerIcon; title: string; help: string; children: ReactNode }) {
  return (
    <section className={styles.way} aria-label={title}>
      <Icon size={26} stroke={1.5} className={styles.icon} aria-hidden />
      <h3>{title}</h3>
      <p className="dim small">{help}</p>
      <div className={styles.go}>{children}</div>
    </section>
  )
}

export function Welcome({ demo, value }: { demo: Demo; value: Steps }) {
  const { t } = useTranslation()
  const trade = useTrade()
  const problemText = useProblemText()
  const [organisation, setOrganisation] = useState(demo.organisations[0] ?? '')
  const wrong = (error: unknown) => toast(problemText(error), { kind: 'wrong' })
  const load = useMutation({
    mutationFn: () => post<Demo>('/demo', { organisation }),
    onSuccess: (now) => queryClient.setQueryData(demoQuery.queryKey, now),
    onError: wrong,
  })
  return (
    <section className={`card ${styles.welcome}`} aria-labelledby="welcome">
      <h2 id="welcome">{t('first.welcome')}</h2>
      <p className="dim">{t('first.welcome_help')}</p>
      <div className={styles.ways}>
        <Way icon={IconFlask} title={t('first.demo')} help={t('first.demo_help')}>
          <NativeSelect
            label={t('first.trade')}
            value={organisation}
            data={demo.organisations.map((o) => ({ value: o, label: trade(o) }))}
            onChange={(e) => setOrganisation(e.currentTarget.value)}
          />
          <Button loading={load.isPending} onClick={() => load.mutate()}>
            {t('first.demo_go')}
          </Button>
        </Way>
        <Way icon={IconFileImport} title={t('first.import')} help={t('first.import_help')}>
          <Button variant="default" renderRoot={(p) => <Link to="/import" search={{}} {...p} />}>
            {t('first.import_go')}
          </Button>
        </Way>
        <Way icon={IconSparkles} title={t('first.clean')} help={t('first.clean_help')}>
          <Button variant="default" onClick={() => void savePreference(STEPS, { ...value, begun: true }).catch(wrong)}>
            {t('first.clean_go')}
          </Button>
        </Way>
      </div>
    </section>
  )
}
