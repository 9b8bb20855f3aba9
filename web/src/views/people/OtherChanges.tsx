/* OtherChanges.tsx - what changed that is no record: roles, passwords, keys, settings, definitions. */
import { IconArrowNarrowRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../../lib/people.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import styles from './audit.module.css'

const SAID: Readonly<Record<string, 'given' | 'set' | 'link' | 'by_link' | 'changed' | 'ended' | 'others' | 'all' | 'reset' | 'published' | 'removed'>> = {
  'given out': 'given', set: 'set', link: 'link', 'by link': 'by_link', changed: 'changed', ended: 'ended', 'ended others': 'others', 'ended all': 'all', reset: 'reset',
  published: 'published', removed: 'removed',
}
const ACCESS = ['roles', 'password', 'key', 'session', 'role', 'second_factor', 'passkey', 'way', 'again', 'signin_rules', 'leaving'] as const
const SETTINGS = ['organisation', 'language', 'currency', 'region', 'time_zone_offset_min', 'fiscal_start_month', 'session_hours', 'password_chars_min'] as const
const isNothing = (v: unknown) => v === null || v === '' || (Array.isArray(v) && v.length === 0)
const isOne = <T extends string>(list: readonly T[], text: string): text is T => (list as readonly string[]).includes(text)

export function OtherChanges({ what, changes }: { what: string; changes: AuditEntry['changes'] }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const role = (name: string) => label(meta.roles?.find((r) => r.name === name), name)
  const field = (name: string) => {
    if (isOne(ACCESS, name)) return t(`people.change_${name}`)
    if (what === 'setting' && isOne(SETTINGS, name)) return t(`people.set_${name}`)
    if (name === 'failed' || name === 'times') return t(`people.seen_${name}`)
    if (what === 'private' || what === 'export') return label(meta.objects.find((o) => o.name === name)?.plural, name)
    const [object = '', right = ''] = name.split('.')
    const known = meta.objects.find((o) => o.name === object)
    return known && right ? `${label(known.plural)}・${t(`people.right_${right as 'read'}`)}` : name
  }
  const value = (name: string, v: unknown): string => {
    if (v === null || v === undefined || v === '') return '—'
    if (what === 'private' && v === 'list') return t('people.seen_list')
    if (typeof v === 'object' && !Array.isArray(v)) return JSON.stringify(v)
    if (Array.isArray(v)) return v.map((x) => role(String(x))).join('、') || '—'
    if (name === 'role') return role(String(v))
    if (what === 'definition' && (v === 'none' || v === 'own' || v === 'team' || v === 'unit' || v === 'book' || v === 'all')) return t(`people.level_${v}`)
    const said = what === 'access' || what === 'definition' ? SAID[String(v)] : undefined
    return said && name !== 'key' ? t(`people.said_${said}`) : String(v)
  }
  return (
    <ul className="plain">
      {changes.map((c) => (
        <li key={c.field} className={styles.change}>
          <span className="dim">{field(c.field)}</span>
          {!isNothing(c.old) && <span className={styles.old}>{value(c.field, c.old)}</span>}
          {!isNothing(c.old) && <IconArrowNarrowRight size={16} className="dim" aria-label="→" />}
          <span>{value(c.field, c.new)}</span>
        </li>
      ))}
    </ul>
  )
}
