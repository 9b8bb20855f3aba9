/* ViewsMenu.tsx - saved views of a list: choose, save, share, begin with. */
import { Button, Menu } from '@mantine/core'
import { IconBookmark, IconCheck, IconDeviceFloppy, IconShare, IconShareOff, IconStar, IconStarOff, IconTrash } from '@tabler/icons-react'
import { lazy, memo, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '../../lib/toast.ts'
import type { ObjectMeta } from '../../lib/types.ts'
import { useLabel, useSession } from '../../lib/use.ts'
import { changeView, createView, deleteView, type Layout, type SavedView, setDefault, type Shown, updateView, useViews } from '../../lib/views.ts'
import { useProblemText } from '../states.tsx'
import styles from './list.module.css'

const SaveDialog = lazy(() => import('./SaveDialog.tsx').then((m) => ({ default: m.SaveDialog })))

export interface ViewsMenuProps {
  object: ObjectMeta
  chosen: SavedView | undefined
  kind: SavedView['layout']
  /* The list shows something else than the chosen view says. */
  changed: boolean
  now: () => { shown: Shown; layout: Layout }
  onChoose: (view: SavedView | null) => void
}

export const ViewsMenu = memo(function ViewsMenu({ object, chosen, kind, changed, now, onChoose }: ViewsMenuProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const session = useSession()
  const problemText = useProblemText()
  const { views, first } = useViews(object.name)
  const [saving, setSaving] = useState(false)
  const mine = chosen?.owner?.id === session?.user.id
  const run = (work: Promise<unknown>, said: string) =>
    work.then(() => toast(said)).catch((error: unknown) => toast(problemText(error), { kind: 'wrong' }))
  const item = (view: SavedView) => (
    <Menu.Item
      key={view.id}
      onClick={() => onChoose(view)}
      leftSection={view.id === first?.id ? <IconStar size={16} aria-label={t('view.is_default')} /> : <span style={{ width: 16 }} />}
      rightSection={view.id === chosen?.id && <IconCheck size={16} />}
    >
      <span className="clip">{view.name}</span>
      {view.owner?.id !== session?.user.id && <span className="dim small"> · {view.owner?.title}</span>}
    </Menu.Item>
  )
  return (
    <>
      <Menu position="bottom-start" width={260}>
        <Menu.Target>
          <Button size="xs" variant="subtle" color="gray" className={styles.view} leftSection={<IconBookmark size={16} />}>
            <span className="clip">
              {chosen ? chosen.name : t('view.all')}
              {changed ? ' •' : ''}
            </span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="70dvh" style={{ overflowY: 'auto' }}>
          <Menu.Item leftSection={<span style={{ width: 16 }} />} rightSection={!chosen && <IconCheck size={16} />} onClick={() => onChoose(null)}>
            {t('view.all_named', { name: label(object.plural, object.name) })}
          </Menu.Item>
          {views.map(item)}
          <Menu.Divider />
          {chosen && mine && changed && (
            <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={() => void run(updateView(chosen, now().shown, now().layout), t('view.saved', { name: chosen.name }))}>
              {t('view.update')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={() => setSaving(true)}>
            {t('view.save_as')}
          </Menu.Item>
          {chosen && mine && (
            <Menu.Item leftSection={chosen.shared ? <IconShareOff size={16} /> : <IconShare size={16} />} onClick={() => void run(changeView(chosen, { shared: !chosen.shared }), t('view.saved', { name: chosen.name }))}>
              {t(chosen.shared ? 'view.unshare' : 'view.share')}
            </Menu.Item>
          )}
          {chosen && (
            <Menu.Item leftSection={first?.id === chosen.id ? <IconStarOff size={16} /> : <IconStar size={16} />} onClick={() => void run(setDefault(object.name, first?.id === chosen.id ? null : chosen), t('view.saved', { name: chosen.name }))}>
              {t(first?.id === chosen.id ? 'view.not_default' : 'view.default')}
            </Menu.Item>
          )}
          {chosen && mine && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => {
                onChoose(null)
                void run(deleteView(chosen), t('view.deleted', { name: chosen.name }))
              }}
            >
              {t('view.delete')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {saving && (
        <Suspense>
          <SaveDialog
          onClose={() => setSaving(false)}
          onSave={async (name, shared) => {
            onChoose(await createView(object.name, name, shared, kind, now().shown, now().layout))
            toast(t('view.saved', { name }))
          }}
        />
        </Suspense>
      )}
    </>
  )
})
