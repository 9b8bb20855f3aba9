/* Secret.tsx - a password or key that is shown this once. */
import { ActionIcon, Button, Modal, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './people.module.css'

export interface SecretProps {
  title: string
  help: string
  secret: string
  onClose: () => void
}

export function Secret({ title, help, secret, onClose }: SecretProps) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = () => {
    void navigator.clipboard.writeText(secret).then(() => setCopied(true))
  }
  return (
    <Modal opened onClose={onClose} title={title} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p>{help}</p>
        <div className={styles.secret}>
          <code data-secret>{secret}</code>
          {navigator.clipboard !== undefined && (
            <Tooltip label={copied ? t('people.copied') : t('people.copy')}>
              <ActionIcon variant="default" size="lg" data-autofocus aria-label={copied ? t('people.copied') : t('people.copy')} onClick={copy}>
                {copied ? <IconCheck size={17} /> : <IconCopy size={17} />}
              </ActionIcon>
            </Tooltip>
          )}
        </div>
        <div className="row">
          <Button onClick={onClose}>{t('people.kept')}</Button>
        </div>
      </div>
    </Modal>
  )
}
