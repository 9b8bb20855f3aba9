/* Users.tsx - the people who work here: found, let in, and one by one on a page of their own. */
import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconFileImport, IconSearch, IconUserPlus } from '@tabler/icons-react'
import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { formatAgo, formatMoment, formatNumber } from '../../lib/format.ts'
import { useLang, withWords } from '../../lib/i18n.ts'
import { plain } from '../../lib/meta.ts'
import { peopleQuery, type Person, rolesQuery } from '../../lib/people.ts'
import { useLabel, useOffset } from '../../lib/use.ts'
import { Empty, Failed, Lines } from '../../views/states.tsx'
import styles from '../../views/people/people.module.css'
import type { AdminPageProps } from './section.ts'

const User = lazy(() => import('./User.tsx').then((m) => ({ default: m.User })))
const NewUser = lazy(() => import('./NewUser.tsx').then((m) => ({ default: m.NewUser })))
const PeopleFile = lazy(() => withWords('provision', import('./PeopleFile.tsx')).then((m) => ({ default: m.PeopleFile })))

export function Users({ rest: [id] }: AdminPageProps) {
  if (id === 'new') return <NewUser />
  if (id === 'file') return <PeopleFile />
  if (id) return <User key={id} id={id} />
  return <People />
}

function People() {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const [typed, setTyped] = useState('')
  const [state, setState] = useState('active')
  const [role, setRole] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 200)
  const roles = useQuery(rolesQuery)
  const query = useInfiniteQuery(peopleQuery({ q, state, role }))
  const people = query.data?.pages.flatMap((p) => p.rows) ?? []
  const total = query.data?.pages[0]?.total
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>
          {t('admin.users.title')}
          {total !== undefined && <span className={`dim num ${styles.total}`}>{t('people.count', { count: total, text: formatNumber(total, lang) })}</span>}
        </h1>
        <Button leftSection={<IconUserPlus size={17} />} renderRoot={(p) => <Link to="/admin/$" params={{ _splat: 'users/new' }} {...p} />}>
          {t('people.new_user')}
        </Button>
        <Button variant="default" leftSection={<IconFileImport size={17} />} renderRoot={(p) => <Link to="/admin/$" params={{ _splat: 'users/file' }} {...p} />}>
          {t('people.from_file')}
        </Button>
      </div>
      <div className={styles.bar}>
        <TextInput type="search" aria-label={t('people.find')} placeholder={t('people.find')} leftSection={<IconSearch size={16} aria-hidden />} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />
        <NativeSelect
          aria-label={t('people.role')}
          value={role}
          onChange={(e) => setRole(e.currentTarget.value)}
          data={[{ value: '', label: t('people.any_role') }, ...(roles.data ?? []).filter((r) => !r.everyone).map((r) => ({ value: r.name, label: label(r.label, r.name) }))]}
        />
        <SegmentedControl
          aria-label={t('people.state')}
          value={state}
          onChange={setState}
          data={[
            { value: 'active', label: t('people.state_active') },
            { value: 'disabled', label: t('people.state_disabled') },
            { value: '', label: t('people.state_all') },
          ]}
        />
      </div>
      {query.isPending && <Lines />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.data && people.length === 0 && <Empty title={t('nothing_found')} />}
      {people.length > 0 && (
        <div className={`card ${styles.section}`}>
          <ul className={`plain ${styles.rows} ${styles.whole}`}>
            {people.map((p) => (
              <PersonLine key={p.user.id} person={p} />
            ))}
          </ul>
        </div>
      )}
      {query.hasNextPage && (
        <Button className={styles.more} variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </div>
  )
}

export function Marks({ person }: { person: Person }) {
  const { t } = useTranslation()
  return (
    <>
      {person.user.active === false && <Chip text={t('people.state_disabled')} hue="red" />}
      {person.must_change_password && <Chip text={t('people.invited')} hue="yellow" />}
      {!person.has_password && person.user.active !== false && <Chip text={t('people.no_password')} hue="gray" />}
    </>
  )
}

function PersonLine({ person }: { person: Person }) {
  const { t } = useTranslation()
  const lang = useLang()
  const label = useLabel()
  const offset = useOffset()
  const roles = useQuery(rolesQuery).data
  const { user } = person
  return (
    <li>
      <Link to="/admin/$" params={{ _splat: `users/${user.id}` }} className={styles.item}>
        <span className={styles.who}>
          <span className="clip">{plain(user.display_name)}</span>
          <span className="dim small clip">{[plain(user.login), plain(user.email)].filter(Boolean).join(' · ')}</span>
        </span>
        <span className={styles.chips}>
          {person.roles.map((name) => (
            <Chip key={name} text={label(roles?.find((r) => r.name === name)?.label, name)} hue={name === 'admin' ? 'violet' : 'teal'} />
          ))}
          <Marks person={person} />
        </span>
        <span className="dim small clip">{[plain(user.title), plain(user.team)].filter(Boolean).join(' · ')}</span>
        <span className={`dim small num ${styles.end}`} title={person.signed_in_at ? formatMoment(person.signed_in_at, lang, offset) : undefined}>
          <span className="sr">{t('people.signed_in')}: </span>
          {person.signed_in_at ? formatAgo(person.signed_in_at, lang) : t('people.never')}
        </span>
      </Link>
    </li>
  )
}
