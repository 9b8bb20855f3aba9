/* Objects.tsx - objects and fields: the list, one object, or a new one, by the address. */
import { NewObject } from './model/NewObject.tsx'
import { ObjectPage } from './model/ObjectPage.tsx'
import { ObjectsList } from './model/ObjectsList.tsx'
import { Drafting } from './model/drafts.tsx'
import type { AdminPageProps } from './section.ts'

export function Objects({ rest: [name = '', tab = '', item = ''] }: AdminPageProps) {
  return (
    <Drafting key={name} leave={`/admin/objects/${name}`}>
      {name === '' ? <ObjectsList /> : name === 'new' ? <NewObject /> : <ObjectPage name={name} tab={tab} item={item} />}
    </Drafting>
  )
}
