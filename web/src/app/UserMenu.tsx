/* UserMenu.tsx - language, look, and the way out. */
import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import signOut from '../actions/app/signOut.ts'
import { setLang, useLang } from '../lib/i18n.ts'
import { LANGS } from '../lib/lang.ts'
import { useSession } from '../lib/use.ts'
import { useAppContext } from './context.ts'
import styles from './UserMenu.module.css'

const LOOKS = [
  { code: 'light', icon: IconSun },
  { code: 'dark', icon: IconMoon },
  { code: 'auto', icon: IconDeviceDesktop },
] as const

export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  if (/^\p{Script=Han}/u.test(name)) return [...(words[0] ?? '')].slice(-2).join('')
  return words.map((w) => [...w][0] ?? '').slice(0, 2).join('').toUpperCase()
}

export function UserMenu() {
  const { t } = useTranslation()
  const lang = useLang()
  const context = useAppContext(() => {})
  const session = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const name = session?.user.display_name || session?.user.name || ''
  return (
    <Menu width={220}>
      <Menu.Target>
        <UnstyledButton className={styles.me}>
          <span className={styles.face} aria-hidden>
            {initials(name)}
          </span>
          <span className={styles.name}>{name}</span>
          <span className="sr">{t('shell.me')}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('shell.language')}</Menu.Label>
        {LANGS.map((l) => (
          <Menu.Item key={l.code} lang={l.code} onClick={() => void setLang(l.code)} rightSection={lang === l.code && <IconCheck size={16} />} {...(lang === l.code ? { 'aria-current': true } : {})}>
            {l.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('shell.look')}</Menu.Label>
        {LOOKS.map(({ code, icon: Icon }) => (
          <Menu.Item key={code} leftSection={<Icon size={16} />} onClick={() => setColorScheme(code)} rightSection={colorScheme === code && <IconCheck size={16} />} {...(colorScheme === code ? { 'aria-current': true } : {})}>
            {t(`shell.look_${code}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconCheck size={16} />} renderRoot={(p) => <Link to="/start" {...p} />}>
          {t('shell.first_steps')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut.run(context)}>
          {t('shell.sign_out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
