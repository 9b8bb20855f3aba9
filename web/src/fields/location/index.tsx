import { Button, TextInput } from '@mantine/core'
import { IconCurrentLocation } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Location } from '../../lib/types.ts'
import { NoOperand } from '../parts.tsx'
import styles from '../parts.module.css'
import { Way } from '../way.tsx'
import { type CellProps, cleanNumber, type FieldType, type InputProps } from '../type.ts'

function Cell({ value }: CellProps) {
  const place = value as Location | null
  return place ? (
    <span className="num">
      <Way to={`${place.lat},${place.lon}`}>
        {place.lat}, {place.lon}
      </Way>
    </span>
  ) : null
}

function Input(props: InputProps) {
  const { t } = useTranslation()
  const place = (props.value ?? { lat: '', lon: '' }) as Location
  const set = (next: Location) => props.onChange(next.lat || next.lon ? next : null)
  const here = () =>
    navigator.geolocation?.getCurrentPosition(({ coords }) =>
      set({ lat: coords.latitude.toFixed(6), lon: coords.longitude.toFixed(6) }),
    )
  return (
    <fieldset className={styles.set}>
      <legend className={props.bare ? 'sr' : ''}>{props.label}</legend>
      <div className={styles.grid}>
        {(['lat', 'lon'] as const).map((part) => (
          <TextInput
            key={part}
            label={t(`location.${part}`)}
            inputMode="decimal"
            value={place[part]}
            onChange={(e) => set({ ...place, [part]: cleanNumber(e.currentTarget.value) })}
          />
        ))}
        <Button variant="default" style={{ alignSelf: 'end' }} leftSection={<IconCurrentLocation size={16} />} onClick={here}>
          {t('location.here')}
        </Button>
      </div>
      {props.error && <div className={styles.error}>{props.error}</div>}
    </fieldset>
  )
}

const location: FieldType = {
  name: 'location',
  inCell: false,
  kind: 'text',
  ops: ['empty', 'not_empty'],
  width: 160,
  wide: true,
  Cell,
  Input,
  Operand: NoOperand,
}
export default location
