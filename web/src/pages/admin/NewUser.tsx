/* NewUser.tsx - let somebody in: who it is, what they may do, and a first password. */
import { Alert, Button, NativeSelect, PasswordInput, Radio, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post, Problem } from '../../lib/api.ts'
import { useLang } from '../../lib/i18n.ts'
import { LANGS } from '../../lib/lang.ts'
import { forget, queryClient } from '../../lib/queries.ts'
import { RoleChoice } from '../../views/people/RoleChoice.tsx'
import { Secret } from '../../views/people/Secret.tsx'
import styles from '../../views/people/people.module.css'
import { useProblemText } from '../../views/states.tsx'

const FIELDS = ['display_name', 'login', 'email', 'title', 'team', 'employee_number'] as const

export function NewUser() {
  const { t } = useTranslation()
  const lang = useLang()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const [values, setValues] = useState<Record<string, string>>({ locale: lang })
  const [roles, setRoles] = useState<string[]>([])
  const [way, setWay] = useState('make')
  const [password, setPassword] = useState('')
  const set = (name: string, value: string) => setValues((v) => ({ ...v, [name]: value }))
  const make = useMutation({
    mutationFn: () => {
      const user = Object.fromEntries(Object.entries(values).filter(([, v]) => v.trim() !== ''))
      return post<{ id: string; password: string | null }>('/admin/users', { user, roles, ...(way === 'set' ? { password } : {}) })
    },
    onSuccess: async (made) => {
      await Promise.all([queryClient.invalidateQueries({ queryKey: ['people'] }), queryClient.invalidateQueries({ queryKey: ['roles'] }), forget('user')])
      if (!made.password) await navigate({ to: '/admin/$', params: { _splat: `users/${made.id}` } })
    },
  })
  const errors = make.error instanceof Problem ? make.error.errors : []
  const at = (name: string) => errors.find((e) => e.path === `user.${name}` || e.path === name)?.detail
  const told = errors.some((e) => FIELDS.some((f) => e.path === `user.${f}` || e.path === f) || e.path === 'password')
  return (
    <div className="stack">
      <h1>{t('people.new_user')}</h1>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          make.mutate()
        }}
      >
        {make.isError && !told && (
          <Alert color="red" variant="light" role="alert">
            {problemText(make.error)}
          </Alert>
        )}
        <section className={`card ${styles.section}`} aria-labelledby="who">
          <h2 id="who">{t('people.who')}</h2>
          <div className={styles.two}>
            {FIELDS.map((name, i) => (
              <TextInput
                key={name}
                name={name}
                label={t(`people.field_${name}`)}
                required={i < 2}
                autoFocus={i === 0}
                autoComplete="off"
                autoCapitalize={name === 'login' ? 'none' : 'sentences'}
                type={name === 'email' ? 'email' : 'text'}
                value={values[name] ?? ''}
                error={at(name)}
                onChange={(e) => set(name, e.currentTarget.value)}
              />
            ))}
            <NativeSelect label={t('people.field_locale')} value={values.locale} onChange={(e) => set('locale', e.currentTarget.value)} data={LANGS.map((l) => ({ value: l.code, label: l.name }))} />
          </div>
        </section>
        <section className={`card ${styles.section}`} aria-labelledby="may">
          <h2 id="may">{t('people.roles')}</h2>
          <RoleChoice value={roles} onChange={setRoles} />
        </section>
        <section className={`card ${styles.section}`} aria-labelledby="first">
          <h2 id="first">{t('people.first_password')}</h2>
          <Radio.Group value={way} onChange={setWay} aria-label={t('people.first_password')}>
            <div className="stack">
              <Radio value="make" label={t('people.make_password')} description={t('people.make_password_help')} />
              <Radio value="set" label={t('people.set_password')} description={t('people.set_password_help')} />
            </div>
          </Radio.Group>
          {way === 'set' && (
            <PasswordInput label={t('people.password')} required autoComplete="new-password" value={password} error={at('password')} onChange={(e) => setPassword(e.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }} />
          )}
        </section>
        <div className={`${styles.foot} ${styles.sticky}`}>
          <Button type="submit" loading={make.isPending}>
            {t('people.add_user')}
          </Button>
          <Button variant="default" renderRoot={(p) => <Link to="/admin/$" params={{ _splat: 'users' }} {...p} />}>
            {t('cancel')}
          </Button>
        </div>
      </form>
      {make.data?.password && (
        <Secret
          title={t('people.first_password')}
          help={t('people.password_once', { name: values.display_name ?? '', login: values.login ?? '' })}
          secret={make.data.password}
          onClose={() => void navigate({ to: '/admin/$', params: { _splat: `users/${make.data.id}` } })}
        />
      )}
    </div>
  )
}
