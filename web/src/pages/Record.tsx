/* Record.tsx - one record: what it is, where it stands, what hangs on it, what happened to it. */
import { ActionIcon, Button, Menu, Tabs, Tooltip } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { IconDots } from '@tabler/icons-react'
import { type ComponentType, lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Action, ActionContext, DialogProps } from '../actions/action.ts'
import { actions } from '../actions/index.ts'
import { restoreRecord } from '../actions/restore.ts'
import { canType, FieldCell, isEmpty, toWire } from '../fields/index.tsx'
import { post, Problem } from '../lib/api.ts'
import { relocationsQuery } from '../lib/books.ts'
import { withWords } from '../lib/i18n.ts'
import { patient } from '../lib/patient.ts'
import { cardFields, findPath, mayDo, processOf, titleFields, titleOf } from '../lib/meta.ts'
import { recordQuery } from '../lib/queries.ts'
import { saw } from '../lib/recent.ts'
import type { CheckResult, Field, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel, useMeta, useObject, useSession } from '../lib/use.ts'
import { ArrivalNotice, useFresh } from '../views/Arrival.tsx'
import { DropArea, useAttach } from '../views/Drop.tsx'
import { Facts } from '../views/Facts.tsx'
import { History } from '../views/History.tsx'
import { ObjectIcon } from '../views/Icon.tsx'
import { Moves } from '../views/Moves.tsx'
import { RelatedLists } from '../views/Related.tsx'
import { Failed, Lines } from '../views/states.tsx'
import { Timeline } from '../views/Timeline.tsx'
import { useTitle } from '../views/title.ts'
import styles from './Record.module.css'

const route = getRouteApi('/shell/o/$object/$id')
const WaitingHere = lazy(() => patient(() => withWords('phone', import('../views/offline/WaitingHere.tsx'))).then((m) => ({ default: m.WaitingHere })))
const RecordBooks = lazy(() => patient(() => withWords('access', import('../views/access/RecordBooks.tsx'))).then((m) => ({ default: m.RecordBooks })))
const Notices = lazy(() => patient(() => withWords('phone', import('../views/Notices.tsx'))).then((m) => ({ default: m.Notices })))

const ConsentPanel = lazy(() => patient(() => withWords('privacy', import('../views/privacy/ConsentPanel.tsx'))).then((m) => ({ default: m.ConsentPanel })))

export function RecordPage() {
  const { object: name, id } = route.useParams()
  const object = useObject(name)
  const query = useQuery({ ...recordQuery(name, id), enabled: object !== null })
  if (!object) return <Failed error={new Problem(404, {})} />
  if (query.isPending) return <Lines />
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  return <Shown key={`${name}/${id}`} object={object} record={query.data} />
}

/* Which fields do not apply to this record; until the server has said, all show. */
function useHidden(object: ObjectMeta, record: Rec): ReadonlySet<string> {
  const conditional = object.fields.some((f) => f.when)
  const { data } = useQuery({
    queryKey: ['check', object.name, record.id, record.version],
    enabled: conditional,
    retry: false,
    staleTime: Infinity,
    queryFn: () =>
      post<CheckResult>(
        `/${object.name}/check`,
        Object.fromEntries(object.fields.filter(canType).map((f) => [f.name, toWire(f, record[f.name])])),
        { query: { id: record.id } },
      ),
  })
  return useMemo(() => new Set(data?.hidden ?? []), [data])
}

