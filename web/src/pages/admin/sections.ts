/* sections.ts - every part of the administration: one line each, in the order of the list. */
import { IconCube } from '@tabler/icons-react'
import { lazy } from 'react'
import { type AdminSection, isAdmin } from './section.ts'

export const sections: readonly AdminSection[] = [
  {
    path: 'objects',
    group: 'model',
    label: 'admin.objects.title',
    doc: 'admin.objects.doc',
    icon: IconCube,
    when: isAdmin,
    page: lazy(() => import('./Objects.tsx').then((m) => ({ default: m.Objects }))),
  },
]
