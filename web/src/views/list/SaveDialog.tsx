/* SaveDialog.tsx - the name of a new view, and whether others see it. */
import { Button, Checkbox, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '../states.tsx'

export function SaveDialog({ onClose, onSave }: { onClose: () => void; onSave: (name: string, shared: boolean) => Promise<void> }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  return (
    <Modal opened onClose={onClose} title={t('view.save_as')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          void onSave(name.trim(), shared).then(onClose, setProblem)
        }}
      >
        <TextInput label={t('view.name')} value={name} maxLength={80} required onChange={(e) => setName(e.currentTarget.value)} data-autofocus error={problem ? problemText(problem) : undefined} />
        <Checkbox label={t('view.share')} checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} />
        <div className="row">
          <Button type="submit" disabled={name.trim() === ''}>
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
