/* Drop.tsx - files are dropped anywhere on a record, or chosen, and kept with it. */
import { Button } from '@mantine/core'
import { IconCamera, IconPaperclip, IconUpload } from '@tabler/icons-react'
import { type ChangeEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post } from '../lib/api.ts'
import { useHand } from '../lib/media.ts'
import { findObject, may } from '../lib/meta.ts'
import { forget, queryClient } from '../lib/queries.ts'
import { toast } from '../lib/toast.ts'
import type { ObjectMeta, Rec } from '../lib/types.ts'
import { useMeta } from '../lib/use.ts'
import styles from './Drop.module.css'
import { useProblemText } from './states.tsx'

const BYTES_MAX = 100 * 1024 * 1024

export interface Attach {
  can: boolean
  /* Names of the files that are on their way. */
  sending: readonly string[]
  send: (files: FileList | null) => void
}

export function useAttach(object: ObjectMeta, record: Rec): Attach {
  const { t } = useTranslation()
  const meta = useMeta()
  const problemText = useProblemText()
  const [sending, setSending] = useState<readonly string[]>([])
  const file = findObject(meta, 'file')
  const can = file !== null && !record.deleted_at && may(file, 'create') && object.relations.some((r) => r.object === 'file')
  const sendOne = async (f: File) => {
    try {
      if (f.size > BYTES_MAX) return toast(t('drop.too_big', { name: f.name }), { kind: 'wrong' })
      await post('/file/upload', f, {
        query: { object: object.name, id: record.id },
        headers: { 'X-File-Name': encodeURIComponent(f.name), 'Content-Type': 'application/octet-stream' },
      })
      toast(t('drop.kept', { name: f.name }))
    } catch (error) {
      toast(t('drop.failed', { name: f.name, why: problemText(error) }), { kind: 'wrong' })
    } finally {
      setSending((old) => old.filter((n) => n !== f.name))
    }
  }
  const sendAll = async (files: File[]) => {
    setSending((old) => [...old, ...files.map((f) => f.name)])
    for (const f of files) await sendOne(f)
    await Promise.all([forget('file'), queryClient.invalidateQueries({ queryKey: ['record', object.name, record.id] })])
  }
  return {
    can,
    sending,
    send: (files) => {
      if (can && files?.length) void sendAll([...files])
    },
  }
}

const hasFiles = (e: DragEvent) => e.dataTransfer?.types.includes('Files') ?? false

/* The whole page takes files: a window that opened the dropped file instead would lose the form. */
export function DropArea({ attach, children }: { attach: Attach; children: ReactNode }) {
  const { t } = useTranslation()
  const [over, setOver] = useState(false)
  const latest = useRef(attach)
  latest.current = attach
  const { can } = attach
  useEffect(() => {
    if (!can) return
    let depth = 0
    const show = (n: number) => {
      depth = Math.max(0, n)
      setOver(depth > 0)
    }
    const enter = (e: DragEvent) => hasFiles(e) && show(depth + 1)
    const leave = (e: DragEvent) => hasFiles(e) && show(depth - 1)
    const move = (e: DragEvent) => hasFiles(e) && e.preventDefault()
    const drop = (e: DragEvent) => {
      if (!hasFiles(e)) return
      e.preventDefault()
      show(0)
      latest.current.send(e.dataTransfer?.files ?? null)
    }
    const calls = { dragenter: enter, dragleave: leave, dragover: move, drop } as const
    for (const [name, call] of Object.entries(calls)) window.addEventListener(name, call as EventListener)
    return () => {
      for (const [name, call] of Object.entries(calls)) window.removeEventListener(name, call as EventListener)
    }
  }, [can])
  return (
    <>
      {children}
      {over && (
        <div className={styles.veil}>
          <IconUpload size={40} stroke={1.3} aria-hidden />
          {t('drop.here')}
        </div>
      )}
    </>
  )
}

export function AttachButton({ attach }: { attach: Attach }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const hand = useHand()
  if (!attach.can) return null
  const take = (e: ChangeEvent<HTMLInputElement>) => {
    attach.send(e.currentTarget.files)
    e.currentTarget.value = ''
  }
  return (
    <>
      {hand && (
        <Button size="xs" variant="default" leftSection={<IconCamera size={16} />} onClick={() => camera.current?.click()}>
          {t('photo.take')}
        </Button>
      )}
      <input ref={camera} type="file" accept="image/*" capture="environment" className="sr" tabIndex={-1} aria-label={t('photo.take')} onChange={take} />
      <Button size="xs" variant="default" leftSection={<IconPaperclip size={16} />} loading={attach.sending.length > 0} onClick={() => input.current?.click()}>
        {t('drop.choose')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        className="sr"
        tabIndex={-1}
        aria-label={t('drop.choose')}
        onChange={take}
      />
    </>
  )
}
