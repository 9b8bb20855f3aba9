/* Choices.tsx - the choices of a field, in order, each with a code, a colour and its names. */
import { ActionIcon, Button, Popover, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Def, labelsOf } from '../../../lib/definition.ts'
import { moveItem } from '../../../lib/layout.ts'
import { useLabel } from '../../../lib/use.ts'
import styles from './model.module.css'
import { LabelsInput } from './parts.tsx'
import { Sortable } from './Sortable.tsx'

export const HUES = ['gray', 'red', 'pink', 'grape', 'violet', 'indigo', 'blue', 'cyan', 'teal', 'green', 'lime', 'yellow', 'orange'] as const

export function Choices({ value, old, onChange }: { value: readonly Def[]; old: readonly Def[]; onChange: (value: Def[]) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const codes = value.map((c) => String(c.code))
  const set = (i: number, def: Def) => onChange(value.map((c, k) => (k === i ? def : c)))
  const add = () => {
    let n = value.length + 1
    while (codes.includes(`c${n}`)) n++
    onChange([...value, { code: `c${n}`, label: {} }])
  }
  return (
    <fieldset className={styles.fieldset}>
      <legend>{t('admin.key.choices')}</legend>
      <Sortable
        label={t('admin.key.choices')}
        items={value.map((c, i) => ({ id: String(i), name: label(labelsOf(c.label), String(c.code)), def: c }))}
        onMove={(from, to) => onChange(moveItem(value, from, to))}
        render={({ def: c, name }, i) => (
          <div className={styles.choice}>
            <HuePicker value={String(c.color ?? 'gray')} name={name} onChange={(color) => set(i, { ...c, color })} />
            <TextInput
              size="xs"
              aria-label={t('admin.code_of', { name })}
              classNames={{ input: styles.code }}
              /* A code is what records hold: it stays once it is published. */
              readOnly={old.some((o) => o.code === c.code)}
              error={codes.indexOf(String(c.code)) !== i || String(c.code) === '' ? true : undefined}
              value={String(c.code)}
              onChange={(e) => set(i, { ...c, code: e.currentTarget.value.trim() })}
            />
            <LabelsInput bare label={t('admin.name_of', { name })} value={labelsOf(c.label)} onChange={(v) => set(i, { ...c, label: v })} />
            <ActionIcon variant="subtle" color="gray" aria-label={t('admin.remove_named', { name })} disabled={value.length === 1} onClick={() => onChange(value.filter((_, k) => k !== i))}>
              <IconX size={16} />
            </ActionIcon>
          </div>
        )}
      />
      <div>
        <Button size="xs" variant="subtle" leftSection={<IconPlus size={15} />} onClick={add}>
          {t('admin.choice_add')}
        </Button>
      </div>
    </fieldset>
  )
}

export function HuePicker({ value, name, onChange }: { value: string; name: string; onChange: (hue: string) => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles.hue} data-hue={value} aria-haspopup="dialog" aria-expanded={open} aria-label={t('admin.colour_of', { name, colour: t(`admin.hue.${value as 'gray'}`) })} onClick={() => setOpen(!open)}>
          <span className={styles.dot} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.palette}>
          {HUES.map((hue) => (
            <button
              key={hue}
              type="button"
              className={styles.hue}
              data-hue={hue}
              aria-label={t(`admin.hue.${hue}`)}
              aria-pressed={hue === value}
              onClick={() => {
                onChange(hue)
                setOpen(false)
              }}
            >
              <span className={styles.dot} />
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
