/* Keys.tsx - what the keyboard can do, from the actions themselves. */
import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { appActions } from '../actions/app/index.ts'
import { actions } from '../actions/index.ts'
import styles from './Palette.module.css'

const shown = (keys: string) => keys.replace('shift+?', '?').replace('mod', 'Ctrl').toUpperCase()

export function Keys({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const parts: [string, [string, string][]][] = [
    [t('keys.everywhere'), [['Ctrl K', t('palette.title')], ['/', t('search.label')], ...appActions.flatMap((a): [string, string][] => (a.keys ? [[shown(a.keys), t(a.label) as string]] : []))]],
    [t('keys.record'), actions.flatMap((a): [string, string][] => (a.keys ? [[shown(a.keys), t(a.label) as string]] : []))],
    [t('keys.list'), [['↑ ↓', t('keys.rows')], ['← →', t('keys.cells')], ['Enter', t('keys.open')], ['F2', t('keys.edit')], ['Tab', t('keys.next')], ['Space', t('keys.choose')], ['Ctrl A', t('keys.all')], ['Ctrl V', t('paste.title')], ['Ctrl Z', t('undo')]]],
    [t('keys.board'), [['↑ ↓ ← →', t('keys.cards')], ['Shift ← →', t('keys.move')], ['M', t('board.move_to')]]],
  ]
  return (
    <Modal opened onClose={onClose} title={t('keys.title')} size="xl" closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={styles.keys}>
        {parts.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={key} style={{ display: 'contents' }}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
