/* User.tsx - one person: what they may do, how they come in, and how to keep them out. */
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconKey, IconLink, IconUserCheck, IconUserOff, IconUserShare } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BASE } from '../../lib/base.ts'
import { call, post, Problem } from '../../lib/api.ts'
import { formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { plain } from '../../lib/meta.ts'
import { type Person, personQuery } from '../../lib/people.ts'
import { forget, queryClient, recordQuery } from '../../lib/queries.ts'
import { factorsQuery } from '../../lib/signin.ts'
import { toast } from '../../lib/toast.ts'
import { useObject, useOffset, useSession } from '../../lib/use.ts'
import { Facts } from '../../views/Facts.tsx'
import { Confirm } from '../../views/people/Confirm.tsx'
import { Devices, Keys } from '../../views/people/Devices.tsx'
import { Leaving } from '../../views/people/Leaving.tsx'
import { RoleChoice } from '../../views/people/RoleChoice.tsx'
import { Secret } from '../../views/people/Secret.tsx'
import styles from '../../views/people/people.module.css'
import { Failed, Lines, useProblemText } from '../../views/states.tsx'
import { Marks } from './Users.tsx'

const NONE: ReadonlySet<string> = new Set()
/* Letting in and out has buttons, as it does more than that field says. */
const HIDDEN: ReadonlySet<string> = new Set(['active'])

async function again(id: string) {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['people'] }),
    queryClient.invalidateQueries({ queryKey: ['roles'] }),
    forget('user', id),
  ])
}

export function User({ id }: { id: string }) {
  const query = useQuery(personQuery(id))
  if (query.isPending) return <Lines />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  if (!query.data) return <Failed error={new Problem(404, {})} />
  return <Shown person={query.data} />
}

function Shown({ person }: { person: Person }) {
  const object = useObject('user')
  const { user } = person
  /* Facts writes it, so it must be the one that writing renews. */
  const record = useQuery(recordQuery('user', user.id)).data ?? user
  return (
    <div className="stack">
      <Head person={person} />
      <Roles person={person} />
      <SigningIn person={person} />
      {object && <Facts object={object} record={record} editable hidden={HIDDEN} fresh={NONE} />}
      <Devices user={user.id} mine={false} />
      <Keys user={user.id} />
    </div>
  )
}

