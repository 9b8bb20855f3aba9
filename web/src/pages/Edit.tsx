/* Edit.tsx - the whole form of a record; somebody else's change in between is shown, not lost. */
import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { Problem } from '../lib/api.ts'
import { withWords } from '../lib/i18n.ts'
import { mayDo, titleOf } from '../lib/meta.ts'
import { recordQuery } from '../lib/queries.ts'
import type { ObjectMeta } from '../lib/types.ts'
import { useObject } from '../lib/use.ts'
import { ArrivalNotice } from '../views/Arrival.tsx'
import { RecordForm } from '../views/Form.tsx'
import { useSaver } from '../views/Merge.tsx'
import { Failed } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './page.module.css'

const Notices = lazy(() => withWords('phone', import('../views/Notices.tsx')).then((m) => ({ default: m.Notices })))
const route = getRouteApi('/shell/o/$object/$id/edit')

export function Edit() {
  const { object: name, id } = route.useParams()
  const object = useObject(name)
  if (!object) return <Failed error={new Problem(404, {})} />
  return <EditForm key={`${name}/${id}`} object={object} id={id} />
}

function EditForm({ object, id }: { object: ObjectMeta; id: string }) {
  const navigate = useNavigate()
  const { data } = useSuspenseQuery({ ...recordQuery(object.name, id), staleTime: 0, refetchOnWindowFocus: false })
  /* As it was when typing began: what comes in later is merged when it is saved. */
  const [base] = useState(data)
  const { save, dialog } = useSaver(object)
  useTitle(titleOf(object, data))
  const back = (ignoreBlocker = false) =>
    navigate({ to: '/o/$object/$id', params: { object: object.name, id }, replace: true, ignoreBlocker })
  if (!mayDo(data, 'edit')) return <Failed error={new Problem(403, {})} />
  return (
    <div className={styles.narrow}>
      <h1>{titleOf(object, data)}</h1>
      <ArrivalNotice object={object} id={id} editing />
      <Suspense>
        <Notices object={object} record={data} editing />
      </Suspense>
      <RecordForm
        object={object}
        initial={base}
        base={base}
        onSave={async (values, all) => {
          const done = await save(base, values, all)
          if (done) await back(true)
          return done
        }}
        onCancel={() => void back()}
      />
      {dialog}
    </div>
  )
}
