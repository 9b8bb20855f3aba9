import '@mantine/core/styles/PillsInput.layer.css'
import '@mantine/core/styles/Pill.layer.css'
import { Combobox, Pill, PillsInput, useCombobox } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Link } from '../../lib/types.ts'
import { FoundOptions, useFound } from '../picker.tsx'
import { type InputProps, wrapper } from '../type.ts'

const asLinks = (value: unknown): Link[] => (Array.isArray(value) ? (value as Link[]) : [])

export default function LinksInput(props: InputProps) {
  const { t } = useTranslation()
  const chosen = asLinks(props.value)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [typed, setTyped] = useState('')
  const { links, busy } = useFound(props.field.to ?? '', typed, combobox.dropdownOpened)
  const free = links.filter((l) => !chosen.some((c) => c.id === l.id))
  const drop = (id: string) => props.onChange(chosen.filter((c) => c.id !== id))
  const { 'aria-label': spoken, autoFocus, name, 'data-field': mark, 'aria-required': _, ...outer } = { 'aria-label': props.label, ...wrapper(props) }
  return (
    <Combobox
      store={combobox}
      shadow="md"
      onOptionSubmit={(id) => {
        const link = free.find((l) => l.id === id)
        if (link) props.onChange([...chosen, { id: link.id, title: link.title }])
        setTyped('')
      }}
    >
      <Combobox.DropdownTarget>
        <PillsInput {...outer} onClick={() => combobox.openDropdown()}>
          <Pill.Group>
            {chosen.map((link) => (
              <Pill key={link.id} withRemoveButton onRemove={() => drop(link.id)} removeButtonProps={{ 'aria-label': t('remove') }}>
                {link.title}
              </Pill>
            ))}
            <Combobox.EventsTarget>
              <PillsInput.Field
                aria-label={spoken}
                autoFocus={autoFocus}
                name={name}
                data-field={mark}
                value={typed}
                placeholder={chosen.length ? '' : t('type_to_find')}
                onFocus={() => combobox.openDropdown()}
                onBlur={() => combobox.closeDropdown()}
                onChange={(e) => {
                  setTyped(e.currentTarget.value)
                  combobox.openDropdown()
                }}
                onKeyDown={(e) => {
                  const last = chosen.at(-1)
                  if (e.key === 'Backspace' && typed === '' && last) drop(last.id)
                }}
              />
            </Combobox.EventsTarget>
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown>
        <FoundOptions links={free} busy={busy} />
      </Combobox.Dropdown>
    </Combobox>
  )
}
