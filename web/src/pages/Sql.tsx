/* Sql.tsx - the workbench: write a question, see what it means, run it, keep it. */
import { Alert, Button, Checkbox, Group, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconAlertTriangle, IconChecks, IconDeviceFloppy, IconDownload, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../lib/api.ts'
import { formatNumber } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { cancelSql, checkSql, downloadSql, placeOf, runSql, type SavedSql, saveSql, type SqlCheck, sqlHistoryQuery, sqlSavedQuery, sqlSchemaQuery, type SqlSchema } from '../lib/sql.ts'
import { recall, remember } from '../lib/storage.ts'
import { toast } from '../lib/toast.ts'
import { useSession } from '../lib/use.ts'
import { Answer, type Answered } from '../views/sql/Answer.tsx'
import { Editor, type EditorHandle } from '../views/sql/Editor.tsx'
import { LESSONS } from '../views/sql/lessons.ts'
import { Questions } from '../views/sql/Questions.tsx'
import styles from '../views/sql/Sql.module.css'
import { Tables } from '../views/sql/Tables.tsx'
import { Failed, Lines, useProblemText } from '../views/states.tsx'
import { useTitle } from '../views/title.ts'
import page from './page.module.css'

export function Sql() {
  const { t } = useTranslation()
  useTitle(t('sql.title'))
  const schema = useQuery(sqlSchemaQuery)
  return (
    <div className={page.wide}>
      <div>
        <h1>{t('sql.title')}</h1>
        <p className="dim">{t('sql.sub')}</p>
      </div>
      {schema.isPending ? <Lines count={6} /> : schema.data ? <Bench schema={schema.data} /> : <Failed error={schema.error} again={() => void schema.refetch()} />}
    </div>
  )
}

const DRAFT = 'sql.draft'

/* Asked while one writes, when the hands have rested. */
function useCheck(text: string) {
  const [check, setCheck] = useState<SqlCheck | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    const wait = setTimeout(() => {
      if (!text.trim()) setCheck(null)
      else checkSql(text, stop.signal).then(setCheck, () => setCheck(null))
    }, 700)
    return () => {
      clearTimeout(wait)
      stop.abort()
    }
  }, [text])
  return check
}

function useRun(done: () => void) {
  const problemText = useProblemText()
  const [answer, setAnswer] = useState<Answered | null>(null)
  const stop = useRef<AbortController | null>(null)
  const id = useRef('')
  useEffect(() => () => stop.current?.abort(), [])
  const start = async (sql: string): Promise<number | undefined> => {
    stop.current?.abort()
    const own = new AbortController()
    stop.current = own
    id.current = ''
    let at: number | undefined
    let now: Answered = { columns: [], rows: [], running: true }
    const show = (more: Partial<Answered>) => {
      now = { ...now, ...more }
      if (stop.current === own) setAnswer(now)
    }
    show({})
    try {
      await runSql(sql, own.signal, (line) => {
        if (line.run) id.current = line.run
        if (line.columns) show({ columns: line.columns })
        if (line.rows) show({ rows: now.rows.concat(line.rows) })
        if (line.progress !== undefined) show({ progress: line.progress })
        if (line.end) show({ end: line.end })
        if (line.error) {
          at = line.error.at
          show({ error: line.error })
        }
      })
    } catch (error) {
      if (own.signal.aborted) return undefined
      at = error instanceof Problem ? error.errors[0]?.at : undefined
      show({ error: { detail: problemText(error) } })
    }
    show({ running: false })
    done()
    return at
  }
  const cancel = () => {
    if (id.current) void cancelSql(id.current).catch(() => {})
    else stop.current?.abort()
  }
  return { answer, start, cancel }
}

