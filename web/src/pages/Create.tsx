/* Create.tsx - a new record; the address may bring what is already known. */
import { useQueries } from '@tanstack/react-query'
import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { canType } from '../fields/index.tsx'
import { Problem } from '../lib/api.ts'
import { withWords } from '../lib/i18n.ts'
import { patient } from '../lib/patient.ts'
import { findField, findObject, may, titleOf } from '../lib/meta.ts'
import { hasLikenesses } from '../lib/notices.ts'
import { sendOrKeep } from '../lib/offline/queue.ts'
import { forget, recordQuery } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel, useMeta, useObject, useSession } from '../lib/use.ts'
import { freshValues, type Values } from '../lib/values.ts'
import { RecordForm } from '../views/Form.tsx'
import { Failed, Lines } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './page.module.css'

const Already = lazy(() => patient(() => withWords('phone', import('../views/Already.tsx'))).then((m) => ({ default: m.Already })))
const route = getRouteApi('/shell/o/$object/new')

export function Create() {
  const { object: name } = route.useParams()
  const object = useObject(name)
  if (!object) return <Failed error={new Problem(404, {})} />
  return <CreateForm key={name} object={object} />
}

/* Links come as ids; people see names. */
function useGiven(object: ObjectMeta): Values | null {
  const meta = useMeta()
  const search = route.useSearch()
  const given = Object.entries(search)
    .map(([name, text]) => ({ field: findField(object, name), text }))
    .filter(({ field }) => field && canType(field))
  const links = given.filter(({ field }) => field?.type === 'link')
  const found = useQueries({ queries: links.map(({ field, text }) => recordQuery(field?.to ?? '', text)) })
  if (found.some((q) => q.isPending)) return null
  const values: Values = {}
  for (const { field, text } of given) if (field) values[field.name] = text
  links.forEach(({ field, text }, i) => {
    const to = findObject(meta, field?.to ?? '')
    const record = found[i]?.data
    if (field) values[field.name] = record && to ? { id: text, title: titleOf(to, record) } : null
  })
  return values
}

function CreateForm({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const session = useSession()
  const navigate = useNavigate()
  const router = useRouter()
  const given = useGiven(object)
  const name = label(object.label, object.name)
  useTitle(t('create_named', { name }))
  if (!may(object, 'create')) return <Failed error={new Problem(403, {})} />
  if (!given) return <Lines />
  return (
    <div className={styles.narrow}>
      <h1>{t('create_named', { name })}</h1>
      <RecordForm
        object={object}
        initial={{ ...freshValues(meta, object, session), ...given }}
        base={{}}
        said={(values) =>
          hasLikenesses(object) && (
            <Suspense>
              <Already object={object} values={values} />
            </Suspense>
          )
        }
        onCancel={() => router.history.back()}
        onSave={async (values, all) => {
          const look = Object.fromEntries(Object.keys(values).map((n) => [n, all[n]]))
          const title = titleOf(object, { ...all, id: '', version: 0 })
          const record = await sendOrKeep<Rec>({ method: 'POST', path: `/${object.name}`, body: values, kind: 'create', object: object.name, id: '', title, look })
          if (!record) {
            toast(t('timeline.stored'))
            return void (await navigate({ to: '/offline', search: {}, replace: true, ignoreBlocker: true }))
          }
          await forget(object.name)
          toast(t('form.created'))
          await navigate({ to: '/o/$object/$id', params: { object: object.name, id: record.id }, replace: true, ignoreBlocker: true })
        }}
      />
    </div>
  )
}
