/* Settings.tsx - what the organisation has decided for all; it holds at once. */
import { Alert, Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, Problem } from '../../lib/api.ts'
import { useLang } from '../../lib/i18n.ts'
import { LANGS } from '../../lib/lang.ts'
import { type Settings as Values, settingsQuery } from '../../lib/people.ts'
import { queryClient, sessionQuery } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import styles from '../../views/people/people.module.css'
import { Failed, Lines, useProblemText } from '../../views/states.tsx'

const CURRENCIES = ['TWD', 'USD', 'EUR', 'JPY', 'CNY', 'HKD', 'SGD', 'KRW', 'THB', 'MYR', 'VND', 'IDR', 'PHP', 'GBP', 'AUD', 'CAD', 'CHF']
const REGIONS = ['TW', 'CN', 'HK', 'MO', 'JP', 'KR', 'SG', 'MY', 'TH', 'VN', 'ID', 'PH', 'US', 'CA', 'GB', 'DE', 'FR', 'AU', 'NZ']
const OFFSETS = [-720, -660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -120, -60, 0, 60, 120, 180, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 525, 540, 570, 600, 660, 720, 765, 780]
const CITIES: Record<number, string> = { 480: '台北 Taipei', 540: '東京 Tokyo', 420: '曼谷 Bangkok', 330: 'Delhi', 60: 'Berlin', 0: 'London', [-300]: 'New York', [-480]: 'Los Angeles', 600: 'Sydney' }

const with_ = <T,>(list: readonly T[], own: T) => (list.includes(own) ? list : [own, ...list])
function offsetText(min: number): string {
  const abs = Math.abs(min)
  const clock = `${String(Math.floor(abs / 60)).padStart(2, '0')}:${String(abs % 60).padStart(2, '0')}`
  return `UTC${min < 0 ? '−' : '+'}${clock}${CITIES[min] ? ` ${CITIES[min]}` : ''}`
}

export function Settings() {
  const query = useQuery(settingsQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return <Form was={query.data} />
}

function Form({ was }: { was: Values }) {
  const { t } = useTranslation()
  const lang = useLang()
  const problemText = useProblemText()
  const [now, setNow] = useState(was)
  const set = (change: Partial<Values>) => setNow((n) => ({ ...n, ...change }))
  const names = (type: 'currency' | 'region') => new Intl.DisplayNames([lang === 'en' ? 'en' : 'zh-Hant-TW'], { type })
  const save = useMutation({
    mutationFn: (values: Values) => call<Values>('PUT', '/admin/settings', { body: { ...values } }),
    onSuccess: async (saved, asked) => {
      queryClient.setQueryData(settingsQuery.queryKey, saved)
      setNow(saved)
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      toast(t('people.settings_saved'), asked === was ? {} : { undo: { label: t('undo'), run: () => save.mutate(was) } })
    },
  })
  const at = (name: string) => (save.error instanceof Problem ? save.error.errors.find((e) => e.path === name)?.detail : undefined)
  const changed = JSON.stringify(now) !== JSON.stringify(was)
  const month = (m: number) => new Intl.DateTimeFormat(lang === 'en' ? 'en' : 'zh-Hant-TW', { month: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2026, m - 1, 1)))
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        save.mutate(now)
      }}
    >
      <h1>{t('admin.settings.title')}</h1>
      {save.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(save.error)}
        </Alert>
      )}
      <section className={`card ${styles.section}`} aria-labelledby="org">
        <h2 id="org">{t('people.organisation')}</h2>
        <div className={styles.two}>
          <TextInput label={t('people.set_organisation')} maxLength={120} value={now.organisation} error={at('organisation')} onChange={(e) => set({ organisation: e.currentTarget.value })} />
          <NativeSelect label={t('people.set_language')} description={t('people.set_language_help')} value={now.language} onChange={(e) => set({ language: e.currentTarget.value as Values['language'] })} data={LANGS.map((l) => ({ value: l.code, label: l.name }))} />
        </div>
      </section>
      <section className={`card ${styles.section}`} aria-labelledby="region">
        <h2 id="region">{t('people.set_regional')}</h2>
        <div className={styles.two}>
          <NativeSelect label={t('people.set_currency')} description={t('people.set_currency_help')} value={now.currency} error={at('currency')} onChange={(e) => set({ currency: e.currentTarget.value })} data={with_(CURRENCIES, was.currency).map((c) => ({ value: c, label: `${c} ${names('currency').of(c) ?? ''}` }))} />
          <NativeSelect label={t('people.set_region')} description={t('people.set_region_help')} value={now.region} error={at('region')} onChange={(e) => set({ region: e.currentTarget.value })} data={with_(REGIONS, was.region).map((c) => ({ value: c, label: names('region').of(c) ?? c }))} />
          <NativeSelect label={t('people.set_time_zone_offset_min')} description={t('people.set_time_zone_help')} value={String(now.time_zone_offset_min)} onChange={(e) => set({ time_zone_offset_min: Number(e.currentTarget.value) })} data={with_(OFFSETS, was.time_zone_offset_min).map((m) => ({ value: String(m), label: offsetText(m) }))} />
          <NativeSelect label={t('people.set_fiscal_start_month')} description={t('people.set_fiscal_help')} value={String(now.fiscal_start_month)} onChange={(e) => set({ fiscal_start_month: Number(e.currentTarget.value) })} data={Array.from({ length: 12 }, (_, i) => ({ value: String(i + 1), label: month(i + 1) }))} />
        </div>
      </section>
      <section className={`card ${styles.section}`} aria-labelledby="security">
        <h2 id="security">{t('people.set_security')}</h2>
        <div className={styles.two}>
          <TextInput type="number" inputMode="numeric" required withAsterisk={false} label={t('people.set_session_hours')} description={t('people.set_session_help')} min={1} max={720} value={now.session_hours || ''} error={at('session_hours')} onChange={(e) => set({ session_hours: Number(e.currentTarget.value) })} />
          <TextInput type="number" inputMode="numeric" required withAsterisk={false} label={t('people.set_password_chars_min')} description={t('people.set_password_help_min')} min={8} max={64} value={now.password_chars_min || ''} error={at('password_chars_min')} onChange={(e) => set({ password_chars_min: Number(e.currentTarget.value) })} />
        </div>
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
