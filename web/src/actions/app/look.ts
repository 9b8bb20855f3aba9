import { IconSunMoon } from '@tabler/icons-react'
import type { AppAction } from './action.ts'

const look: AppAction = {
  name: 'look',
  label: 'palette.look',
  icon: IconSunMoon,
  run: ({ dark, setLook }) => setLook(dark ? 'light' : 'dark'),
}
export default look
