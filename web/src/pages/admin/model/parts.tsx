/* parts.tsx - pieces that the pages of the model share: names per language, expressions, where a thing is from. */
import { ActionIcon, Select, Textarea, TextInput, Tooltip } from '@mantine/core'
import { IconRotate2 } from '@tabler/icons-react'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LANGS } from '../../../lib/lang.ts'
import type { FieldError, Labels, ObjectMeta } from '../../../lib/types.ts'
import { useLabel } from '../../../lib/use.ts'
import { ComplaintAt } from '../../../views/Complaint.tsx'
import { useEditing } from './drafts.tsx'
import styles from './model.module.css'

/* The same text in each language. */
export function LabelsInput({ label, value, onChange, required, long, bare }: { label: string; value: Labels; onChange: (value: { [lang: string]: string }) => void; required?: boolean; long?: boolean; bare?: boolean }) {
  const { t } = useTranslation()
  const set = (code: string, text: string) => {
    const next: Record<string, string> = {}
    for (const [k, v] of Object.entries({ ...value, [code]: text })) if (v) next[k] = v
    onChange(next)
  }
  return (
    <div className={styles.langs} role="group" aria-label={label}>
      {LANGS.map(({ code, name }) => {
        const props = {
          lang: code,
          value: value[code] ?? '',
          error: required && !value[code] && Object.values(value).some(Boolean) ? true : undefined,
          ...(bare ? { 'aria-label': t('admin.in_language', { label, name }), placeholder: name, size: 'xs' as const } : { label: t('admin.in_language', { label, name }), required: required ?? false }),
        }
        return long ? (
          <Textarea key={code} {...props} autosize={false} rows={2} onChange={(e) => set(code, e.currentTarget.value)} />
        ) : (
          <TextInput key={code} {...props} onChange={(e) => set(code, e.currentTarget.value)} />
        )
      })}
    </div>
  )
}

/* Where it comes from, and whether something of it is one's own. */
export function Origin({ pack, changed }: { pack: string; changed?: boolean }) {
  const { t } = useTranslation()
  const label = useLabel()
  const { packs } = useEditing()
  const json = packs.find((p) => p.name === pack)?.files.find((f) => f.path.endsWith('/pack.json'))?.json
  return (
    <span className={styles.origin}>
      <span className={styles.tag} data-own={pack === '' || undefined}>
        {pack ? label(json?.label as Labels | undefined, pack) : t('admin.own')}
      </span>
      {changed && (
        <span className={styles.tag} data-own>
          {t('admin.adapted')}
        </span>
      )}
    </span>
  )
}

export function ResetButton({ name, onReset }: { name: string; onReset: () => void }) {
  const { t } = useTranslation()
  return (
    <Tooltip label={t('admin.reset')}>
      <ActionIcon variant="subtle" color="gray" size="md" aria-label={t('admin.reset_named', { name })} onClick={onReset}>
        <IconRotate2 size={16} />
      </ActionIcon>
    </Tooltip>
  )
}

/* An expression over an object, with names of fields to put in and what the server says of it. */
export function Expression({ label, help, object, value, onChange, error, required }: { label: string; help?: string; object: ObjectMeta | null; value: string; onChange: (value: string) => void; error?: FieldError | undefined; required?: boolean }) {
  const { t } = useTranslation()
  const word = useLabel()
  const id = useId()
  const input = useRef<HTMLTextAreaElement>(null)
  const [, setPicked] = useState('')
  const insert = (name: string | null) => {
    const el = input.current
    if (!name || !el) return
    const from = el.selectionStart, to = el.selectionEnd
    onChange(value.slice(0, from) + name + value.slice(to))
    setPicked('')
    requestAnimationFrame(() => {
      el.focus()
      el.setSelectionRange(from + name.length, from + name.length)
    })
  }
  return (
    <div className={styles.expression}>
      <Textarea
        id={id}
        ref={input}
        label={label}
        description={help}
        required={required ?? false}
        rows={2}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: styles.code }}
        value={value}
        onChange={(e) => onChange(e.currentTarget.value)}
        error={value && error ? <ComplaintAt error={error} text={value} /> : undefined}
      />
      {object && (
        <Select
          size="xs"
          className={styles.insert}
          aria-label={t('admin.insert_field_for', { name: label })}
          placeholder={t('admin.insert_field')}
          searchable
          value={null}
          data={object.fields.filter((f) => f.name !== 'deleted_at' && f.name !== 'version').map((f) => ({ value: f.name, label: `${word(f.label, f.name)} · ${f.name}` }))}
          nothingFoundMessage={t('nothing_found')}
          onChange={insert}
        />
      )}
    </div>
  )
}
