import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useLang } from '../../lib/i18n.ts'
import type { Address, Lang } from '../../lib/types.ts'
import { TextOperand } from '../parts.tsx'
import styles from '../parts.module.css'
import { type CellProps, type FieldType, type InputProps } from '../type.ts'
import { COUNTRIES } from './countries.ts'

/* Countries that write from the large to the small, without commas. */
const LARGE_FIRST = new Set(['TW', 'CN', 'HK', 'MO', 'JP', 'KR'])
const PARTS = ['postcode', 'region', 'city', 'street'] as const

function countryName(code: string, lang: Lang): string {
  try {
    return new Intl.DisplayNames(lang, { type: 'region' }).of(code) ?? code
  } catch {
    return code
  }
}

export function addressText(a: Address, lang: Lang): string {
  if (LARGE_FIRST.has(a.country ?? '')) {
    const place = [a.region, a.city, a.street].filter(Boolean).join('')
    return [a.postcode, place].filter(Boolean).join(' ')
  }
  const town = [a.city, a.region, a.postcode].filter(Boolean).join(' ')
  return [a.street, town, a.country && countryName(a.country, lang)].filter(Boolean).join(', ')
}

function Cell({ value }: CellProps) {
  const lang = useLang()
  return value ? <>{addressText(value as Address, lang)}</> : null
}

function Input(props: InputProps) {
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

const address: FieldType = {
  name: 'address',
  inCell: false,
  kind: 'text',
  ops: ['empty', 'not_empty'],
  width: 260,
  wide: true,
  Cell,
  Input,
  Operand: TextOperand,
}
export default address
