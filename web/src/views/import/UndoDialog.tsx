/* UndoDialog.tsx - what undoing an import does, and whether to. */
import { Button, Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import type { ImportJob } from '../../lib/types.ts'

export interface UndoDialogProps {
  job: Pick<ImportJob, 'counts' | 'file_name'>
  opened: boolean
  onClose: () => void
  onUndo: () => void
}

export function UndoDialog({ job, opened, onClose, onUndo }: UndoDialogProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const { create = 0, update = 0 } = job.counts ?? {}
  return (
    <Modal opened={opened} onClose={onClose} title={t('import.undo')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p>
          <strong>{job.file_name}</strong>
        </p>
        <ul className="plain">
          {create > 0 && <li>{t('import.undo_created', { count: create, rows: formatNumber(create, lang) })}</li>}
          {update > 0 && <li>{t('import.undo_updated', { count: update, rows: formatNumber(update, lang) })}</li>}
          {create + update === 0 && <li>{t('import.undo_some')}</li>}
        </ul>
        <p className="dim small">{t('import.undo_stays')}</p>
        <div className="row">
          <Button
            color="red"
            data-autofocus
            onClick={() => {
              onClose()
              onUndo()
            }}
          >
            {t('import.undo')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
