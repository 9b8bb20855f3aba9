/* WhyDialog.tsx - why somebody may see, change and delete a record; administrators ask for others. */
import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../../fields/picker.tsx'
import { useLang } from '../../lib/i18n.ts'
import { titleOf } from '../../lib/meta.ts'
import { readersQuery, type Way, type Why, type WhyRole, whyQuery } from '../../lib/people.ts'
import type { Link, ObjectMeta, Rec } from '../../lib/types.ts'
import { useLabel, useSession } from '../../lib/use.ts'
import { Failed, Lines } from '../states.tsx'
import styles from './why.module.css'

export interface WhyDialogProps {
  object: ObjectMeta
  record: Rec
  onClose: () => void
}

export function WhyDialog({ object, record, onClose }: WhyDialogProps) {
  const { t } = useTranslation()
  const session = useSession()
  const [person, setPerson] = useState<Link | null>(null)
  const [others, setOthers] = useState(false)
  return (
    <Modal opened onClose={onClose} size="lg" title={t('why.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p className="dim">{titleOf(object, record)}</p>
        {session?.admin && <LinkPicker object="user" label={t('why.of')} placeholder={t('why.me')} value={person} onChange={setPerson} />}
        <Reasons object={object} record={record} person={person} />
        {session?.admin &&
          (others ? (
            <Readers object={object} record={record} onPick={setPerson} />
          ) : (
            <Button variant="default" className={styles.more} onClick={() => setOthers(true)}>
              {t('why.others')}
            </Button>
          ))}
      </div>
    </Modal>
  )
}

function useRoleName() {
  const lang = useLang()
  return (r: WhyRole) => r[lang] || r.en || r.name
}

function Reasons({ object, record, person }: { object: ObjectMeta; record: Rec; person: Link | null }) {
  const { t } = useTranslation()
  const label = useLabel()
  const session = useSession()
  const me = session?.user.id ?? ''
  const query = useQuery(whyQuery(object.name, record.id, person?.id ?? me))
  if (query.isPending) return <Lines count={4} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  const why = query.data
  const mine = why.user?.id === me
  return (
    <div className="stack">
      {!why.active && <p role="status">{t('why.inactive', { name: why.user?.title })}</p>}
      <ul className={`plain ${styles.rights}`}>
        {why.rights.map((right) => (
          <li key={right.right} className={styles.right} data-allowed={right.allowed || undefined}>
            {right.allowed ? <IconCircleCheck size={20} aria-hidden /> : <IconCircleX size={20} aria-hidden />}
            <div>
              <strong>
                {mine
                  ? t(right.allowed ? `why.may_${right.right}` : `why.may_not_${right.right}`)
                  : t(right.allowed ? `why.they_may_${right.right}` : `why.they_may_not_${right.right}`, { name: why.user?.title })}
              </strong>
              <Because object={object} why={why} right={right} mine={mine} />
            </div>
          </li>
        ))}
      </ul>
      {Object.keys(why.fields).length > 0 && (
        <p className="dim small">
          {t('why.kept', {
            fields: Object.entries(why.fields)
              .map(([name, access]) => `${label(object.fields.find((f) => f.name === name)?.label, name)} (${t(`people.field_${access}`)})`)
              .join(', '),
          })}
        </p>
      )}
      {why.owner && <p className="dim small">{t(why.own_means === 'creator' ? 'why.creator' : 'why.owner', { name: why.owner.title })}</p>}
    </div>
  )
}

function Because({ object, why, right, mine }: { object: ObjectMeta; why: Why; right: Why['rights'][number]; mine: boolean }) {
  const { t } = useTranslation()
  const label = useLabel()
  const roleName = useRoleName()
  const plural = label(object.plural, object.name)
  if (!why.active) return null
  if (right.roles.length === 0) return <p className="dim small">{t('why.no_role', { object: plural })}</p>
  const roles = deciding(right.roles)
  const what = t(`why.verb_${right.right}`)
  return (
    <ul className={`plain dim small ${styles.because}`}>
      {roles.map((r) => (
        <li key={r.name}>
          {r.admin
            ? t('why.role_admin', { role: roleName(r) })
            : r.level === 'all'
              ? t('why.role_all', { role: roleName(r), what, object: plural })
              : r.level === 'own'
                ? t(object.owned === false ? 'why.role_made' : 'why.role_own', { role: roleName(r), what, object: plural })
                : t('why.role_some', { role: roleName(r), what, object: plural, level: t(`people.level_${r.level}`) })}{' '}
          {r.level === 'own' && !r.admin && (why.mine ? t(mine ? 'why.is_yours' : 'why.is_theirs') : right.allowed ? '' : t(mine ? 'why.not_yours' : 'why.not_theirs'))}
        </li>
      ))}
      {right.allowed && <Ways ways={right.ways} />}
    </ul>
  )
}

/* What opened it beside the roles: one’s own and all of them were said already. */
function Ways({ ways }: { ways: Way[] }) {
  const { t } = useTranslation()
  const label = useLabel()
  return ways
    .filter((w) => w.kind !== 'all' && w.kind !== 'own')
    .map((w) => (
      <li key={w.kind + (w.name ?? '')} data-way={w.kind}>
        {w.kind === 'rule' ? t('why.way_rule', { name: label(w.label, w.name ?? '') }) : t(`why.way_${w.kind as Exclude<Way['kind'], 'all' | 'rule'>}`)}
      </li>
    ))
}

/* Those that reach furthest; the others are of no matter then. */
function deciding(roles: WhyRole[]): WhyRole[] {
  const all = roles.filter((r) => r.level === 'all')
  return all.length > 0 ? all : roles
}

function Readers({ object, record, onPick }: { object: ObjectMeta; record: Rec; onPick: (person: Link) => void }) {
  const { t } = useTranslation()
  const lang = useLang()
  const roleName = useRoleName()
  const query = useQuery(readersQuery(object.name, record.id))
  if (query.isPending) return <Lines count={4} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  const { rows, more } = query.data
  return (
    <section className="stack" aria-labelledby="readers">
      <h3 id="readers">{t('why.others')}</h3>
      <ul className={`plain ${styles.readers}`}>
        {rows.map((p) => (
          <li key={p.id} className={styles.reader}>
            <button type="button" className={styles.name} onClick={() => onPick({ id: p.id, title: p.title })}>
              {p.title}
            </button>
            <span className="dim small">{deciding(p.roles).map(roleName).join(lang === 'en' ? ', ' : '、')}</span>
            <span className="dim small">{t(p.delete ? 'why.all_three' : p.edit ? 'why.see_edit' : 'why.see_only')}</span>
          </li>
        ))}
      </ul>
      {more && <p className="dim small">{t('why.more')}</p>}
    </section>
  )
}
