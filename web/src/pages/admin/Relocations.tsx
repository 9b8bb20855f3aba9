/* Relocations.tsx - moves between markets, as they are written: JSON, checked by the server. */
import { Alert, Button, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import { call, get, Problem, remove } from '../../lib/api.ts'
import { type Relocation, relocationsQuery } from '../../lib/books.ts'
import { queryClient } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { Json } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import share from '../../views/access/share.module.css'
import styles from '../../views/people/people.module.css'
import { Empty, Failed, Lines, useProblemText } from '../../views/states.tsx'
import type { AdminPageProps } from './section.ts'

interface Written extends Relocation {
  definition: Json
  problems: { path: string; detail: string }[]
}

const writtenQuery = {
  queryKey: ['relocation', 'admin'],
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await get<{ rows: Written[] }>('/admin/relocation', undefined, signal)).rows,
}

const EXAMPLE = {
  label: { 'zh-Hant': '日本移轉至台灣', en: 'Japan to Taiwan' },
  from: 'JP',
  to: 'TW',
  owner: 'login',
  currency: { from: 'JPY', to: 'TWD', rate: '0.2155' },
  books: { enter: [] },
  objects: { account: { fields: {} }, contact: {}, opportunity: {}, activity: { by: ['account', 'contact', 'opportunity'] } },
}

const again = async () => {
  await queryClient.invalidateQueries({ queryKey: writtenQuery.queryKey })
  await queryClient.invalidateQueries({ queryKey: relocationsQuery.queryKey })
}

export function Relocations({ rest }: AdminPageProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const query = useQuery(writtenQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  const one = query.data.find((r) => r.name === rest[0])
  if (one || rest[0] === 'new') return <Editor key={rest[0]} written={one ?? null} />
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>{t('admin.relocations.title')}</h1>
        <Button component={Link} size="xs" to="/admin/relocations/new">
          {t('relocate.new')}
        </Button>
      </div>
      <p className="dim">{t('relocate.about')}</p>
      {query.data.length === 0 ? (
        <Empty title={t('relocate.none')}>{t('relocate.none_help')}</Empty>
      ) : (
        <div className={`card ${styles.section}`}>
          <ul className={`plain ${styles.rows} ${styles.whole}`}>
            {query.data.map((r) => (
              <li key={r.name}>
                <Link className={`${styles.line} ${styles.open}`} to="/admin/$" params={{ _splat: `relocations/${r.name}` }}>
                  <span className={styles.who}>
                    <span>{label(r.label ?? {}, r.name)}</span>
                    <span className="dim small">
                      {r.from} → {r.to}
                    </span>
                  </span>
                  {!r.good && <Chip text={t('relocate.broken')} hue="red" />}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

function Editor({ written }: { written: Written | null }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const [name, setName] = useState(written?.name ?? '')
  const [text, setText] = useState(() => JSON.stringify(written?.definition ?? EXAMPLE, null, 2))
  const leave = () => navigate({ to: '/admin/$', params: { _splat: 'relocations' } })
  const save = useMutation({
    mutationFn: () => call('PUT', `/admin/relocation/${name}`, { body: JSON.parse(text) as Json }),
    onSuccess: async () => {
      await again()
      toast(t('relocate.saved'))
      await leave()
    },
  })
  const forgetIt = useMutation({
    mutationFn: () => remove(`/admin/relocation/${name}`),
    onSuccess: async () => {
      await again()
      await leave()
    },
  })
  const problems = save.error instanceof Problem ? save.error.errors.filter((e) => e.path) : save.isIdle ? (written?.problems ?? []) : []
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        save.mutate()
      }}
    >
      <h1>{written ? name : t('relocate.new')}</h1>
      {save.isError && problems.length === 0 && (
        <Alert color="red" variant="light" role="alert">
          {save.error instanceof SyntaxError ? t('relocate.no_json') : problemText(save.error)}
        </Alert>
      )}
      {problems.length > 0 && (
        <Alert color="red" variant="light" role="alert" title={t('relocate.wrong')}>
          <ul>
            {problems.map((p) => (
              <li key={p.path + p.detail}>
                <code>{p.path}</code>：{p.detail}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <TextInput label={t('relocate.name')} description={t('relocate.name_help')} required disabled={written !== null} value={name} onChange={(e) => setName(e.currentTarget.value)} />
      <Textarea className={share.json ?? ''} label={t('relocate.definition')} description={t('relocate.definition_help')} autosize minRows={16} spellCheck={false} value={text} onChange={(e) => setText(e.currentTarget.value)} />
      <div className="row">
        <Button type="submit" loading={save.isPending} disabled={!name}>
          {t('form.save')}
        </Button>
        <Button variant="default" onClick={() => void leave()}>
          {t('cancel')}
        </Button>
        {written && (
          <Button variant="subtle" color="red" onClick={() => forgetIt.mutate()}>
            {t('action.delete')}
          </Button>
        )}
      </div>
    </form>
  )
}
