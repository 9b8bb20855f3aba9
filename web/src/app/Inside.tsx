/* Inside.tsx - the shell, for whoever is signed in: with the session and the objects that all of it asks for. */
import { Known, useKnown } from '../lib/use.ts'
import { Shell } from './Shell.tsx'

export function Inside() {
  return (
    <Known value={useKnown()}>
      <Shell />
    </Known>
  )
}
