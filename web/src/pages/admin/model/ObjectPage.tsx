/* ObjectPage.tsx - one object: its names, fields, layout and rules; drafts live until one leaves it. */
import { Button, Menu } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconChevronLeft, IconDots, IconExternalLink, IconTrash } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../../lib/api.ts'
import { objectView, ownPath, previewObject } from '../../../lib/definition.ts'
import { findObject } from '../../../lib/meta.ts'
import { useLabel, useMeta } from '../../../lib/use.ts'
import { ObjectIcon } from '../../../views/Icon.tsx'
import { Empty, Failed, Lines } from '../../../views/states.tsx'
import { useTitle } from '../../../views/title.ts'
import { useEditing } from './drafts.tsx'
import { Fields } from './Fields.tsx'
import styles from './model.module.css'
import { Names } from './Names.tsx'
import { Origin } from './parts.tsx'
import { PublishBar } from './Publish.tsx'
import { Rules } from './Rules.tsx'

const Layout = lazy(() => import('./Layout.tsx').then((m) => ({ default: m.Layout })))
const TABS = ['fields', 'layout', 'rules', 'names'] as const

export function ObjectPage({ name, tab, item }: { name: string; tab: string; item: string }) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const navigate = useNavigate()
  const { files, before, drafts, put } = useEditing()
  const view = objectView(files, name)
  const was = objectView(before, name)
  useTitle(label((view ?? was)?.label, name))
  const open = TABS.find((x) => x === tab) ?? 'fields'
  if (!was) return <Failed error={new Problem(404, {})} />
  const preview = previewObject(meta, files, name)
  return (
    <div className={styles.page}>
      <div>
        <Link to="/admin/$" params={{ _splat: 'objects' }} className={styles.crumb}>
          <IconChevronLeft size={14} aria-hidden />
          {t('admin.objects.title')}
        </Link>
        <div className={styles.head}>
          <ObjectIcon name={(view ?? was).icon} size={24} />
          <h1>{label((view ?? was).label, name)}</h1>
          <span className="mono dim">{name}</span>
          <Origin pack={was.pack} changed={was.pack !== '' && (view?.changed ?? false)} />
          <div className={styles.end}>
            {findObject(meta, name) && (
              <Button renderRoot={(props) => <Link to="/o/$object" params={{ object: name }} {...props} />} variant="default" size="xs" leftSection={<IconExternalLink size={15} />}>
                {t('admin.objects.open')}
              </Button>
            )}
            {was.pack === '' && view && (
              <Menu>
                <Menu.Target>
                  <Button variant="default" size="xs" aria-label={t('actions')}>
                    <IconDots size={16} />
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => put(ownPath(files, name), null)}>
                    {t('admin.objects.remove')}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            )}
          </div>
        </div>
      </div>
      {!view || !preview ? (
        <Empty title={t('admin.objects.will_go')}>
          <Button variant="default" size="xs" onClick={() => put(ownPath(before, name), before.find((f) => f.path === ownPath(before, name))?.json ?? null)}>
            {t('undo')}
          </Button>
        </Empty>
      ) : (
        <>
          <nav className={styles.tabs} aria-label={label(view.label, name)}>
            {TABS.map((x) => (
              <Link key={x} to="/admin/$" params={{ _splat: `objects/${name}/${x}` }} className={styles.tab} data-here={x === open || undefined} aria-current={x === open ? 'page' : undefined} replace>
                {t(`admin.tab.${x}`)}
              </Link>
            ))}
          </nav>
          {open === 'fields' && <Fields object={preview} open={item} onOpen={(field) => void navigate({ to: '/admin/$', params: { _splat: `objects/${name}/fields${field ? `/${field}` : ''}` }, replace: field === '' })} />}
          {open === 'layout' && (
            <Suspense fallback={<Lines />}>
              <Layout object={preview} />
            </Suspense>
          )}
          {open === 'rules' && <Rules object={preview} />}
          {open === 'names' && <Names object={preview} pack={was.pack} />}
        </>
      )}
      <PublishBar
        onDone={() => {
          if (drafts[ownPath(before, name)] === null && was.pack === '') void navigate({ to: '/admin/$', params: { _splat: 'objects' } })
        }}
      />
    </div>
  )
}
