import { IconLanguage } from '@tabler/icons-react'
import { setLang } from '../../lib/i18n.ts'
import type { AppAction } from './action.ts'

const language: AppAction = {
  name: 'language',
  label: 'palette.language',
  icon: IconLanguage,
  run: ({ lang }) => setLang(lang === 'en' ? 'zh-Hant' : 'en'),
}
export default language
