/* Packs.tsx - the packs of the program: what each brings, which are in use, and the way to use another. */
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconPackage } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { post } from '../../lib/api.ts'
import { type Def, labelsOf, type Pack } from '../../lib/definition.ts'
import { formatMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { definitionQuery } from '../../lib/queries.ts'
import { toast } from '../../lib/toast.ts'
import type { Json } from '../../lib/types.ts'
import { useLabel, useOffset } from '../../lib/use.ts'
import { Failed, Lines, useProblemText } from '../../views/states.tsx'
import styles from './model/model.module.css'
import { afterPublish } from './model/Publish.tsx'
import own from './Packs.module.css'

export function Packs() {
  const { t } = useTranslation()
  const query = useQuery(definitionQuery)
  if (query.isPending) return <Lines />
  if (!query.data) return <Failed error={query.error} again={() => void query.refetch()} />
  return (
    <div className={styles.page}>
      <h1>{t('admin.packs.title')}</h1>
      <p className={styles.lead}>{t('admin.packs.lead')}</p>
      {query.data.packs.map((p) => (
        <PackCard key={p.name} pack={p} packs={query.data.packs} />
      ))}
      <p className="dim small">{t('admin.packs.keep')}</p>
    </div>
  )
}

const jsonOf = (pack: Pack | undefined): Def => pack?.files.find((f) => f.path.endsWith('/pack.json'))?.json ?? {}

function PackCard({ pack, packs }: { pack: Pack; packs: readonly Pack[] }) {
  const { t } = useTranslation()
  const label = useLabel()
  const lang = useLang()
  const offset = useOffset()
  const problemText = useProblemText()
  const json = jsonOf(pack)
  const name = label(labelsOf(json.label), pack.name)
  const called = (value: Json | undefined, fallback: string) => label(labelsOf(value), fallback)
  const enable = useMutation({
    mutationFn: () => post(`/definition/packs/${pack.name}`),
    onSuccess: async () => {
      await afterPublish()
      toast(t('admin.packs.enabled', { name }))
    },
    onError: (error) => toast(problemText(error), { kind: 'wrong' }),
  })
  const files = (folder: string) => pack.files.filter((f) => f.path.includes(`/${folder}/`))
  const roles = (pack.files.find((f) => f.path.endsWith('/roles.json'))?.json.roles ?? []) as unknown as Def[]
  const objectLabel = (object: string) => called(packs.flatMap((p) => p.files).find((f) => f.json.object === object)?.json.label, object)
  const parts: [string, { key: string; text: string; to?: string }[]][] = [
    [t('admin.packs.objects'), files('objects').map((f) => ({ key: f.path, text: called(f.json.label, String(f.json.object)), ...(pack.installed_at ? { to: `objects/${String(f.json.object)}` } : {}) }))],
    [t('admin.packs.extends'), files('extend').map((f) => ({ key: f.path, text: objectLabel(String(f.json.extend)) }))],
    [t('admin.packs.processes'), files('processes').map((f) => ({ key: f.path, text: called(f.json.label, String(f.json.process)), ...(pack.installed_at ? { to: `processes/${String(f.json.process)}` } : {}) }))],
    [t('admin.packs.roles'), roles.map((r) => ({ key: String(r.role), text: called(r.label, String(r.role)) }))],
    [t('admin.packs.examples'), pack.examples.map((e) => ({ key: e.path, text: label(e.json.label, e.json.name) }))],
    [t('admin.packs.requires'), ((json.requires ?? []) as string[]).map((r) => ({ key: r, text: label(labelsOf(jsonOf(packs.find((p) => p.name === r)).label), r) }))],
  ]
  return (
    <section className={`card ${styles.box}`} aria-label={name}>
      <div className={styles.head}>
        <IconPackage size={22} stroke={1.6} aria-hidden />
        <h2>{name}</h2>
        <span className="mono dim">{pack.name}</span>
        <span className="dim small">{t('admin.packs.version', { version: String(json.version ?? 1) })}</span>
        <div className={styles.end}>
          {pack.installed_at ? (
            <span className="dim small num">{t('admin.packs.since', { at: formatMoment(pack.installed_at, lang, offset) })}</span>
          ) : (
            <>
              <span className="dim small">{t('admin.packs.off')}</span>
              <Button
                size="xs"
                loading={enable.isPending}
                aria-label={t('admin.packs.enable_named', { name })}
                onClick={() => {
                  if (window.confirm(t('admin.packs.sure', { name }))) enable.mutate()
                }}
              >
                {t('admin.packs.enable')}
              </Button>
            </>
          )}
        </div>
      </div>
      {typeof json.doc === 'string' && (
        <p lang="en" className="dim small">
          {json.doc}
        </p>
      )}
      <dl className={own.parts}>
        {parts
          .filter(([, items]) => items.length > 0)
          .map(([title, items]) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>
                {items.map((i) =>
                  i.to ? (
                    <Link key={i.key} to="/admin/$" params={{ _splat: i.to }}>
                      {i.text}
                    </Link>
                  ) : (
                    <span key={i.key}>{i.text}</span>
                  ),
                )}
              </dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