function Head({ person }: { person: Person }) {
  const { t } = useTranslation()
  const { user } = person
  const me = useSession()?.user.id
  const problemText = useProblemText()
  const [asking, setAsking] = useState<'out' | 'reset' | 'leaving' | null>(null)
  const [secret, setSecret] = useState('')
  const [link, setLink] = useState('')
  const invite = useMutation({
    mutationFn: () => post<{ secret: string }>(`/admin/users/${user.id}/link`),
    onSuccess: ({ secret }) => setLink(`${window.location.origin}${BASE}/link#${secret}`),
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  const name = plain(user.display_name)
  const active = user.active !== false
  const let_in = useMutation({
    mutationFn: () => call('PUT', `/admin/users/${user.id}/active`, { body: { active: true } }),
    onSuccess: () => again(user.id),
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  return (
    <div className={styles.head}>
      <h1>
        {name} <span className={`dim ${styles.total}`}>{plain(user.login)}</span>
      </h1>
      <Marks person={person} />
      {user.id !== me && active && (
        <Button size="xs" variant="default" leftSection={<IconLink size={15} />} loading={invite.isPending} onClick={() => invite.mutate()}>
          {t('signin.link')}
        </Button>
      )}
      {user.id !== me && active && (
        <Button size="xs" variant="default" leftSection={<IconKey size={15} />} onClick={() => setAsking('reset')}>
          {t(person.has_password ? 'people.reset' : 'people.give_password')}
        </Button>
      )}
      {user.id !== me && active && (
        <Button size="xs" variant="default" leftSection={<IconUserShare size={15} />} onClick={() => setAsking('leaving')}>
          {t('signin.leaving_begin')}
        </Button>
      )}
      {active ? (
        <Button size="xs" variant="default" color="red" leftSection={<IconUserOff size={15} />} onClick={() => setAsking('out')}>
          {t('people.disable')}
        </Button>
      ) : (
        <Button size="xs" leftSection={<IconUserCheck size={15} />} loading={let_in.isPending} onClick={() => let_in.mutate()}>
          {t('people.enable')}
        </Button>
      )}
      {asking === 'leaving' && <Leaving user={user.id} name={name} onDone={() => again(user.id)} onClose={() => setAsking(null)} />}
      {asking === 'out' && (
        <Confirm
          title={t('people.disable_ask', { name })}
          go={t('people.disable')}
          danger
          run={async () => {
            await call('PUT', `/admin/users/${user.id}/active`, { body: { active: false } })
            await again(user.id)
          }}
          onClose={() => setAsking(null)}
        >
          <p>{t('people.disable_help')}</p>
        </Confirm>
      )}
      {asking === 'reset' && (
        <Confirm
          title={t(person.has_password ? 'people.reset_ask' : 'people.give_ask', { name })}
          go={t(person.has_password ? 'people.reset' : 'people.give_password')}
          run={async () => {
            const made = await post<{ password: string }>(`/admin/users/${user.id}/reset`)
            setSecret(made.password)
            await again(user.id)
          }}
          onClose={() => setAsking(null)}
        >
          <p>{t(person.has_password ? 'people.reset_help' : 'people.make_password_help')}</p>
        </Confirm>
      )}
      {link && <Secret title={t('signin.link')} help={t('signin.link_once', { name })} secret={link} onClose={() => setLink('')} />}
      {secret && <Secret title={t('people.new_password')} help={t('people.password_once', { name, login: plain(user.login) })} secret={secret} onClose={() => setSecret('')} />}
    </div>
  )
}

function Roles({ person }: { person: Person }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [roles, setRoles] = useState(person.roles)
  const changed = [...roles].sort().join() !== [...person.roles].sort().join()
  const save = useMutation({
    mutationFn: (next: string[]) => call('PUT', `/user/${person.user.id}/roles`, { body: { roles: next } }),
    onSuccess: async (_, next) => {
      const before = person.roles
      await again(person.user.id)
      setRoles(next)
      toast(t('people.roles_saved'), next === before ? {} : { undo: { label: t('undo'), run: () => save.mutate(before) } })
    },
  })
  return (
    <section className={`card ${styles.section}`} aria-labelledby="roles">
      <div className={styles.head}>
        <h2 id="roles">{t('people.roles')}</h2>
        <Link to="/admin/$" params={{ _splat: 'roles' }} className="small">
          {t('people.what_roles_may')}
        </Link>
      </div>
      <RoleChoice value={roles} onChange={setRoles} />
      {save.isError && (
        <p role="alert" className="small" style={{ color: 'var(--gx-danger)' }}>
          {problemText(save.error)}
        </p>
      )}
      {changed && (
        <div className={styles.foot}>
          <Button size="xs" loading={save.isPending} onClick={() => save.mutate(roles)}>
            {t('form.save')}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              save.reset()
              setRoles(person.roles)
            }}
          >
            {t('cancel')}
          </Button>
        </div>
      )}
    </section>
  )
}

/* Which factors somebody has, and what helps who has lost them. */
function SecondFactor({ person }: { person: Person }) {
  const { t } = useTranslation()
  const me = useSession()?.user.id
  const { data } = useQuery(factorsQuery(person.user.id))
  const [asking, setAsking] = useState(false)
  if (!data) return null
  const any = data.totp_since !== null || data.passkeys.length > 0
  const said = [data.totp_since && t('signin.totp'), data.passkeys.length > 0 && t('signin.passkeys', { count: data.passkeys.length })].filter(Boolean).join('、')
  return (
    <>
      <dt>{t('signin.factors')}</dt>
      <dd className={styles.chips}>
        {any ? said : t(data.required ? 'signin.none_required' : 'signin.none')}
        {any && person.user.id !== me && (
          <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>
            {t('signin.reset')}
          </Button>
        )}
        {asking && (
          <Confirm
            title={t('signin.reset_ask', { name: plain(person.user.display_name) })}
            go={t('signin.reset')}
            danger
            run={async () => {
              await call('DELETE', `/user/${person.user.id}/factors`)
              await again(person.user.id)
            }}
            onClose={() => setAsking(false)}
          >
            <p>{t('signin.reset_help')}</p>
          </Confirm>
        )}
      </dd>
    </>
  )
}

function SigningIn({ person }: { person: Person }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const search = { by: person.user.id, by_name: plain(person.user.display_name) }
  const about = { about: person.user.id, about_name: plain(person.user.display_name) }
  return (
    <section className={`card ${styles.section}`} aria-labelledby="signing">
      <h2 id="signing">{t('people.signing_in')}</h2>
      <dl className={styles.pairs}>
        <dt>{t('people.signed_in')}</dt>
        <dd className="num">{person.signed_in_at ? formatMoment(person.signed_in_at, lang, offset) : t('people.never')}</dd>
        <dt>{t('people.password')}</dt>
        <dd>{t(!person.has_password ? 'people.password_none' : person.must_change_password ? 'people.password_given' : 'people.password_own')}</dd>
        <SecondFactor person={person} />
        <dt>{t('people.log')}</dt>
        <dd className={styles.chips}>
          <Link to="/admin/$" params={{ _splat: 'audit' }} search={search}>
            {t('people.log_by')}
          </Link>
          <span aria-hidden>·</span>
          <Link to="/admin/$" params={{ _splat: 'audit' }} search={about}>
            {t('people.log_about')}
          </Link>
        </dd>
      </dl>
    </section>
  )
}
