/* sections.ts - every part of the administration: one entry each, in the order of the list. */
import { IconCube, IconLanguage, IconPackage, IconRoute } from '@tabler/icons-react'
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
  {
    path: 'processes',
    group: 'model',
    label: 'admin.processes.title',
    doc: 'admin.processes.doc',
    icon: IconRoute,
    when: isAdmin,
    page: lazy(() => import('./Processes.tsx').then((m) => ({ default: m.Processes }))),
  },
  {
    path: 'packs',
    group: 'model',
    label: 'admin.packs.title',
    doc: 'admin.packs.doc',
    icon: IconPackage,
    when: isAdmin,
    page: lazy(() => import('./Packs.tsx').then((m) => ({ default: m.Packs }))),
  },
  {
    path: 'strings',
    group: 'model',
    label: 'admin.strings.title',
    doc: 'admin.strings.doc',
    icon: IconLanguage,
    when: isAdmin,
    page: lazy(() => import('./Strings.tsx').then((m) => ({ default: m.Strings }))),
  },
]
