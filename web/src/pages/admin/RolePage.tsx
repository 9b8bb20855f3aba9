/* RolePage.tsx - one role: its name, its rights on every object, who has it; or a new one. */
import { Alert, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, Problem, remove } from '../../lib/api.ts'
import { plain } from '../../lib/meta.ts'
import { peopleQuery, type Right, RIGHTS, type Role } from '../../lib/people.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { Level } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { Confirm } from '../../views/people/Confirm.tsx'
import { FieldRightsCard } from '../../views/people/FieldRightsCard.tsx'
import { type Levels, Matrix } from '../../views/people/Matrix.tsx'
import styles from '../../views/people/people.module.css'
import { Failed, useProblemText } from '../../views/states.tsx'

const NOTHING = Object.fromEntries(RIGHTS.map((r) => [r, 'none'])) as Record<Right, Level>

/* What people read as a name, as a name programs can use: 行政 has none, so it gets a number. */
function codeOf(english: string, taken: readonly string[]): string {
  const code = english.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 40) || 'role'
  for (let i = 1; ; i++) {
    const name = i === 1 ? code : `${code}_${i}`
    if (!taken.includes(name)) return name
  }
}

export function RolePage({ roles, name }: { roles: Role[]; name: string }) {
  const role = roles.find((r) => r.name === name)
  if (name !== 'new' && !role) return <Failed error={new Problem(404, {})} />
  return <Editor roles={roles} role={role ?? null} />
}

