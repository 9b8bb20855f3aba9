/* Books.tsx - books as a tree; of one: who has which level on it and when, and what stands in it. */
import { Alert, Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkPicker } from '../../fields/picker.tsx'
import { get, post, remove } from '../../lib/api.ts'
import { putIntoBook } from '../../lib/books.ts'
import { formatDate, formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { mainObjects, titleFields, titleOf } from '../../lib/meta.ts'
import { forget, queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { Link as Linked, ObjectMeta, Rec, RecordPage } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import share from '../../views/access/share.module.css'
import styles from '../../views/people/people.module.css'
import { Empty, Failed, Lines, useProblemText } from '../../views/states.tsx'
import type { AdminPageProps } from './section.ts'

const LEVELS = ['read', 'edit', 'full'] as const
type Level = (typeof LEVELS)[number]

const list = (object: string, query: Record<string, string | number | boolean>) => ({
  queryKey: ['list', object, 'books', query],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<RecordPage>(`/${object}`, query, signal),
})

export function Books({ rest }: AdminPageProps) {
  const { t } = useTranslation()
  const books = useQuery(list('book', { fields: 'name,parent', sort: 'name', limit: 1000 }))
  const rows = books.data?.rows ?? []
  const open = rows.find((b) => b.id === rest[0]) ?? null
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>{t('admin.books.title')}</h1>
        <Button component={Link} size="xs" to="/o/book/new">
          {t('book.new')}
        </Button>
      </div>
      {books.isPending ? (
        <Lines />
      ) : !books.data ? (
        <Failed error={books.error} again={() => void books.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={t('book.no_books')}>{t('book.no_books_help')}</Empty>
      ) : (
        <div className={share.tree}>
          <nav className={`card ${share.side}`} aria-label={t('admin.books.title')}>
            <Tree rows={rows} parent={null} open={open?.id ?? ''} />
          </nav>
          {open ? <OneBook key={open.id} book={open} /> : <p className="dim">{t('book.choose')}</p>}
        </div>
      )}
    </div>
  )
}

const parentOf = (book: Rec) => (book.parent as Linked | null)?.id ?? null

/* What has no parent here, or one that cannot be seen, stands at the top. */
function Tree({ rows, parent, open }: { rows: Rec[]; parent: string | null; open: string }) {
  const here = rows.filter((b) => (parent === null ? !rows.some((p) => p.id === parentOf(b)) : parentOf(b) === parent && b.id !== parent))
  if (here.length === 0) return null
  return (
    <ul className="plain">
      {here.map((b) => (
        <li key={b.id}>
          <Link to="/admin/$" params={{ _splat: `books/${b.id}` }} {...(b.id === open ? { 'aria-current': 'page' as const } : {})}>
            {String(b.name)}
          </Link>
          <Tree rows={rows} parent={b.id} open={open} />
        </li>
      ))}
    </ul>
  )
}

function OneBook({ book }: { book: Rec }) {
  const { t } = useTranslation()
  const meta = useMeta()
  const objects = mainObjects(meta).filter((o) => o.owned)
  return (
    <div className="stack">
      <section className={`card ${styles.section}`} aria-labelledby="its-people">
        <h2 id="its-people">
          <Link to="/o/$object/$id" params={{ object: 'book', id: book.id }}>{String(book.name)}</Link>
        </h2>
        <Members book={book.id} />
      </section>
      <section className={`card ${styles.section}`} aria-labelledby="its-records">
        <h2 id="its-records">{t('book.contents')}</h2>
        {objects.map((o) => (
          <Contents key={o.name} object={o} book={book.id} />
        ))}
        <p className="dim small">{t('book.contents_help')}</p>
      </section>
    </div>
  )
}

function Members({ book }: { book: string }) {
  const { t } = useTranslation()
  const lang = useLang()
  const query = useQuery(list('book_member', { filter: `book = "${book}"`, fields: 'user,level,from_date,until', limit: 500 }))
  const take = useMutation({ mutationFn: (id: string) => remove(`/book_member/${id}`), onSuccess: () => forget('book_member') })
  if (query.isPending) return <Lines count={2} />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <>
      {query.data.rows.length === 0 && <p className="dim small">{t('book.no_members')}</p>}
      <ul className={`plain ${share.given}`} hidden={query.data.rows.length === 0}>
        {query.data.rows.map((m) => {
          const name = (m.user as Linked | null)?.title ?? ''
          const [from, until] = [m.from_date, m.until].map((d) => (d ? formatDate(String(d), lang) : ''))
          return (
            <li key={m.id} className={share.one}>
              <span className={share.who}>
                <Link to="/o/$object/$id" params={{ object: 'book_member', id: m.id }}>{name}</Link>
                <span className="dim small">{[t(`book.level_${m.level as Level}`), from || until ? `${from} – ${until}` : t('share.endless')].join(' · ')}</span>
              </span>
              <Button size="xs" variant="default" aria-label={t('book.remove_member', { name })} onClick={() => take.mutate(m.id)}>
                {t('remove')}
              </Button>
            </li>
          )
        })}
      </ul>
      <NewMember book={book} />
    </>
  )
}

function NewMember({ book }: { book: string }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const [user, setUser] = useState<Linked | null>(null)
  const [level, setLevel] = useState('read')
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const add = useMutation({
    mutationFn: () => post('/book_member', { book, user: user?.id ?? '', level, from_date: from || null, until: until || null }),
    onSuccess: async () => {
      setUser(null)
      await forget('book_member')
    },
  })
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        if (user) add.mutate()
      }}
    >
      {add.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(add.error)}
        </Alert>
      )}
      <div className={share.two}>
        <LinkPicker object="user" label={t('access.person')} value={user} onChange={setUser} />
        <NativeSelect label={t('share.level')} value={level} onChange={(e) => setLevel(e.currentTarget.value)} data={LEVELS.map((l) => ({ value: l, label: t(`book.level_${l}`) }))} />
        <TextInput type="date" label={t('book.from')} value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
        <TextInput type="date" label={t('share.until')} value={until} onChange={(e) => setUntil(e.currentTarget.value)} />
      </div>
      <div>
        <Button type="submit" size="xs" disabled={!user} loading={add.isPending}>
          {t('book.add_member')}
        </Button>
      </div>
    </form>
  )
}

