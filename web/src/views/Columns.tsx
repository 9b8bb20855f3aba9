/* Columns.tsx - which columns, in which order. */
import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { IconArrowUp, IconColumns3 } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isInner } from '../lib/meta.ts'
import type { Field, ObjectMeta } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import styles from './Columns.module.css'

export interface ColumnsProps {
  object: ObjectMeta
  fields: Field[]
  chosen: boolean
  onChange: (columns: string[] | undefined) => void
}

export const Columns = memo(function Columns({ object, fields, chosen, onChange }: ColumnsProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const [find, setFind] = useState('')
  const names = fields.map((f) => f.name)
  const text = (f: Field) => label(f.label, f.name)
  const all = [...fields, ...object.fields.filter((f) => !isInner(f) && !names.includes(f.name))]
  const shown = all.filter((f) => text(f).toLowerCase().includes(find.trim().toLowerCase()))
  const toggle = (name: string, on: boolean) => onChange(on ? [...names, name] : names.filter((n) => n !== name))
  const up = (i: number) => {
    const next = [...names]
    next.splice(i - 1, 0, ...next.splice(i, 1))
    onChange(next)
  }
  return (
    <Popover position="bottom-end" shadow="md" width={280} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<IconColumns3 size={16} />}>
          {t('list.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <TextInput size="xs" aria-label={t('list.find_column')} placeholder={t('list.find_column')} value={find} onChange={(e) => setFind(e.currentTarget.value)} data-autofocus />
        <ul className={`plain ${styles.list}`}>
          {shown.map((f) => {
            const at = names.indexOf(f.name)
            return (
              <li key={f.name} className={styles.item}>
                <Checkbox size="xs" label={text(f)} checked={at >= 0} disabled={at >= 0 && names.length === 1} onChange={(e) => toggle(f.name, e.currentTarget.checked)} />
                {at > 0 && (
                  <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('list.move_left', { name: text(f) })} onClick={() => up(at)}>
                    <IconArrowUp size={14} />
                  </ActionIcon>
                )}
              </li>
            )
          })}
        </ul>
        {chosen && (
          <Button size="xs" variant="subtle" onClick={() => onChange(undefined)}>
            {t('list.columns_default')}
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  )
})
