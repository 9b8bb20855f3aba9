/* Access.tsx - what each role may do with an object, and every path by which people reach it. */
import { NativeSelect, SegmentedControl } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../../fields/picker.tsx'
import { get } from '../../lib/api.ts'
import { findObject } from '../../lib/meta.ts'
import { type FieldAccess, type FieldRights, type Right, RIGHTS, rolesQuery } from '../../lib/people.ts'
import type { Level, Link as Linked, ObjectMeta } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import matrix from '../../views/people/matrix.module.css'
import styles from '../../views/people/people.module.css'
import { Empty, Failed, Lines } from '../../views/states.tsx'

interface Path {
  user: Linked
  object: string
  via: 'role' | 'share' | 'share_role' | 'share_unit' | 'book' | 'team' | 'delegation' | 'rule'
  name?: string
  rights?: Partial<Record<Right, Level>>
  count?: number
  field?: FieldAccess
}

const pathsQuery = (ask: { object: string; user?: string; field?: string }) =>
  queryOptions({
    queryKey: ['access', ask],
    queryFn: async ({ signal }) => (await get<{ rows: Path[] }>('/admin/access', ask, signal)).rows,
  })

const PLACES = ['unit', 'book', 'book_member', 'account_team', 'delegation'] as const

export function Access() {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const [tab, setTab] = useState('by_role')
  const [name, setName] = useState('account')
  const object = findObject(meta, name) ?? meta.objects[0]
  if (!object) return null
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>{t('admin.access.title')}</h1>
        <NativeSelect size="xs" aria-label={t('people.object')} value={object.name} onChange={(e) => setName(e.currentTarget.value)} data={meta.objects.map((o) => ({ value: o.name, label: label(o.plural, o.name) }))} />
      </div>
      <SegmentedControl aria-label={t('admin.access.title')} value={tab} onChange={setTab} data={[{ value: 'by_role', label: t('access.by_role') }, { value: 'paths', label: t('access.paths') }, { value: 'overview', label: t('access.overview') }]} />
      {tab === 'by_role' ? <ByRole object={object} /> : tab === 'paths' ? <Paths object={object} /> : <Overview />}
      <nav className={`card ${styles.section}`} aria-labelledby="places">
        <h2 id="places">{t('access.more_places')}</h2>
        <div className={styles.places}>
          {PLACES.map((p) => (
            <Link key={p} to="/o/$object" params={{ object: p }}>
              {label(findObject(meta, p)?.plural, p)}
            </Link>
          ))}
        </div>
      </nav>
    </div>
  )
}

function useLevel() {
  const { t } = useTranslation()
  return (right: Right, level: Level) => t(level !== 'none' && (right === 'create' || right === 'import') ? 'people.level_yes' : `people.level_${level}`)
}

function ByRole({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  const levelText = useLevel()
  const query = useQuery(rolesQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <div className={`card ${matrix.scroll}`} role="region" aria-label={t('people.rights')} tabIndex={0}>
      <table className={matrix.matrix}>
        <thead>
          <tr>
            <th scope="col">{t('access.role')}</th>
            {RIGHTS.map((r) => (
              <th key={r} scope="col">
                {t(`people.right_${r}`)}
              </th>
            ))}
            <th scope="col">{t('access.kept')}</th>
          </tr>
        </thead>
        <tbody>
          {query.data.map((role) => (
            <tr key={role.name}>
              <th scope="row">
                <Link to="/admin/$" params={{ _splat: `roles/${role.name}` }}>{label(role.label, role.name)}</Link>
              </th>
              {RIGHTS.map((r) => (
                <td key={r}>{levelText(r, role.objects[object.name]?.[r] ?? 'none')}</td>
              ))}
              <td>
                <Kept fields={role.objects[object.name]?.fields ?? {}} object={object} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/* All objects at once: how far each role sees, changes and deletes. */
function Overview() {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const levelText = useLevel()
  const query = useQuery(rolesQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  const shown: readonly Right[] = ['read', 'edit', 'delete']
  return (
    <div className={`card ${matrix.scroll}`} role="region" aria-label={t('access.overview')} tabIndex={0}>
      <table className={matrix.matrix}>
        <caption className={matrix.caption}>{shown.map((r) => t(`people.right_${r}`)).join(' / ')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('people.object')}</th>
            {query.data.map((role) => (
              <th key={role.name} scope="col">
                <Link to="/admin/$" params={{ _splat: `roles/${role.name}` }}>{label(role.label, role.name)}</Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {meta.objects.map((o) => (
            <tr key={o.name}>
              <th scope="row">{label(o.plural, o.name)}</th>
              {query.data.map((role) => (
                <td key={role.name}>{role.admin ? levelText('read', 'all') : shown.map((r) => levelText(r, role.objects[o.name]?.[r] ?? 'none')).join(' / ')}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Kept({ fields, object }: { fields: FieldRights; object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  return Object.entries(fields)
    .filter(([, access]) => access !== 'write')
    .map(([name, access]) => `${label(object.fields.find((f) => f.name === name)?.label, name)} (${t(`people.field_${access}`)})`)
    .join(', ')
}

function Paths({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  const levelText = useLevel()
  const [user, setUser] = useState<Linked | null>(null)
  const [field, setField] = useState('')
  const known = object.fields.some((f) => f.name === field) ? field : ''
  const query = useQuery(pathsQuery({ object: object.name, ...(user ? { user: user.id } : {}), ...(known ? { field: known } : {}) }))
  return (
    <>
      <div className={styles.bar}>
        <LinkPicker object="user" size="xs" aria-label={t('access.person')} placeholder={t('access.anybody')} value={user} onChange={setUser} />
        <NativeSelect size="xs" aria-label={t('access.field')} value={known} onChange={(e) => setField(e.currentTarget.value)} data={[{ value: '', label: t('access.any_field') }, ...object.fields.map((f) => ({ value: f.name, label: label(f.label, f.name) }))]} />
      </div>
      {query.isPending ? (
        <Lines />
      ) : !query.data ? (
        <Failed error={query.error} again={() => void query.refetch()} />
      ) : query.data.length === 0 ? (
        <Empty title={t('access.nobody')} />
      ) : (
        <div className={`card ${matrix.scroll}`} role="region" aria-label={t('access.paths')} tabIndex={0}>
          <table className={matrix.matrix}>
            <thead>
              <tr>
                {[t('access.person'), t('access.via'), t('access.gives'), ...(known ? [t('access.field')] : [])].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {query.data.map((p, i) => (
                <tr key={i}>
                  <th scope="row">{p.user.title}</th>
                  <td>{[t(`access.via_${p.via}`), p.name].filter(Boolean).join(': ')}</td>
                  <td>{p.rights ? Object.entries(p.rights).map(([r, l]) => `${t(`people.right_${r as Right}`)}: ${levelText(r as Right, l)}`).join(' · ') : (p.count ?? '')}</td>
                  {known && <td>{p.field ? t(`people.field_${p.field}`) : ''}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
