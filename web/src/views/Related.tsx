/* Related.tsx - the newest records that point at this one. */
import { ActionIcon } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty } from '../fields/index.tsx'
import { fetched } from '../lib/columns.ts'
import { conditionText } from '../lib/expr.ts'
import { formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { findField, findObject, may, phoneFields, titleFields, titleOf } from '../lib/meta.ts'
import { listQuery } from '../lib/queries.ts'
import type { Field, ObjectMeta, Rec, Relation } from '../lib/types.ts'
import { useLabel, useMeta } from '../lib/use.ts'
import styles from './Related.module.css'
import { ObjectIcon } from './Icon.tsx'
import { Failed, Lines } from './states.tsx'

const SHOWN = 5
/* Who is late comes later. */
const TOGETHER_MS = 1500

export function RelatedLists({ object, record }: { object: ObjectMeta; record: Rec }) {
  const meta = useMeta()
  const [there, setThere] = useState(0)
  const [late, setLate] = useState(false)
  const onThere = useCallback(() => setThere((n) => n + 1), [])
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), TOGETHER_MS)
    return () => window.clearTimeout(timer)
  }, [])
  const lists = (object.pages.related ?? object.relations.map((r) => r.name)).flatMap((name) => {
    const relation = object.relations.find((r) => r.name === name)
    const of = relation && findObject(meta, relation.object)
    return relation && of ? [{ relation, of }] : []
  })
  if (lists.length === 0) return null
  /* They come as one, so that none pushes the others about. */
  const waiting = !late && there < lists.length
  return (
    <>
      {waiting && (
        <div className="card">
          <Lines count={6} />
        </div>
      )}
      <div className={styles.lists} hidden={waiting}>
        {lists.map(({ relation, of }) => (
          <RelatedList key={relation.name} relation={relation} of={of} record={record} onThere={onThere} />
        ))}
      </div>
    </>
  )
}

function RelatedList({ relation, of, record, onThere }: { relation: Relation; of: ObjectMeta; record: Rec; onThere: () => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const filter = conditionText({ field: relation.field, op: 'eq', value: record.id }, 'link')
  const titles = titleFields(of)
  const shown = phoneFields(of).filter((n) => n !== relation.field && !titles.includes(n)).slice(0, 3)
  const query = useInfiniteQuery(listQuery(of.name, { filter, limit: SHOWN, fields: fetched(of, shown), ...(findField(of, 'at') ? { sort: '-at' } : {}) }))
  const { isPending } = query
  useEffect(() => {
    if (!isPending) onThere()
  }, [isPending, onThere])
  const page = query.data?.pages[0]
  const name = label(relation.label, relation.name)
  const empty = page?.rows.length === 0
  return (
    <section className={`card ${styles.list}`} aria-label={name} data-empty={empty || undefined}>
      <header className={styles.head}>
        <ObjectIcon name={of.icon} className="dim" size={17} />
        <h2>{name}</h2>
        {page?.total !== undefined && page.total !== null && <span className="dim small num">{formatNumber(page.total, lang)}</span>}
        <span className="grow" />
        {may(of, 'create') && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('create_named', { name: label(of.label, of.name) })}
            renderRoot={(p) => <Link to="/o/$object/new" params={{ object: of.name }} search={{ [relation.field]: record.id }} {...p} />}
          >
            <IconPlus size={17} />
          </ActionIcon>
        )}
      </header>
      {isPending ? (
        <Lines count={2} />
      ) : query.isError ? (
        <Failed error={query.error} />
      ) : (
        <ul className="plain">
          {page?.rows.map((row) => (
            <Row key={row.id} of={of} row={row} fields={shown.map((n) => findField(of, n)).filter((f): f is Field => f !== null)} />
          ))}
          {page?.next && (
            <li className={styles.all}>
              <Link to="/o/$object" params={{ object: of.name }} search={{ filter, ...(findField(of, 'at') ? { sort: '-at' } : {}) }}>
                {t('related.all')}
              </Link>
            </li>
          )}
        </ul>
      )}
    </section>
  )
}

function Row({ of, row, fields }: { of: ObjectMeta; row: Rec; fields: Field[] }) {
  return (
    <li className={styles.row}>
      <Link to="/o/$object/$id" params={{ object: of.name, id: row.id }} className={`clip ${styles.title}`}>
        {titleOf(of, row)}
      </Link>
      <span className={styles.facts}>
        {fields.map((f) =>
          isEmpty(row[f.name]) ? null : (
            <span key={f.name} className="clip">
              <FieldCell field={f} value={row[f.name]} />
            </span>
          ),
        )}
      </span>
    </li>
  )
}
