/* Search.tsx - one box that finds anyone: by name in any script, phone digits, e-mail. */
import { Combobox, Kbd, Loader, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconHistory, IconSearch } from '@tabler/icons-react'
import { type Ref, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findField, findObject } from '../lib/meta.ts'
import { searchQuery } from '../lib/queries.ts'
import { recentOf } from '../lib/recent.ts'
import type { Hit } from '../lib/types.ts'
import { useLabel, useMeta, useSession } from '../lib/use.ts'
import { ObjectIcon } from './Icon.tsx'
import styles from './Search.module.css'

/* Positions count characters, not UTF-16 units. */
export function Marked({ text, from, to }: { text: string; from: number; to: number }) {
  const chars = [...text]
  return (
    <>
      {chars.slice(0, from).join('')}
      <mark>{chars.slice(from, to).join('')}</mark>
      {chars.slice(to).join('')}
    </>
  )
}

function Found({ hit }: { hit: Hit }) {
  const meta = useMeta()
  const label = useLabel()
  const object = findObject(meta, hit.object)
  const m = hit.match
  const field = object && m ? findField(object, m.field) : null
  const inTitle = m && m.text === hit.title
  return (
    <div className={styles.hit}>
      <ObjectIcon name={object?.icon} className={styles.icon} />
      <div className={styles.text}>
        <div className="clip">{inTitle ? <Marked {...m} /> : hit.title}</div>
        <div className="clip dim small">
          {[label(object?.label), hit.subtitle].filter(Boolean).join(' · ')}
          {m && !inTitle && (
            <>
              {' · '}
              {label(field?.label)} <Marked {...m} />
            </>
          )}
        </div>
      </div>
    </div>
  )
}

export function Search({ ref, autoFocus, onDone }: { ref?: Ref<HTMLInputElement>; autoFocus?: boolean; onDone?: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const meta = useMeta()
  const session = useSession()
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 120)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const { data, isFetching } = useQuery({ ...searchQuery(asked), enabled: asked !== '' })
  const hits = asked === '' || text.trim() === '' ? [] : (data?.rows ?? [])
  /* Enter takes the first of what is there now. */
  const { selectFirstOption } = combobox
  useEffect(() => {
    if (data) selectFirstOption()
  }, [data, selectFirstOption])
  const recent = text.trim() === '' ? recentOf(session?.user.id ?? '') : []
  const go = (value: string) => {
    const [object, id] = value.split('/')
    setText('')
    combobox.closeDropdown()
    onDone?.()
    if (object && id) void navigate({ to: '/o/$object/$id', params: { object, id } })
  }
  return (
    <Combobox store={combobox} onOptionSubmit={go} shadow="md">
      <Combobox.Target withExpandedAttribute>
        <TextInput
          ref={ref}
          type="search"
          role="combobox"
          aria-label={t('search.label')}
          placeholder={t('search.hint')}
          autoFocus={autoFocus ?? false}
          data-autofocus={autoFocus}
          autoComplete="off"
          value={text}
          leftSection={<IconSearch size={17} aria-hidden />}
          rightSection={isFetching ? <Loader size={15} /> : <Kbd size="xs" className={styles.kbd}>/</Kbd>}
          onChange={(e) => {
            setText(e.currentTarget.value)
            combobox.openDropdown()
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={(e) => {
            if (e.key === 'Escape') e.currentTarget.blur()
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={hits.length === 0 && recent.length === 0 && text.trim() === ''}>
        <Combobox.Options className={styles.options} aria-label={t('search.label')}>
          {hits.map((hit) => (
            <Combobox.Option key={`${hit.object}/${hit.id}`} value={`${hit.object}/${hit.id}`}>
              <Found hit={hit} />
            </Combobox.Option>
          ))}
          {recent.length > 0 && (
            <Combobox.Group label={t('home.recent')}>
              {recent.slice(0, 8).map((seen) => (
                <Combobox.Option key={seen.id} value={`${seen.object}/${seen.id}`}>
                  <div className={styles.hit}>
                    <IconHistory size={17} className={styles.icon} aria-hidden />
                    <span className="clip">{seen.title}</span>
                    <ObjectIcon name={findObject(meta, seen.object)?.icon} className={styles.kind} size={15} />
                  </div>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          )}
          {hits.length === 0 && text.trim() !== '' && (
            <Combobox.Empty>{isFetching || asked !== text.trim() ? t('searching') : t('nothing_found')}</Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