function Bench({ schema }: { schema: SqlSchema }) {
  const { t } = useTranslation()
  const lang = useLang()
  const client = useQueryClient()
  const problemText = useProblemText()
  const editor = useRef<EditorHandle>(null)
  const [text, setText] = useState(() => recall<string>(DRAFT) ?? LESSONS[0]?.sql ?? '')
  const [saved, setSaved] = useState<SavedSql | null>(null)
  const [saving, setSaving] = useState(false)
  const check = useCheck(text)
  const run = useRun(() => void client.invalidateQueries({ queryKey: sqlHistoryQuery.queryKey }))
  const file = useMutation({ mutationFn: downloadSql, onError: (e) => toast(problemText(e), { kind: 'wrong' }) })
  const change = (next: string) => {
    setText(next)
    remember(DRAFT, next)
  }
  const go = async () => {
    const sql = editor.current?.text() ?? ''
    if (!sql.trim()) return
    const at = await run.start(sql)
    if (at !== undefined && at >= 0) editor.current?.point(placeOf(sql, at))
  }
  const put = (sql: string, from: SavedSql | null = null) => {
    editor.current?.replace(sql)
    setSaved(from)
  }
  const running = run.answer?.running ?? false
  return (
    <div className={styles.bench}>
      <section className={`card ${styles.side}`} aria-labelledby="sql-tables">
        <h2 id="sql-tables" className={styles.head}>
          {t('sql.tables')}
        </h2>
        <p className="dim small">{t('sql.tables_hint')}</p>
        <Tables schema={schema} onPick={(name) => editor.current?.insert(name)} />
      </section>
      <div className={styles.main}>
        <section className="card" aria-label={t('sql.editor')}>
          <Editor schema={schema} lang={lang} start={text} label={t('sql.editor')} hint="SELECT …" onRun={() => void go()} onChange={change} handle={editor} />
          <Group gap="xs" className={styles.buttons}>
            {running ? (
              <Button color="red" variant="light" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={run.cancel}>
                {t('sql.stop')}
              </Button>
            ) : (
              <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} title={t('sql.keys')} onClick={() => void go()}>
                {t('sql.run')}
              </Button>
            )}
            <Button variant="default" leftSection={<IconDeviceFloppy size={16} aria-hidden />} disabled={!text.trim()} onClick={() => setSaving(true)}>
              {t('sql.save')}
            </Button>
            <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} disabled={!text.trim()} loading={file.isPending} onClick={() => file.mutate(text)}>
              {t('sql.download')}
            </Button>
            {saved && <span className="dim small">{saved.name}</span>}
          </Group>
          {check && <Meaning check={check} />}
        </section>
        <section className="card" aria-labelledby="sql-answer">
          <h2 id="sql-answer" className={styles.head}>
            {t('sql.result')}
          </h2>
          <Answer answer={run.answer} />
        </section>
        <section className="card" aria-label={t('sql.tabs')}>
          <Questions schema={schema} onOpen={(s) => put(s.sql, s)} onTry={(sql) => put(sql)} />
        </section>
        <p className="dim small">{t('sql.limits')}</p>
      </div>
      {saving && <SaveDialog text={text} saved={saved} onClose={() => setSaving(false)} />}
    </div>
  )
}

/* The question in plain words, and what it will read. */
function Meaning({ check }: { check: SqlCheck }) {
  const { t } = useTranslation()
  const lang = useLang()
  const rows = (n: number) => (n < 0 ? t('sql.records_many') : t('sql.records', { count: n, formatParams: { count: {} } }).replace(String(n), formatNumber(n, lang)))
  return (
    <div className={styles.meaning}>
      <p>
        <IconChecks size={16} aria-hidden /> <strong>{t('sql.reading')}</strong> {check.reading}
      </p>
      {check.tables.length > 0 && (
        <p className="dim small">
          {t('sql.reads')} {check.tables.map((x) => `${x.label} (${rows(x.rows)})`).join(lang === 'en' ? ', ' : '、')} · {t(`sql.cost_${check.cost}`)}
        </p>
      )}
      {check.crossings > 0 && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />}>
          {t('sql.crossing')}
        </Alert>
      )}
    </div>
  )
}

function SaveDialog({ text, saved, onClose }: { text: string; saved: SavedSql | null; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problemText = useProblemText()
  const me = useSession()?.user?.id
  const over = saved && saved.owner?.id === me ? saved : undefined
  const [name, setName] = useState(saved?.name ?? '')
  const [shared, setShared] = useState(saved?.shared ?? false)
  const save = useMutation({
    mutationFn: () => saveSql(name.trim(), text, shared, over),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sqlSavedQuery.queryKey })
      toast(t('sql.saved_done'))
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('sql.save_title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className={styles.form}
        onSubmit={(e) => {
          e.preventDefault()
          if (name.trim()) save.mutate()
        }}
      >
        <TextInput label={t('sql.name')} value={name} maxLength={120} required data-autofocus onChange={(e) => setName(e.currentTarget.value)} />
        <Checkbox label={t('sql.share')} checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} />
        {save.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(save.error)}
          </Alert>
        )}
        <Button type="submit" loading={save.isPending}>
          {over ? t('sql.save_over') : t('sql.save')}
        </Button>
      </form>
    </Modal>
  )
}
