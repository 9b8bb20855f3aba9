/* Lists.tsx - lists frozen from a segment, where each came from, and the size over time. */
import { Alert, Badge, Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconDownload, IconSnowflake, IconTrash, IconUserShare } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, download, post } from '../../lib/api.ts'
import { formatMoment, formatNumber, localToMoment } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'
import { queryClient } from '../../lib/queries.ts'
import { listsQuery, type Segment, type SegmentList } from '../../lib/segments.ts'
import { toast } from '../../lib/toast.ts'
import { useOffset } from '../../lib/use.ts'
import { Confirm } from '../people/Confirm.tsx'
import { Failed, useProblemText } from '../states.tsx'
import { SizeChart } from './SizeChart.tsx'
import styles from './segment.module.css'

const again = () => queryClient.invalidateQueries({ queryKey: ['segments'] })

export function Lists({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const { data, error } = useQuery(listsQuery(segment.id))
  const freeze = useMutation({ mutationFn: () => post(`/segment/${segment.id}/freeze`, {}), onSuccess: again })
  return (
    <section className={styles.card} aria-label={t('segment.lists')}>
      <div className={styles.bar}>
        <h2>{t('segment.lists')}</h2>
        <Button size="xs" leftSection={<IconSnowflake size={15} />} loading={freeze.isPending} onClick={() => freeze.mutate()}>
          {t('segment.freeze')}
        </Button>
      </div>
      {freeze.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(freeze.error)}
        </Alert>
      )}
      {error ? <Failed error={error} /> : null}
      {data && data.history.length > 1 && <SizeChart history={data.history} />}
      {data?.rows.length === 0 && <p className="dim">{t('segment.no_lists')}</p>}
      <ul className="plain">
        {data?.rows.map((list) => (
          <One key={list.id} list={list} object={segment.object} />
        ))}
      </ul>
    </section>
  )
}

function One({ list, object }: { list: SegmentList; object: string }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const [asking, setAsking] = useState<'hand' | 'drop' | null>(null)
  const number = (n: number | null) => (n === null ? '–' : formatNumber(n, lang))
  const when = list.frozen_at ? formatMoment(list.frozen_at, lang, offset) : ''
  const state = list.state === 'running' ? t('segment.freezing') : list.state === 'handing' ? t('segment.handing') : list.state === 'failed' ? t('segment.failed') : ''
  return (
    <li className={styles.list} data-list={list.state}>
      <div className={styles.bar}>
        <h3 className="clip">{list.name}</h3>
        {state ? <Badge color={list.state === 'failed' ? 'red' : 'gray'}>{state}</Badge> : <strong>{t('segment.people', { n: number(list.total ?? list.seen) })}</strong>}
      </div>
      <p className="dim small">
        {list.frozen_at && t('segment.frozen', { when, who: list.author.title })}
        {list.entered !== null && ` · ${t('segment.flow', { entered: number(list.entered), gone: number(list.gone) })}`}
        {list.automatic && ` · ${t('segment.automatic')}`}
        {list.tasks ? ` · ${t('segment.tasks', { n: number(list.tasks) })}` : ''}
        {list.refused ? ` · ${t('segment.refused', { n: number(list.refused) })}` : ''}
      </p>
      {list.problem && <p className="small" role="alert">{list.problem}</p>}
      {list.frozen_at && <Cells list={list} />}
      <Lineage list={list} when={when} />
      {list.mine && list.state !== 'running' && list.state !== 'handing' && (
        <div className="row">
          {list.frozen_at && (object === 'account' || object === 'contact') && (
            <Button size="compact-xs" variant="default" leftSection={<IconUserShare size={14} />} onClick={() => setAsking('hand')}>
              {t('segment.hand')}
            </Button>
          )}
          <Button size="compact-xs" variant="subtle" color="red" leftSection={<IconTrash size={14} />} onClick={() => setAsking('drop')}>
            {t('segment.drop')}
          </Button>
        </div>
      )}
      {asking === 'hand' && <HandOver list={list} onClose={() => setAsking(null)} />}
      {asking === 'drop' && (
        <Confirm
          title={t('segment.drop_ask', { name: list.name })}
          go={t('segment.drop')}
          danger
          run={async () => {
            await call('DELETE', `/segment_list/${list.id}`)
            await again()
          }}
          onClose={() => setAsking(null)}
        >
          <p>{t('segment.drop_help')}</p>
        </Confirm>
      )}
    </li>
  )
}

/* Each cell, how many are in it, and its file. */
function Cells({ list }: { list: SegmentList }) {
  const { t } = useTranslation()
  const lang = useLang()
  const problemText = useProblemText()
  const name = (cell: string) => (cell === 'control' ? t('segment.cell_control') : cell === 'rest' ? t('segment.cell_rest') : cell || t('segment.cell_all'))
  const cells = Object.entries(list.counts)
  const save = (cell: string) => {
    download(`/segment_list/${list.id}/export`, { format: 'csv', cell }).catch((error: unknown) => toast(problemText(error), { kind: 'wrong' }))
  }
  return (
    <ul className={styles.cells}>
      {(cells.length ? cells : [['', list.seen ?? 0] as const]).map(([cell, n]) => (
        <li key={cell} className={styles.cell}>
          <span>{name(cell)}</span>
          <strong>{formatNumber(n, lang)}</strong>
          <Button size="compact-xs" variant="subtle" aria-label={t('segment.download', { name: name(cell) })} onClick={() => save(cell)}>
            <IconDownload size={15} aria-hidden />
          </Button>
        </li>
      ))}
    </ul>
  )
}

function Lineage({ list, when }: { list: SegmentList; when: string }) {
  const { t } = useTranslation()
  const lang = useLang()
  const offset = useOffset()
  const facts: [string, string][] = [
    [t('segment.l_rule'), list.rule],
    [t('segment.l_text'), list.text],
    [t('segment.l_exclude'), list.exclude],
    [t('segment.l_seed'), list.seed],
    [t('segment.l_control'), list.control === '0' ? '' : `${list.control}%`],
    [t('segment.cells'), list.cells],
    [t('segment.l_as_of'), list.as_of ? formatMoment(list.as_of, lang, offset) : when],
    [t('segment.l_took'), list.took_ms === null ? '' : `${formatNumber(list.took_ms, lang)} ms`],
  ]
  return (
    <details>
      <summary>{t('segment.lineage')}</summary>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value)
          .map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </details>
  )
}

function HandOver({ list, onClose }: { list: SegmentList; onClose: () => void }) {
  const { t } = useTranslation()
  const offset = useOffset()
  const problemText = useProblemText()
  const [subject, setSubject] = useState(list.name)
  const [due, setDue] = useState('')
  const act = useMutation({
    mutationFn: () => post(`/segment_list/${list.id}/tasks`, { subject, at: localToMoment(`${due}T09:00`, offset) ?? due }),
    onSuccess: async () => {
      await again()
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('segment.hand_title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p className="small">{t('segment.hand_help')}</p>
        <TextInput label={t('segment.subject')} value={subject} onChange={(e) => setSubject(e.currentTarget.value)} />
        <TextInput type="date" label={t('segment.due')} value={due} onChange={(e) => setDue(e.currentTarget.value)} />
        {act.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(act.error)}
          </Alert>
        )}
        <div className="row">
          <Button loading={act.isPending} disabled={!subject.trim() || !due} onClick={() => act.mutate()}>
            {t('segment.hand')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
