/* SignInRules.tsx - how people come in here: who needs a second factor, when it is asked again. */
import { Alert, Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../lib/api.ts'
import { withWords } from '../../lib/i18n.ts'
import { rolesQuery } from '../../lib/people.ts'
import { queryClient } from '../../lib/queries.ts'
import { type Rules, rulesQuery, saveRules } from '../../lib/signin.ts'
import { toast } from '../../lib/toast.ts'
import { useLabel } from '../../lib/use.ts'
import styles from '../../views/people/people.module.css'
import { Providers } from '../../views/signin/Providers.tsx'
import { Failed, Lines, useProblemText } from '../../views/states.tsx'

const EVERYBODY = '*'
const Systems = lazy(() => withWords('provision', import('../../views/signin/Systems.tsx')).then((m) => ({ default: m.Systems })))

export function SignInRules() {
  const query = useQuery(rulesQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <div className="stack">
      <Form was={query.data} />
      <Providers />
      <Systems />
    </div>
  )
}

function Form({ was }: { was: Rules }) {
  const { t } = useTranslation()
  const label = useLabel()
  const problemText = useProblemText()
  const roles = useQuery(rolesQuery)
  const [now, setNow] = useState(was)
  const set = (change: Partial<Rules>) => setNow((n) => ({ ...n, ...change }))
  const save = useMutation({
    mutationFn: saveRules,
    onSuccess: (saved) => {
      queryClient.setQueryData(rulesQuery.queryKey, saved)
      setNow(saved)
      toast(t('signin.rules_saved'))
    },
  })
  const at = (name: string) => (save.error instanceof Problem ? save.error.errors.find((e) => e.path === name)?.detail : undefined)
  const changed = JSON.stringify(now) !== JSON.stringify(was)
  const everybody = now.second_factor_roles.includes(EVERYBODY)
  const number = (name: 'step_up_min' | 'step_up_rows' | 'watch_read' | 'watch_export', min: number, max: number) => (
    <TextInput
      type="number"
      inputMode="numeric"
      required
      withAsterisk={false}
      min={min}
      max={max}
      label={t(`signin.${name}`)}
      description={t(`signin.${name}_help`)}
      value={Number.isNaN(now[name]) ? '' : now[name]}
      error={at(name)}
      onChange={(e) => set({ [name]: e.currentTarget.valueAsNumber })}
    />
  )
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        save.mutate(now)
      }}
    >
      <h1>{t('admin.signin.title')}</h1>
      {save.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(save.error)}
        </Alert>
      )}
      <section className={`card ${styles.section}`} aria-labelledby="factor">
        <h2 id="factor">{t('signin.factors')}</h2>
        <p className="dim small">{t('signin.rules_factor_help')}</p>
        <Checkbox label={t('signin.rules_everybody')} checked={everybody} onChange={(e) => set({ second_factor_roles: e.currentTarget.checked ? [EVERYBODY] : [] })} />
        {!everybody && (
          <Checkbox.Group value={now.second_factor_roles} onChange={(second_factor_roles) => set({ second_factor_roles })} aria-label={t('people.roles')}>
            <div className={styles.choices}>
              {roles.data?.filter((r) => !r.everyone).map((r) => <Checkbox key={r.name} value={r.name} label={label(r.label, r.name)} />)}
            </div>
          </Checkbox.Group>
        )}
      </section>
      <section className={`card ${styles.section}`} aria-labelledby="step-up">
        <h2 id="step-up">{t('signin.step_up')}</h2>
        <p className="dim small">{t('signin.rules_step_up_help')}</p>
        <div className={styles.two}>
          {number('step_up_min', 1, 1440)}
          {number('step_up_rows', 0, 100_000_000)}
        </div>
      </section>
      <section className={`card ${styles.section}`} aria-labelledby="watch">
        <h2 id="watch">{t('signin.watch')}</h2>
        <p className="dim small">{t('signin.watch_help')}</p>
        <div className={styles.two}>
          {number('watch_read', 10, 100_000_000)}
          {number('watch_export', 10, 100_000_000)}
        </div>
      </section>
      <section className={`card ${styles.section}`} aria-labelledby="address">
        <h2 id="address">{t('signin.origin')}</h2>
        <TextInput label={t('signin.origin_label')} description={t('signin.origin_help')} placeholder={t('signin.origin_example')} maxLength={200} value={now.origin} error={at('origin')} onChange={(e) => set({ origin: e.currentTarget.value.trim() })} />
      </section>
      <div className={`${styles.foot} ${styles.sticky}`}>
        <Button type="submit" loading={save.isPending} disabled={!changed}>
          {t('form.save')}
        </Button>
        {changed && (
          <Button variant="default" onClick={() => setNow(was)}>
            {t('cancel')}
          </Button>
        )}
        <span className="dim small">{t('people.role_at_once')}</span>
      </div>
    </form>
  )
}
