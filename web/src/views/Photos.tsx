/* Photos.tsx - pictures that go with what is being written: from the camera at once, or chosen. */
import { Button, CloseButton } from '@mantine/core'
import { IconCamera } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findObject, may } from '../lib/meta.ts'
import type { ObjectMeta } from '../lib/types.ts'
import { useMeta } from '../lib/use.ts'
import styles from './Photos.module.css'

interface PhotosProps {
  object: ObjectMeta
  photos: readonly File[]
  onChange: (photos: readonly File[]) => void
}

export function Photos({ object, photos, onChange }: PhotosProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const file = findObject(useMeta(), 'file')
  if (!file || !may(file, 'create') || !object.relations.some((r) => r.object === 'file')) return null
  return (
    <div className={styles.photos}>
      {photos.map((photo, i) => (
        <Picture key={`${photo.name}${photo.lastModified}${i}`} photo={photo} onRemove={() => onChange(photos.filter((p) => p !== photo))} />
      ))}
      <Button size="xs" variant="default" leftSection={<IconCamera size={16} />} onClick={() => input.current?.click()}>
        {t('photo.take')}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        capture="environment"
        className="sr"
        tabIndex={-1}
        aria-label={t('photo.take')}
        onChange={(e) => {
          onChange([...photos, ...(e.currentTarget.files ?? [])])
          e.currentTarget.value = ''
        }}
      />
    </div>
  )
}

function Picture({ photo, onRemove }: { photo: File; onRemove: () => void }) {
  const { t } = useTranslation()
  const [address, setAddress] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(photo)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [photo])
  return (
    <span className={styles.photo}>
      {address && <img src={address} alt={photo.name} />}
      <CloseButton size="sm" aria-label={t('photo.remove', { name: photo.name })} onClick={onRemove} />
    </span>
  )
}
