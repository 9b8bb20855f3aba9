import { IconPlus } from '@tabler/icons-react'
import { may } from '../../lib/meta.ts'
import type { AppAction } from './action.ts'

const create: AppAction = {
  name: 'create',
  label: 'palette.create',
  icon: IconPlus,
  keys: 'n',
  when: ({ object }) => object !== null && may(object, 'create'),
  run: ({ object, navigate }) => navigate({ to: '/o/$object/new', params: { object: object?.name ?? '' }, search: {} }),
}
export default create
