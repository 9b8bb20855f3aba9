import { IconKeyboard } from '@tabler/icons-react'
import type { AppAction } from './action.ts'

const help: AppAction = {
  name: 'help',
  label: 'keys.title',
  icon: IconKeyboard,
  keys: 'shift+?',
  run: ({ help: show }) => show(),
}
export default help