function Editor({ roles, role }: { roles: Role[]; role: Role | null }) {
  const { t } = useTranslation()
  const label = useLabel()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const blank = Object.fromEntries(Object.keys(roles[0]?.objects ?? {}).map((o) => [o, NOTHING])) as Levels
  const was = role?.objects ?? blank
  const [levels, setLevels] = useState<Levels>(was)
  const [zh, setZh] = useState(role?.label['zh-Hant'] ?? '')
  const [en, setEn] = useState(role?.label.en ?? '')
  const [doc, setDoc] = useState(label(role?.doc))
  const [audit, setAudit] = useState(role?.audit ?? false)
  const [relocate, setRelocate] = useState(role?.relocate ?? false)
  const [against, setAgainst] = useState('')
  const [asking, setAsking] = useState(false)
  const other = roles.find((r) => r.name === against) ?? null
  const fixed = role?.admin ?? false
  const title = role ? label(role.label, role.name) : t('people.new_role')
  const set = (object: string, right: Right, level: Level) =>
    setLevels((l) => ({ ...l, [object]: { ...(l[object] ?? NOTHING), [right]: level } }))
  const again = () =>
    Promise.all(['roles', 'meta', 'people'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })))
  const save = useMutation({
    mutationFn: () =>
      call<Role>('PUT', `/admin/roles/${role?.name ?? codeOf(en, roles.map((r) => r.name))}`, {
        body: {
          label: { 'zh-Hant': zh.trim() || en.trim(), en: en.trim() || zh.trim() },
          ...(doc.trim() ? { doc: role && doc === label(role.doc) ? role.doc as Record<string, string> : { 'zh-Hant': doc.trim(), en: doc.trim() } } : {}),
          audit,
          relocate,
          objects: levels,
        },
      }),
    onSuccess: async (saved) => {
      await again()
      toast(t('people.role_saved', { name: label(saved.label, saved.name) }))
      if (!role) await navigate({ to: '/admin/$', params: { _splat: `roles/${saved.name}` } })
    },
  })
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        save.mutate()
      }}
    >
      <div className={styles.head}>
        <h1>{title}</h1>
        {role && (role.custom || role.changed) && (
          <Button size="xs" variant="default" color="red" onClick={() => setAsking(true)}>
            {t(role.custom ? 'people.role_remove' : 'people.role_reset')}
          </Button>
        )}
      </div>
      {fixed && <Alert variant="light">{t('people.role_fixed')}</Alert>}
      {save.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(save.error)}
        </Alert>
      )}
      {!fixed && (
        <section className={`card ${styles.section}`}>
          <div className={styles.two}>
            <TextInput label={t('people.role_zh')} lang="zh-Hant" maxLength={80} required={!en.trim()} withAsterisk={false} value={zh} onChange={(e) => setZh(e.currentTarget.value)} />
            <TextInput label={t('people.role_en')} lang="en" maxLength={80} value={en} onChange={(e) => setEn(e.currentTarget.value)} />
          </div>
          <TextInput label={t('people.role_doc')} maxLength={500} value={doc} onChange={(e) => setDoc(e.currentTarget.value)} />
          <Checkbox label={t('people.role_audit')} description={t('people.role_audit_help')} checked={audit} onChange={(e) => setAudit(e.currentTarget.checked)} />
          <Checkbox label={t('people.role_relocate')} description={t('people.role_relocate_help')} checked={relocate} onChange={(e) => setRelocate(e.currentTarget.checked)} />
        </section>
      )}
      <section className="card" aria-labelledby="rights">
        <div className={styles.section}>
          <div className={styles.head}>
            <h2 id="rights" className={styles.grow}>
              {t('people.rights')}
            </h2>
            <NativeSelect
              size="xs"
              aria-label={t('people.compare')}
              value={against}
              onChange={(e) => setAgainst(e.currentTarget.value)}
              data={[{ value: '', label: t('people.compare') }, ...roles.filter((r) => r !== role).map((r) => ({ value: r.name, label: t('people.compare_with', { name: label(r.label, r.name) }) }))]}
            />
          </div>
          <p className="dim small">{other ? t('people.compare_help', { name: label(other.label, other.name) }) : t('people.levels_help')}</p>
        </div>
        <Matrix levels={levels} was={was} other={other?.objects ?? null} otherName={label(other?.label)} fixed={fixed} onChange={set} />
      </section>
      {!fixed && (
        <FieldRightsCard
          levels={levels}
          onChange={(object, fields) => setLevels((l) => ({ ...l, [object]: { ...(l[object] ?? NOTHING), fields } }))}
        />
      )}
      {role && !role.everyone && <Holders role={role} />}
      {!fixed && (
        <div className={`${styles.foot} ${styles.sticky}`}>
          <Button type="submit" loading={save.isPending}>
            {t('form.save')}
          </Button>
          <Button variant="default" renderRoot={(p) => <Link to="/admin/$" params={{ _splat: 'roles' }} {...p} />}>
            {t('cancel')}
          </Button>
          <span className="dim small">{t('people.role_at_once')}</span>
        </div>
      )}
      {asking && role && (
        <Confirm
          title={t(role.custom ? 'people.role_remove' : 'people.role_reset')}
          go={t(role.custom ? 'people.role_remove' : 'people.role_reset')}
          danger
          run={async () => {
            await remove(`/admin/roles/${role.name}`)
            await again()
            await navigate({ to: '/admin/$', params: { _splat: 'roles' } })
          }}
          onClose={() => setAsking(false)}
        >
          <p>{t(role.custom ? 'people.role_remove_help' : 'people.role_reset_help', { name: title, count: role.users })}</p>
        </Confirm>
      )}
    </form>
  )
}

function Holders({ role }: { role: Role }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(peopleQuery({ role: role.name }))
  const people = query.data?.pages.flatMap((p) => p.rows) ?? []
  return (
    <section className={`card ${styles.section}`} aria-labelledby="holders">
      <h2 id="holders">{t('people.holders')}</h2>
      {query.data && people.length === 0 && <p className="dim">{t('people.no_holders')}</p>}
      <div className={styles.chips}>
        {people.map((p) => (
          <Button key={p.user.id} size="compact-sm" variant="default" renderRoot={(q) => <Link to="/admin/$" params={{ _splat: `users/${p.user.id}` }} {...q} />}>
            {plain(p.user.display_name)}
          </Button>
        ))}
        {query.hasNextPage && (
          <Button size="compact-sm" variant="subtle" onClick={() => void query.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </div>
    </section>
  )
}
