/* picker.tsx - find one record by typing a part of its name, phone or anything searched. */
import { CloseButton, Combobox, Loader, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findObject, titleFields, titleOf } from '../lib/meta.ts'
import { get } from '../lib/api.ts'
import { searchQuery } from '../lib/queries.ts'
import type { Link, RecordPage } from '../lib/types.ts'
import { useMeta } from '../lib/use.ts'

export interface LinkPickerProps {
  object: string
  value: Link | null
  onChange: (link: Link | null) => void
  label?: ReactNode
  'aria-label'?: string
  'aria-required'?: boolean
  description?: ReactNode
  error?: string | undefined
  withAsterisk?: boolean
  autoFocus?: boolean
  name?: string
  'data-field'?: string
  size?: string
  placeholder?: string
}

/* What may be chosen: what was found, or the newest while nothing is typed. */
export function useFound(object: string, typed: string, opened: boolean) {
  const meta = useMeta()
  const o = findObject(meta, object)
  const [text] = useDebouncedValue(typed.trim(), 150)
  const found = useQuery({ ...searchQuery(text, object, 10), enabled: opened && text !== '' })
  const newest = useQuery({
    queryKey: ['list', object, 'newest'],
    enabled: opened && text === '' && o !== null,
    queryFn: ({ signal }) =>
      get<RecordPage>(`/${object}`, { limit: 10, fields: o ? titleFields(o).join(',') : '' }, signal),
  })
  const links: (Link & { subtitle?: string | undefined })[] =
    text !== ''
      ? (found.data?.rows ?? []).map((r) => ({ id: r.id, title: r.title, subtitle: r.subtitle }))
      : (newest.data?.rows ?? []).map((r) => ({ id: r.id, title: o ? titleOf(o, r) : r.id }))
  return { links, busy: found.isFetching || newest.isFetching }
}

export function FoundOptions({ links, busy }: { links: (Link & { subtitle?: string | undefined })[]; busy: boolean }) {
  const { t } = useTranslation()
  return (
    <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={t('found')}>
      {links.map((link) => (
        <Combobox.Option key={link.id} value={link.id}>
          <div className="clip">{link.title}</div>
          {link.subtitle && <div className="clip dim small">{link.subtitle}</div>}
        </Combobox.Option>
      ))}
      {links.length === 0 && <Combobox.Empty>{busy ? t('searching') : t('nothing_found')}</Combobox.Empty>}
    </Combobox.Options>
  )
}

export function LinkPicker({ object, value, onChange, ...rest }: LinkPickerProps) {
  const { t } = useTranslation()
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [typed, setTyped] = useState<string | null>(null)
  const { links, busy } = useFound(object, typed ?? '', combobox.dropdownOpened)
  const choose = (id: string) => {
    const link = links.find((l) => l.id === id)
    if (link) onChange({ id: link.id, title: link.title })
    setTyped(null)
    combobox.closeDropdown()
  }
  const right = busy ? (
    <Loader size={16} />
  ) : value ? (
    <CloseButton size="sm" aria-label={t('clear')} onMouseDown={(e) => e.preventDefault()} onClick={() => onChange(null)} />
  ) : (
    <Combobox.Chevron />
  )
  return (
    <Combobox store={combobox} onOptionSubmit={choose} shadow="md">
      <Combobox.Target withExpandedAttribute>
        <TextInput
          role="combobox"
          {...rest}
          autoComplete="off"
          value={typed ?? value?.title ?? ''}
          placeholder={rest.placeholder ?? t('type_to_find')}
          onChange={(e) => {
            setTyped(e.currentTarget.value)
            combobox.openDropdown()
            combobox.updateSelectedOptionIndex()
          }}
          onClick={() => combobox.openDropdown()}
          onFocus={(e) => e.currentTarget.select()}
          onBlur={() => {
            combobox.closeDropdown()
            setTyped(null)
          }}
          rightSection={right}
          rightSectionPointerEvents={value && !busy ? 'all' : 'none'}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <FoundOptions links={links} busy={busy} />
      </Combobox.Dropdown>
    </Combobox>
  )
}

