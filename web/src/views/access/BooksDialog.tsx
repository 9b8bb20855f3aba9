/* BooksDialog.tsx - the books a record stands in: put it into another, or take it out. */
import { Alert, Button, Modal } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../../fields/picker.tsx'
import { putIntoBook, recordBooksQuery } from '../../lib/books.ts'
import { titleOf } from '../../lib/meta.ts'
import { forget } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { Link } from '../../lib/types.ts'
import { Failed, Lines, useProblemText } from '../states.tsx'
import type { ShareDialogProps } from './ShareDialog.tsx'
import styles from './share.module.css'

export function BooksDialog({ object, record, onClose }: ShareDialogProps) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [book, setBook] = useState<Link | null>(null)
  const query = useQuery(recordBooksQuery(object.name, record.id))
  const put = useMutation({
    mutationFn: ({ to, out }: { to: string; out: boolean }) => putIntoBook(to, object.name, [record.id], out),
    onSuccess: async (_, { out }) => {
      setBook(null)
      toast(t(out ? 'book.taken' : 'book.done'))
      await forget(object.name, record.id)
    },
  })
  return (
    <Modal opened onClose={onClose} size="lg" title={t('book.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p className="dim">{titleOf(object, record)}</p>
        {query.isPending ? (
          <Lines count={2} />
        ) : !query.data ? (
          <Failed error={query.error} again={() => void query.refetch()} />
        ) : query.data.length === 0 ? (
          <p className="dim small">{t('book.none')}</p>
        ) : (
          <ul className={`plain ${styles.given}`} aria-label={t('book.title')}>
            {query.data.map((b) => (
              <li key={b.id} className={styles.one}>
                <strong className={styles.who}>{b.title}</strong>
                <Button size="xs" variant="default" aria-label={t('book.take_from', { name: b.title })} onClick={() => put.mutate({ to: b.id, out: true })}>
                  {t('book.take')}
                </Button>
              </li>
            ))}
          </ul>
        )}
        {put.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(put.error)}
          </Alert>
        )}
        <form
          className={styles.add}
          onSubmit={(e) => {
            e.preventDefault()
            if (book) put.mutate({ to: book.id, out: false })
          }}
        >
          <div className={styles.who}>
            <LinkPicker object="book" label={t('book.into')} value={book} onChange={setBook} />
          </div>
          <Button type="submit" loading={put.isPending} disabled={!book}>
            {t('book.put')}
          </Button>
        </form>
        <p className="dim small">{t('book.help')}</p>
      </div>
    </Modal>
  )
}