function Contents({ object, book }: { object: ObjectMeta; book: string }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const query = useQuery(list(object.name, { book, fields: titleFields(object).join(), total: true, limit: 20, sort: titleFields(object)[0] ?? 'id' }))
  const take = useMutation({
    mutationFn: (id: string) => putIntoBook(book, object.name, [id], true),
    onSuccess: async () => {
      toast(t('book.taken'))
      await queryClient.invalidateQueries({ queryKey: ['list', object.name, 'books'] })
    },
  })
  const rows = query.data?.rows ?? []
  if (rows.length === 0) return null
  const total = query.data?.total ?? rows.length
  return (
    <details>
      <summary>
        {label(object.plural, object.name)} <span className="dim num">{formatNumber(total, lang)}</span>
      </summary>
      <ul className={`plain ${share.given}`}>
        {rows.map((r) => (
          <li key={r.id} className={share.one}>
            <Link className={share.who} to="/o/$object/$id" params={{ object: object.name, id: r.id }}>{titleOf(object, r)}</Link>
            <Button size="xs" variant="default" aria-label={t('book.take_from', { name: titleOf(object, r) })} onClick={() => take.mutate(r.id)}>
              {t('book.take')}
            </Button>
          </li>
        ))}
      </ul>
      {total > rows.length && <p className="dim small">{t('book.more', { text: formatNumber(total - rows.length, lang) })}</p>}
    </details>
  )
}

