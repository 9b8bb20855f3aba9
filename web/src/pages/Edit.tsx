/* Edit.tsx - the whole form of a record; somebody else's change in between is shown, not lost. */
import { Alert, Button } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canType, FieldCell, toWire } from '../fields/index.tsx'
import { get, patch, Problem } from '../lib/api.ts'
import { mayEdit, titleOf } from '../lib/meta.ts'
import { forget, recordQuery } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { Json, ObjectMeta, Rec } from '../lib/types.ts'
import { useLabel, useObject, useSession } from '../lib/use.ts'
import { clashes, type Values } from '../lib/values.ts'
import { RecordForm } from '../views/Form.tsx'
import { Failed } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import styles from './page.module.css'

const route = getRouteApi('/shell/o/$object/$id/edit')

export function Edit() {
  const { object: name, id } = route.useParams()
  const object = useObject(name)
  if (!object) return <Failed error={new Problem(404, {})} />
  return <EditForm key={`${name}/${id}`} object={object} id={id} />
}

interface Clash {
  theirs: Rec
  mine: Record<string, Json>
}

function EditForm({ object, id }: { object: ObjectMeta; id: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const session = useSession()
  const { data } = useSuspenseQuery({ ...recordQuery(object.name, id), staleTime: 0, refetchOnWindowFocus: false })
  const [base, setBase] = useState(data)
  const [round, setRound] = useState(0)
  const [clash, setClash] = useState<Clash | null>(null)
  useTitle(titleOf(object, data))
  const back = (ignoreBlocker = false) =>
    navigate({ to: '/o/$object/$id', params: { object: object.name, id }, replace: true, ignoreBlocker })
  const send = async (values: Record<string, Json>, version: number) => {
    if (Object.keys(values).length > 0) await patch<Rec>(`/${object.name}/${id}`, values, version)
    await forget(object.name, id)
    toast(t('form.saved'))
    await back(true)
  }
  const save = async (values: Record<string, Json>) => {
    try {
      await send(values, base.version)
    } catch (error) {
      if (error instanceof Problem && error.code === 'conflict') setClash({ theirs: await get<Rec>(`/${object.name}/${id}`), mine: values })
      throw error
    }
  }
  if (!mayEdit(object, data, session)) return <Failed error={new Problem(403, {})} />
  return (
    <div className={styles.narrow}>
      <h1>{titleOf(object, data)}</h1>
      <RecordForm key={round} object={object} initial={base} base={base} onSave={save} onCancel={() => void back()}>
        {clash && (
          <ClashNotice
            object={object}
            base={base}
            clash={clash}
            onMine={() => void send(clash.mine, clash.theirs.version)}
            onTheirs={() => {
              setBase(clash.theirs)
              setClash(null)
              setRound(round + 1)
            }}
          />
        )}
      </RecordForm>
    </div>
  )
}

function ClashNotice(props: { object: ObjectMeta; base: Values; clash: Clash; onMine: () => void; onTheirs: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const { object, base, clash } = props
  const both = clashes(object.fields.filter((f) => canType(f) && f.name in clash.mine), base, { ...base, ...clash.mine }, clash.theirs, toWire)
  return (
    <Alert color="yellow" variant="light" title={t('clash.title')}>
      <p>{both.length ? t('clash.same_fields') : t('clash.other_fields')}</p>
      <ul>
        {both.map((field) => (
          <li key={field.name}>
            {label(field.label, field.name)}: {t('clash.theirs')} “<FieldCell field={field} value={clash.theirs[field.name]} />”
          </li>
        ))}
      </ul>
      <div className="row">
        <Button size="xs" onClick={props.onMine}>
          {t('clash.keep_mine')}
        </Button>
        <Button size="xs" variant="default" onClick={props.onTheirs}>
          {t('clash.take_theirs')}
        </Button>
      </div>
    </Alert>
  )
}
