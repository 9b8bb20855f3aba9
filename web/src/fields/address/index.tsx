import { useLang } from '../../lib/i18n.ts'
import type { Address, Lang } from '../../lib/types.ts'
import { later } from '../lazy.tsx'
import { TextOperand } from '../parts.tsx'
import { Way } from '../way.tsx'
import type { CellProps, FieldType } from '../type.ts'
import { countryName } from './countries.ts'

/* Countries that write from the large to the small, without commas. */
const LARGE_FIRST = new Set(['TW', 'CN', 'HK', 'MO', 'JP', 'KR'])

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
  const text = value ? addressText(value as Address, lang) : ''
  return text ? <Way to={text}>{text}</Way> : null
}

const address: FieldType = {
  name: 'address',
  inCell: false,
  kind: 'text',
  ops: ['empty', 'not_empty'],
  width: 260,
  wide: true,
  Cell,
  Input: later(() => import('./Input.tsx')),
  Operand: TextOperand,
}
export default address
