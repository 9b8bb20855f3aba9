/* Processes.tsx - processes: the list, one of them, or a new one, by the address. */
import { Drafting } from './model/drafts.tsx'
import { NewProcess } from './model/NewProcess.tsx'
import { ProcessesList } from './model/ProcessesList.tsx'
import { ProcessPage } from './model/ProcessPage.tsx'
import type { AdminPageProps } from './section.ts'

export function Processes({ rest: [name = ''] }: AdminPageProps) {
  return (
    <Drafting key={name} leave={`/admin/processes/${name}`}>
      {name === '' ? <ProcessesList /> : name === 'new' ? <NewProcess /> : <ProcessPage name={name} />}
    </Drafting>
  )
}
