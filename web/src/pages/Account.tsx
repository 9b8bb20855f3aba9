/* Account.tsx - what is one's own here: how things look, the password, devices and keys. */
import { Alert, NativeSelect, useMantineColorScheme } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../fields/parts.tsx'
import { formatDate } from '../lib/format.ts'
import { setLang, useLang } from '../lib/i18n.ts'
import { LANGS } from '../lib/lang.ts'
import { type Prefs, prefs, setPrefs } from '../lib/prefs.ts'
import type { Lang } from '../lib/types.ts'
import { useLabel, useMeta, useSession } from '../lib/use.ts'
import { Factors } from '../views/signin/Factors.tsx'
import { Identities } from '../views/signin/Identities.tsx'
import { NewDevices } from '../views/signin/NewDevices.tsx'
import { Devices, Keys } from '../views/people/Devices.tsx'
import { PasswordForm } from '../views/people/PasswordForm.tsx'
import styles from '../views/people/people.module.css'
import { useTitle } from '../views/title.ts'
import page from './page.module.css'

const route = getRouteApi('/shell/account')

export function Account() {
  const { t } = useTranslation()
  const session = useSession()
  const { changed } = route.useSearch()
  useTitle(t('shell.account'))
  if (!session) return null
  return (
    <div className={page.narrow}>
      <h1>{t('shell.account')}</h1>
      {changed && (
        <Alert color="brand" variant="light" role="status">
          {t('people.password_changed')}
        </Alert>
      )}
      <NewDevices session={session} />
      <Me />
      <Preferences />
      <section className={`card ${styles.section}`} aria-labelledby="password">
        <h2 id="password">{t('people.password')}</h2>
        <PasswordForm session={session} then="/account?changed=true" />
      </section>
      <Factors user={session.user.id} />
      <Identities user={session.user.id} mine />
      <Devices user={session.user.id} mine />
      <Keys user={session.user.id} />
    </div>
  )
}

function Me() {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const session = useSession()
  const roles = session?.roles ?? []
  const named = (name: string) => label(meta.roles?.find((r) => r.name === name), name)
  return (
    <section className={`card ${styles.section}`} aria-labelledby="me">
      <h2 id="me">{session?.user.display_name}</h2>
      <dl className={styles.pairs}>
        <dt>{t('people.login')}</dt>
        <dd>{session?.user.name}</dd>
        {session?.organisation && (
          <>
            <dt>{t('people.organisation')}</dt>
            <dd>{session.organisation}</dd>
          </>
        )}
        <dt>{t('people.roles')}</dt>
        <dd className={styles.chips}>{roles.length > 0 ? roles.map((r) => <Chip key={r} text={named(r)} />) : t('people.no_roles')}</dd>
      </dl>
    </section>
  )
}

function Preferences() {
  const { t } = useTranslation()
  const lang = useLang()
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const [mine, setMine] = useState(prefs)
  const change = (to: Partial<Prefs>) => {
    setPrefs(to)
    setMine(prefs())
  }
  const today = new Date().toISOString()
  return (
    <section className={`card ${styles.section}`} aria-labelledby="look">
      <h2 id="look">{t('people.preferences')}</h2>
      <p className="dim small">{t('people.preferences_help')}</p>
      <div className={styles.two}>
        <NativeSelect label={t('shell.language')} value={lang} onChange={(e) => void setLang(e.currentTarget.value as Lang)} data={LANGS.map((l) => ({ value: l.code, label: l.name }))} />
        <NativeSelect
          label={t('shell.look')}
          value={colorScheme}
          onChange={(e) => setColorScheme(e.currentTarget.value as 'light' | 'dark' | 'auto')}
          data={(['light', 'dark', 'auto'] as const).map((look) => ({ value: look, label: t(`shell.look_${look}`) }))}
        />
        <NativeSelect
          label={t('people.density')}
          description={t('people.density_help')}
          value={mine.density}
          onChange={(e) => change({ density: e.currentTarget.value as Prefs['density'] })}
          data={(['comfortable', 'compact'] as const).map((d) => ({ value: d, label: t(`people.density_${d}`) }))}
        />
        <NativeSelect
          label={t('people.calendar')}
          description={t('people.calendar_help', { example: formatDate(today, lang) })}
          value={mine.calendar}
          onChange={(e) => change({ calendar: e.currentTarget.value as Prefs['calendar'] })}
          data={(['ad', 'roc'] as const).map((c) => ({ value: c, label: t(`people.calendar_${c}`) }))}
        />
      </div>
    </section>
  )
}
