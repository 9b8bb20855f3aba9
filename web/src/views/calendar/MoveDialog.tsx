/* MoveDialog.tsx - when it is and how long it lasts, typed. */
import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toWire } from '../../fields/index.tsx'
import type { Event } from '../../lib/calendar.ts'
import { findField, titleOf } from '../../lib/meta.ts'
import type { Field, Json } from '../../lib/types.ts'
import type { Values } from '../../lib/values.ts'
import { FormField } from '../Form.tsx'

export default function MoveDialog({ event, onSave, onClose }: { event: Event; onSave: (values: Record<string, Json>) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const { object, page, start } = event.source
  const fields = [start.name, page.end, page.duration, page.all_day].map((n) => (n ? findField(object, n) : null)).filter((f): f is Field => f !== null && !f.readonly)
  const [values, setValues] = useState<Values>(() => Object.fromEntries(fields.map((f) => [f.name, event.record[f.name]])))
  return (
    <Modal opened onClose={onClose} title={t('calendar.move_named', { name: titleOf(object, event.record) })} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          onSave(Object.fromEntries(fields.map((f) => [f.name, toWire(f, values[f.name])])))
          onClose()
        }}
      >
        {fields.map((f, i) => (
          <FormField key={f.name} field={f} value={values[f.name]} error={undefined} required={f === start} autoFocus={i === 0} onChange={(v) => setValues((old) => ({ ...old, [f.name]: v }))} />
        ))}
        <div className="row">
          <Button type="submit" disabled={!values[start.name]}>
            {t('form.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
