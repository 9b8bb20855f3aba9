/* useEditing.ts - cells of a list that are typed into: kept at once, with a way back. */
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { toWire } from '../../fields/index.tsx'
import { Problem } from '../../lib/api.ts'
import { backwards, type Edit, saveEdit } from '../../lib/edits.ts'
import { mayDo } from '../../lib/meta.ts'
import { forget } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { ObjectMeta } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import { useProblemText } from '../states.tsx'
import type { Editing } from '../Table.tsx'

const UNDO_MAX = 50

export function useEditing(object: ObjectMeta): Editing {
  const { t } = useTranslation()
  const label = useLabel()
  const problemText = useProblemText()
  const undos = useRef<Edit[]>([])
  return useMemo(() => {
    const complain = async (error: unknown, edit: Edit) => {
      const detail = error instanceof Problem ? error.errors.map((e) => e.detail).join(' ') : ''
      toast(detail || problemText(error), { kind: 'wrong' })
      if (error instanceof Problem && error.code === 'conflict') await forget(object.name, edit.record.id)
    }
    const undo = async () => {
      const last = undos.current.pop()
      if (!last) return
      try {
        await saveEdit(last)
        toast(t('edit.undone'))
      } catch (error) {
        await complain(error, last)
      }
    }
    return {
      may: (record) => mayDo(record, 'edit'),
      undo: () => void undo(),
      save: (record, field, value) => {
        const [wire, was] = [toWire(field, value), toWire(field, record[field.name])]
        if (JSON.stringify(wire) === JSON.stringify(was)) return
        const edit: Edit = {
          object,
          record,
          before: { [field.name]: record[field.name] },
          after: { [field.name]: value },
          wire: { [field.name]: wire },
          wireBefore: { [field.name]: was },
        }
        saveEdit(edit).then(
          (saved) => {
            if (!saved) return toast(t('timeline.stored'))
            undos.current = [...undos.current.slice(1 - UNDO_MAX), backwards(edit, saved)]
            toast(t('edit.saved', { name: label(field.label, field.name) }), { undo: { label: t('undo'), run: () => void undo() } })
          },
          (error: unknown) => complain(error, edit),
        )
      },
    }
  }, [object, t, label, problemText])
}
