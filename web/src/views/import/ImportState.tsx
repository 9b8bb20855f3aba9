import { useTranslation } from 'react-i18next'
import { Chip } from '../../fields/parts.tsx'
import type { ImportState as State } from '../../lib/types.ts'

const HUES: Record<State, string> = {
  draft: 'gray', checking: 'blue', checked: 'blue', running: 'blue', done: 'green',
  failed: 'red', cancelled: 'yellow', undoing: 'orange', undone: 'gray',
}

export function ImportState({ state }: { state: State }) {
  const { t } = useTranslation()
  return <Chip text={t(`import.state_${state}`)} hue={HUES[state]} />
}
