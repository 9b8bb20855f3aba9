import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useLang } from '../../lib/i18n.ts'
import type { Address } from '../../lib/types.ts'
import styles from '../parts.module.css'
import type { InputProps } from '../type.ts'
import { COUNTRIES, countryName } from './countries.ts'

const PARTS = ['postcode', 'region', 'city', 'street'] as const

export default function AddressInput(props: InputProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const address = (props.value ?? {}) as Address
  const set = (part: keyof Address, text: string | null) => {
    const next = { ...address, [part]: text || undefined }
    props.onChange(Object.values(next).some(Boolean) ? next : null)
  }
  return (
    <fieldset className={styles.set}>
      <legend className={props.bare ? 'sr' : ''}>{props.label}</legend>
      <div className={styles.grid}>
        <Select
          label={t('address.country')}
          data={COUNTRIES.map((code) => ({ value: code, label: countryName(code, lang) }))}
          value={address.country ?? null}
          onChange={(code) => set('country', code)}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('clear') }}
          nothingFoundMessage={t('nothing_found')}
        />
        {PARTS.map((part) => (
          <TextInput
            key={part}
            className={part === 'street' ? styles.full : ''}
            label={t(`address.${part}`)}
            value={address[part] ?? ''}
            onChange={(e) => set(part, e.currentTarget.value)}
            autoComplete="off"
          />
        ))}
      </div>
      {props.error && <div className={styles.error}>{props.error}</div>}
    </fieldset>
  )
}
