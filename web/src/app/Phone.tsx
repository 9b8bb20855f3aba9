/*
 * Phone.tsx - what the thumb reaches: a bar at the bottom, and what opens from it.
 */
import { Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { IconBriefcase, IconCloudUp, IconHome, IconLayoutList, IconMenu2, IconPlus, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useAway } from '../lib/away.ts'
import { mainObjects, may } from '../lib/meta.ts'
import { useLabel, useMeta } from '../lib/use.ts'
import { ObjectIcon } from '../views/Icon.tsx'
import { Search } from '../views/Search.tsx'
import { useHere } from './context.ts'
import styles from './Phone.module.css'

function Sheet({ opened, title, onClose, children }: { opened: boolean; title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <Drawer opened={opened} onClose={onClose} position="bottom" size="auto" title={title} classNames={{ content: styles.sheet ?? '' }} closeButtonProps={{ 'aria-label': t('close') }}>
      {children}
    </Drawer>
  )
}

/* A visit first: it is what one writes down on the way. */
function New() {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const objects = mainObjects(meta).filter((o) => may(o, 'create'))
  return (
    <ul className="plain">
      {objects.some((o) => o.name === 'activity') && (
        <li>
          <Link to="/o/$object/new" params={{ object: 'activity' }} search={{ kind: 'visit' }} className={styles.line}>
            <IconBriefcase size={20} stroke={1.7} aria-hidden />
            {t('phone.new_visit')}
          </Link>
        </li>
      )}
      {objects.map((o) => (
        <li key={o.name}>
          <Link to="/o/$object/new" params={{ object: o.name }} search={{}} className={styles.line}>
            <ObjectIcon name={o.icon} size={20} />
            {t('create_named', { name: label(o.label, o.name) })}
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Lists() {
  const label = useLabel()
  const meta = useMeta()
  return (
    <ul className="plain">
      {mainObjects(meta).map((o) => (
        <li key={o.name}>
          <Link to="/o/$object" params={{ object: o.name }} className={styles.line}>
            <ObjectIcon name={o.icon} size={20} />
            {label(o.plural, o.name)}
          </Link>
        </li>
      ))}
    </ul>
  )
}

interface PhoneProps {
  /* Where one can go, as it stands at the side of a wide screen. */
  places: ReactNode
  find: boolean
  onFind: (on: boolean) => void
}

export function Phone({ places, find, onFind }: PhoneProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { waiting } = useAway()
  const here = useHere()
  const { objects } = useMeta()
  const path = useRouterState({ select: (s) => s.location.href })
  const [menu, menuSwitch] = useDisclosure(false)
  const [make, makeSwitch] = useDisclosure(false)
  const [lists, listsSwitch] = useDisclosure(false)
  useEffect(() => {
    menuSwitch.close()
    makeSwitch.close()
    listsSwitch.close()
  }, [path, menuSwitch.close, makeSwitch.close, listsSwitch.close])
  const known = objects.some((o) => o.name === here.object)
  return (
    <>
      <nav className={styles.bar} aria-label={t('phone.bar')}>
        <Link to="/" className={styles.item} activeOptions={{ exact: true, includeSearch: false }} activeProps={{ 'data-here': true }}>
          <IconHome size={22} stroke={1.7} aria-hidden />
          <span>{t('home.title')}</span>
        </Link>
        <button type="button" className={styles.item} aria-label={t('search.label')} onClick={() => onFind(true)}>
          <IconSearch size={22} stroke={1.7} aria-hidden />
          <span aria-hidden>{t('phone.search')}</span>
        </button>
        <button type="button" className={styles.item} data-main aria-label={t('phone.new')} onClick={makeSwitch.open}>
          <span className={styles.plus}>
            <IconPlus size={24} aria-hidden />
          </span>
        </button>
        <button type="button" className={styles.item} data-here={known || undefined} onClick={listsSwitch.open}>
          <IconLayoutList size={22} stroke={1.7} aria-hidden />
          <span>{t('phone.lists')}</span>
        </button>
        <button type="button" className={styles.item} onClick={menuSwitch.open}>
          <IconMenu2 size={22} stroke={1.7} aria-hidden />
          <span>{t('phone.menu')}</span>
          {waiting > 0 && <span className={styles.dot} />}
        </button>
      </nav>
      <Sheet opened={make} title={t('phone.new')} onClose={makeSwitch.close}>
        <New />
      </Sheet>
      <Sheet opened={lists} title={t('phone.lists')} onClose={listsSwitch.close}>
        <Lists />
      </Sheet>
      <Drawer opened={menu} onClose={menuSwitch.close} position="right" size="17rem" title={t('phone.menu')} closeButtonProps={{ 'aria-label': t('close') }}>
        {places}
        <button type="button" className={styles.line} onClick={() => void navigate({ to: '/offline' })}>
          <IconCloudUp size={18} stroke={1.7} aria-hidden />
          {t('live.page')}
          {waiting > 0 && <span className={styles.count}>{waiting}</span>}
        </button>
      </Drawer>
      <Drawer opened={find} onClose={() => onFind(false)} position="top" size="100%" title={t('search.label')} closeButtonProps={{ 'aria-label': t('close') }}>
        <Search autoFocus onDone={() => onFind(false)} />
      </Drawer>
    </>
  )
}
