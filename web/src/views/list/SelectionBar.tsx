/* SelectionBar.tsx - what can be done with the chosen records of a list. */
import { Button, Menu } from '@mantine/core'
import { IconArrowBackUp, IconDownload, IconPencil, IconTrash, IconUserShare, IconX } from '@tabler/icons-react'
import { lazy, memo, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { download } from '../../lib/api.ts'
import { toast } from '../../lib/toast.ts'
import { useProblemText } from '../states.tsx'
import { quote } from '../../lib/expr.ts'
import { formatNumber } from '../../lib/format.ts'
import { both } from '../../lib/group.ts'
import { useLang } from '../../lib/i18n.ts'
import { findField, may } from '../../lib/meta.ts'
import { type ListAsk, listParams } from '../../lib/queries.ts'
import { chosenCount, EXCEPT_MAX, type Selection } from '../../lib/selection.ts'
import type { May, ObjectMeta } from '../../lib/types.ts'
import type { Change } from './ChangeDialog.tsx'
import styles from './list.module.css'

const ChangeDialog = lazy(() => import('./ChangeDialog.tsx').then((m) => ({ default: m.ChangeDialog })))

export interface SelectionBarProps {
  object: ObjectMeta
  ask: ListAsk
  selection: Selection
  total: number | null
  bin: boolean
  /* With any of the chosen, as far as is known. */
  may: (what: keyof May) => boolean
  onAll: () => void
  onClear: () => void
}

/* The chosen records as a filter, for a file; null: too many to name one by one. */
function chosenFilter(selection: Selection, filter: string | undefined): string | null {
  const ids = [...selection.ids].map(quote).join(', ')
  if (selection.ids.size > EXCEPT_MAX) return null
  if (selection.all) return selection.ids.size ? both(filter, `id not in (${ids})`) : (filter ?? '')
  return `id in (${ids})`
}

export const SelectionBar = memo(function SelectionBar({ object, ask, selection, total, bin, may: mayAny, onAll, onClear }: SelectionBarProps) {
  const { t } = useTranslation()
  const lang = useLang()
  const [change, setChange] = useState<Change | null>(null)
  const count = chosenCount(selection, total)
  const filter = chosenFilter(selection, ask.filter)
  const problemText = useProblemText()
  const save = (format: string) =>
    void download(`/${object.name}`, { ...listParams({ ...ask, ...(filter === null ? {} : { filter }) }), format }).catch((error: unknown) => toast(problemText(error), { kind: 'wrong' }))
  const edit = object.rights.edit !== 'none' && mayAny('edit')
  const remove = object.rights.delete !== 'none' && mayAny(bin ? 'restore' : 'delete')
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('select.actions')}>
      <span className={styles.chosen} aria-live="polite">
        {count === null ? t('select.all_chosen') : t('select.chosen', { count, text: formatNumber(count, lang) })}
      </span>
      {!selection.all && (total === null || selection.ids.size < total) && (
        <Button size="xs" variant="subtle" onClick={onAll}>
          {total === null ? t('select.all') : t('select.all_matching', { text: formatNumber(total, lang) })}
        </Button>
      )}
      {!bin && edit && (
        <Button size="xs" variant="default" leftSection={<IconPencil size={16} />} onClick={() => setChange('edit')}>
          {t('select.edit')}
        </Button>
      )}
      {!bin && edit && object.owned && findField(object, 'owner')?.readonly !== true && mayAny('assign') && (
        <Button size="xs" variant="default" leftSection={<IconUserShare size={16} />} onClick={() => setChange('assign')}>
          {t('select.assign')}
        </Button>
      )}
      {!bin && may(object, 'export') && filter !== null && (
        <Menu>
          <Menu.Target>
            <Button size="xs" variant="default" leftSection={<IconDownload size={16} />}>
              {t('select.export')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(['xlsx', 'csv', 'ndjson'] as const).map((format) => (
              <Menu.Item key={format} onClick={() => save(format)}>
                {t(`list.format_${format}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {!bin && remove && (
        <Button size="xs" variant="default" color="red" leftSection={<IconTrash size={16} />} onClick={() => setChange('delete')}>
          {t('action.delete')}
        </Button>
      )}
      {bin && remove && (
        <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={16} />} onClick={() => setChange('restore')}>
          {t('bin.restore')}
        </Button>
      )}
      <Button size="xs" variant="subtle" color="gray" leftSection={<IconX size={16} />} onClick={onClear}>
        {t('select.none')}
      </Button>
      {change && (
        <Suspense>
          <ChangeDialog
            object={object}
            ask={ask}
            selection={selection}
            change={change}
            onClose={() => setChange(null)}
            onStarted={() => {
              setChange(null)
              onClear()
            }}
          />
        </Suspense>
      )}
    </div>
  )
})
