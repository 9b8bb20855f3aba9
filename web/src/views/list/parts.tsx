/* parts.tsx - heads of columns and of groups, and the box that chooses a row. */
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type CSSProperties, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { typeOf } from '../../fields/index.tsx'
import { Chip } from '../../fields/parts.tsx'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { afterPaint } from '../../lib/paint.ts'
import { clickSort, readSort, sortText } from '../../lib/sort.ts'
import type { Field } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import type { TableProps } from '../Table.tsx'
import styles from '../Table.module.css'
import type { GroupLine } from './lines.ts'
import { Sum } from './Sum.tsx'

export function Tick({ label, checked, mixed, onChange }: { label: string; checked: boolean; mixed?: boolean; onChange: (shift: boolean) => void }) {
  return (
    <label className={styles.tickBox}>
      <span className="sr">{label}</span>
      <input
        type="checkbox"
        tabIndex={-1}
        checked={checked}
        ref={(box) => {
          if (box) box.indeterminate = mixed ?? false
        }}
        onChange={(e) => onChange((e.nativeEvent as unknown as MouseEvent).shiftKey)}
      />
    </label>
  )
}

export function Header({ field, sort, onSort, children }: TableProps & { field: Field; children: ReactNode }) {
  const { t } = useTranslation()
  const label = useLabel()
  /* The arrow shows at once that it was clicked; the list comes after that. */
  const [asked, setAsked] = useState<{ before: string; sort: string } | null>(null)
  if (asked && asked.before !== (sort ?? '')) setAsked(null)
  const keys = readSort(asked ? asked.sort : sort)
  const at = keys.findIndex((k) => k.field === field.name)
  const key = keys[at]
  const end = typeOf(field).align === 'end' || undefined
  const Arrow = key?.down ? IconArrowDown : IconArrowUp
  return (
    <span role="columnheader" className={styles.cell} data-end={end} aria-sort={key ? (key.down ? 'descending' : 'ascending') : 'none'}>
      {onSort && field.sortable !== false ? (
        <button
          type="button"
          className={styles.sort}
          title={t('list.sort_hint')}
          onClick={(e) => {
            const next = sortText(clickSort(keys, field.name, e.shiftKey))
            setAsked({ before: sort ?? '', sort: next })
            afterPaint(() => onSort(next))
          }}
        >
          <span className="clip">{label(field.label, field.name)}</span>
          {key && <Arrow size={14} aria-hidden />}
          {key && keys.length > 1 && <sub>{at + 1}</sub>}
        </button>
      ) : (
        <span className="clip">{label(field.label, field.name)}</span>
      )}
      {children}
    </span>
  )
}

interface GroupHeadProps {
  line: GroupLine
  fields: Field[]
  place: CSSProperties
  index: number
  active: boolean
  ticks: boolean
  onToggle: () => void
}

export function GroupHead({ line, fields, place, index, active, ticks, onToggle }: GroupHeadProps) {
  const lang = useLang()
  const Arrow = line.open ? IconChevronDown : IconChevronRight
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} data-group data-active={active || undefined} style={place} onClick={onToggle}>
      {ticks && <span role="gridcell" className={styles.tick} />}
      {fields.map((field, i) => (
        <span key={field.name} role="gridcell" className={styles.cell} data-end={i > 0 && typeOf(field).align === 'end' ? true : undefined}>
          {i === 0 && (
            <button type="button" className={styles.fold} aria-expanded={line.open} tabIndex={-1}>
              <Arrow size={16} aria-hidden />
              {line.hue ? <Chip text={line.text} hue={line.hue} /> : <span className="clip">{line.text}</span>}
              <span className="dim">{formatNumber(line.group.count, lang)}</span>
            </button>
          )}
          {i > 0 && field.name in line.group.sums && <Sum field={field} value={line.group.sums[field.name]} />}
        </span>
      ))}
    </div>
  )
}

export function MoreLine({ line, place, index, active, onMore }: { line: GroupLine; place: CSSProperties; index: number; active: boolean; onMore: () => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} data-active={active || undefined} style={place}>
      <span role="gridcell" className={styles.more}>
        <button type="button" className={styles.fold} tabIndex={-1} onClick={onMore}>
          {t('group.more', { text: formatNumber(line.group.count - line.shown, lang) })}
        </button>
      </span>
    </div>
  )
}
