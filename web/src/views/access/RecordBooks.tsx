/* RecordBooks.tsx - the books a record stands in, where there are any. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { recordBooksQuery } from '../../lib/books.ts'
import type { ObjectMeta, Rec } from '../../lib/types.ts'
import styles from './share.module.css'

export function RecordBooks({ object, record }: { object: ObjectMeta; record: Rec }) {
  const { t } = useTranslation()
  const query = useQuery(recordBooksQuery(object.name, record.id))
  if (!query.data?.length) return null
  return (
    <section className={`card ${styles.books}`} aria-labelledby="its-books">
      <h2 id="its-books" className={styles.title}>{t('book.title')}</h2>
      <ul className="plain">
        {query.data.map((b) => (
          <li key={b.id}>
            <Link to="/o/$object/$id" params={{ object: 'book', id: b.id }}>{b.title}</Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
