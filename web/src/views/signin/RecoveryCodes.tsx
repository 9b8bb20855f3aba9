/* RecoveryCodes.tsx - the codes for when the telephone is lost, shown this once. */
import { Button, Modal } from '@mantine/core'
import { IconCheck, IconCopy, IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './signin.module.css'

export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  return (
    <Modal opened onClose={onClose} title={t('signin.recovery')} closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false}>
      <div className="stack">
        <p>{t('signin.recovery_help')}</p>
        <ul className={`plain ${styles.codes}`}>
          {codes.map((code) => (
            <li key={code}>
              <code data-recovery>{code}</code>
            </li>
          ))}
        </ul>
        <div className="row">
          <Button data-autofocus onClick={onClose}>
            {t('people.kept')}
          </Button>
          {navigator.clipboard !== undefined && (
            <Button variant="default" leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={() => void navigator.clipboard.writeText(codes.join('\n')).then(() => setCopied(true))}>
              {t(copied ? 'people.copied' : 'people.copy')}
            </Button>
          )}
          <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
            {t('signin.print')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
