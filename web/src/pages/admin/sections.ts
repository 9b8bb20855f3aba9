/* sections.ts - every part of the administration: one entry each, in the order of the list. */
import {
  IconCube, IconLanguage, IconListDetails, IconPackage, IconRoute, IconSettings, IconShieldLock, IconShieldSearch, IconUsers,
} from '@tabler/icons-react'
import { lazy } from 'react'
import { withWords } from '../../lib/i18n.ts'
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
  {
    path: 'users',
    group: 'people',
    label: 'admin.users.title',
    doc: 'admin.users.doc',
    icon: IconUsers,
    when: isAdmin,
    page: lazy(() => withWords('people', import('./Users.tsx')).then((m) => ({ default: m.Users }))),
  },
  {
    path: 'roles',
    group: 'people',
    label: 'admin.roles.title',
    doc: 'admin.roles.doc',
    icon: IconShieldLock,
    when: isAdmin,
    page: lazy(() => withWords('people', import('./Roles.tsx')).then((m) => ({ default: m.Roles }))),
  },
  {
    path: 'audit',
    group: 'system',
    label: 'admin.audit.title',
    doc: 'admin.audit.doc',
    icon: IconShieldSearch,
    when: (session) => session.audit === true,
    page: lazy(() => withWords('people', import('./Audit.tsx')).then((m) => ({ default: m.Audit }))),
  },
  {
    path: 'jobs',
    group: 'system',
    label: 'admin.jobs.title',
    doc: 'admin.jobs.doc',
    icon: IconListDetails,
    when: isAdmin,
    page: lazy(() => withWords('people', import('./Jobs.tsx')).then((m) => ({ default: m.Jobs }))),
  },
  {
    path: 'settings',
    group: 'system',
    label: 'admin.settings.title',
    doc: 'admin.settings.doc',
    icon: IconSettings,
    when: isAdmin,
    page: lazy(() => withWords('people', import('./Settings.tsx')).then((m) => ({ default: m.Settings }))),
  },
]
