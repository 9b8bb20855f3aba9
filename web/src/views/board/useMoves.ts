/* useMoves.ts - a card goes to another column: at once on the screen, then on the server. */
import type { InfiniteData } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isEmpty } from '../../fields/index.tsx'
import { Offline, patch, Problem } from '../../lib/api.ts'
import { storeEdit } from '../../lib/edits.ts'
import { movesFrom } from '../../lib/meta.ts'
import { forget, listQuery, type ListAsk, queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import { inTurn } from '../../lib/turns.ts'
import type { Field, ObjectMeta, Process, ProcessMove, Rec, RecordMove, RecordPage } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { useProblemText } from '../states.tsx'

export interface Asking {
  record: Rec
  move: RecordMove
  title: string
}

type Pages = InfiniteData<RecordPage, string>

export function useMoves(object: ObjectMeta, field: Field, process: Process, askOf: (state: string) => ListAsk) {
  const { t } = useTranslation()
  const label = useLabel()
  const problemText = useProblemText()
  const [asking, setAsking] = useState<Asking | null>(null)
  const keyOf = (state: string) => listQuery(object.name, askOf(state)).queryKey
  const nameOf = (state: string) => label(process.states.find((s) => s.code === state)?.label, state)

  const take = (state: string, id: string) =>
    queryClient.setQueryData<Pages>(keyOf(state), (old) => old && { ...old, pages: old.pages.map((p) => ({ ...p, rows: p.rows.filter((r) => r.id !== id) })) })
  const put = (state: string, record: Rec) =>
    queryClient.setQueryData<Pages>(keyOf(state), (old) => old && { ...old, pages: old.pages.map((p, i) => (i === 0 ? { ...p, rows: [record, ...p.rows] } : p)) })

  const ask = (record: Rec, move: ProcessMove) => {
    const title = nameOf(move.to)
    setAsking({ record, title, move: { field: field.name, to: move.to, label: title, possible: true, reason: '', require: move.require ?? [] } })
  }

  const send = async (record: Rec, move: ProcessMove, from: string) => {
    take(from, record.id)
    put(move.to, { ...record, [field.name]: move.to })
    try {
      const address = `/${object.name}/${record.id}`
      const { saved, last } = await inTurn(address, record.version, (now) => patch<Rec>(address, { [field.name]: move.to }, now))
      if (last) {
        take(move.to, record.id)
        put(move.to, { ...record, ...saved })
      }
      queryClient.setQueryData(['record', object.name, record.id], saved)
      const back = movesFrom(process, move.to).find((m) => m.to === from)
      toast(t('board.moved', { name: nameOf(move.to) }), back ? { undo: { label: t('undo'), run: () => void send({ ...record, ...saved }, back, move.to) } } : {})
      await queryClient.invalidateQueries({ queryKey: ['groups', object.name] })
    } catch (error) {
      const step = { before: { [field.name]: from }, after: { [field.name]: move.to }, wire: { [field.name]: move.to } }
      if (error instanceof Offline && (await storeEdit({ object, record, ...step }))) return toast(t('timeline.stored'))
      take(move.to, record.id)
      put(from, record)
      if (error instanceof Problem && error.status === 422) ask(record, move)
      else {
        toast(problemText(error), { kind: 'wrong' })
        await forget(object.name, record.id)
      }
    }
  }

  const moveTo = (record: Rec, to: string) => {
    const from = String(record[field.name] ?? '')
    if (from === to) return
    const move = movesFrom(process, from).find((m) => m.to === to)
    if (!move) return toast(t('board.not_allowed', { from: nameOf(from), to: nameOf(to) }), { kind: 'wrong' })
    if ((move.require ?? []).some((name) => isEmpty(record[name]))) ask(record, move)
    else void send(record, move, from)
  }
  const find = (id: string) => {
    for (const { code } of process.states) {
      const pages = queryClient.getQueryData<Pages>(keyOf(code))?.pages ?? []
      for (const { rows } of pages) for (const record of rows) if (record.id === id) return record
    }
    return null
  }
  return { moveTo, find, asking, closeAsking: () => setAsking(null), nameOf }
}