function Shown({ object, record }: { object: ObjectMeta; record: Rec }) {
  const { t } = useTranslation()
  const meta = useMeta()
  const session = useSession()
  const navigate = useNavigate()
  const { tab } = route.useSearch()
  const shown = tab === 'history' || tab === 'timeline' ? tab : 'details'
  const title = titleOf(object, record)
  const hidden = useHidden(object, record)
  const fresh = useFresh(object.name, record.id)
  const attach = useAttach(object, record)
  const editable = mayDo(record, 'edit')
  const process = processOf(meta, object)
  /* Where the menu offers to move it. */
  useQuery({ ...relocationsQuery, enabled: object.name === 'account' && object.rights.edit !== 'none' })
  useTitle(title)
  const user = session?.user.id ?? ''
  useEffect(() => saw(user, { object: object.name, id: record.id, title }), [user, object.name, record.id, title])
  return (
    <DropArea attach={attach}>
      <div className={styles.page}>
        <Head object={object} record={record} title={title} />
        <ArrivalNotice object={object} id={record.id} />
        <Suspense>
          <WaitingHere object={object.name} id={record.id} />
          <Notices object={object} record={record} />
        </Suspense>
        {process && (
          <Moves object={object} record={record} {...process} editable={editable} except={object.converts ? ['converted'] : []} />
        )}
        <Tabs
          value={shown}
          onChange={(next) =>
            void navigate({ to: '/o/$object/$id', params: { object: object.name, id: record.id }, search: next && next !== 'details' ? { tab: next } : {}, replace: true })
          }
          keepMounted={false}
        >
          <Tabs.List>
            <Tabs.Tab value="details">{t('record.details')}</Tabs.Tab>
            <Tabs.Tab value="timeline">{t('timeline.title')}</Tabs.Tab>
            <Tabs.Tab value="history">{t('record.history')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="details" className={styles.details}>
            <div className={styles.main}>
              <Facts object={object} record={record} editable={editable} hidden={hidden} fresh={fresh} />
            </div>
            <aside className={styles.aside}>
              <Suspense>{object.owned && <RecordBooks object={object} record={record} />}</Suspense>
              {(object.name === 'contact' || object.name === 'account') && (
                <Suspense>
                  <ConsentPanel object={object} record={record} />
                </Suspense>
              )}
              <RelatedLists object={object} record={record} />
            </aside>
          </Tabs.Panel>
          <Tabs.Panel value="timeline" className={styles.panel}>
            <Timeline object={object} record={record} attach={attach} />
          </Tabs.Panel>
          <Tabs.Panel value="history" className={styles.panel}>
            <History object={object} id={record.id} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </DropArea>
  )
}

function Head({ object, record, title }: { object: ObjectMeta; record: Rec; title: string }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const facts = cardFields(object)
    .filter((n) => !titleFields(object).includes(n))
    .map((n) => findPath(meta, object, n))
    .filter((f): f is Field => f !== null && f.type !== 'process' && !isEmpty(record[f.name]))
  return (
    <header className={styles.head}>
      <div className={styles.top}>
        <span className={styles.icon}>
          <ObjectIcon name={object.icon} size={22} />
        </span>
        <div className={styles.name}>
          <Link to="/o/$object" params={{ object: object.name }} className={styles.kind}>
            {label(object.plural, object.name)}
          </Link>
          <h1>{title}</h1>
        </div>
        <Doings object={object} record={record} />
      </div>
      {record.deleted_at ? (
        <div className={styles.deleted} role="status">
          {t('bin.is_deleted')}
          {mayDo(record, 'restore') && (
            <Button size="compact-sm" variant="default" onClick={() => void restoreRecord(object, record.id, t)}>
              {t('bin.restore')}
            </Button>
          )}
        </div>
      ) : null}
      {facts.length > 0 && (
        <dl className={styles.facts}>
          {facts.map((f) => (
            <div key={f.name}>
              <dt>{label(f.label, f.name)}</dt>
              <dd>
                <FieldCell field={f} value={record[f.name]} page />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </header>
  )
}

function Doings({ object, record }: { object: ObjectMeta; record: Rec }) {
  const { t } = useTranslation()
  const session = useSession()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<{ Dialog: ComponentType<DialogProps> } | null>(null)
  const context: ActionContext = { object, record, session, t, navigate, open: (Dialog) => setDialog({ Dialog }) }
  const can = actions.filter((a) => a.when(context))
  const run = (a: Action) => void a.run(context)
  useHotkeys(can.flatMap((a) => (a.keys ? [[a.keys, () => run(a)] as [string, () => void]] : [])))
  const rest = can.filter((a) => !a.first)
  return (
    <div className={styles.doings}>
      {can
        .filter((a) => a.first)
        .map((a) => (
          <Tooltip key={a.name} label={a.keys?.toUpperCase()} disabled={!a.keys}>
            <Button size="xs" variant={a.name === 'convert' ? 'filled' : 'default'} leftSection={<a.icon size={16} />} onClick={() => run(a)}>
              {t(a.label)}
            </Button>
          </Tooltip>
        ))}
      {rest.length > 0 && (
        <Menu>
          <Menu.Target>
            <ActionIcon variant="default" size={30} aria-label={t('actions')}>
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((a) => (
              <Menu.Item key={a.name} leftSection={<a.icon size={16} />} onClick={() => run(a)} {...(a.danger ? { color: 'red' } : {})}>
                {t(a.label)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {dialog && <dialog.Dialog object={object} record={record} onClose={() => setDialog(null)} />}
    </div>
  )
}
