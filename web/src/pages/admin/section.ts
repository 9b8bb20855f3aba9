/* section.ts - what a part of the administration is: an entry in its list, and a page of its own chunk. */
import type { TablerIcon } from '@tabler/icons-react'
import type { ParseKeys } from 'i18next'
import type { ComponentType, LazyExoticComponent } from 'react'
import { metaQuery, queryClient } from '../../lib/queries.ts'
import type { Session } from '../../lib/types.ts'

export interface AdminPageProps {
  /* What stands behind the section in the address: /admin/objects/account/fields → account, fields. */
  rest: string[]
}

export const GROUPS = ['model', 'people', 'system'] as const

export interface AdminSection {
  /* First piece of the address behind /admin/. */
  path: string
  group: (typeof GROUPS)[number]
  /* Words of i18n/admin: the list shows them before the words of the page's own area are there. */
  label: ParseKeys
  doc: ParseKeys
  icon: TablerIcon
  /* Who sees it; the server refuses the others whatever they see. */
  when: (session: Session) => boolean
  page: LazyExoticComponent<ComponentType<AdminPageProps>>
}

/* Where the pack "operator" is in use. */
export const isOperator = (session: Session): boolean =>
  session.admin === true && queryClient.getQueryData(metaQuery.queryKey)?.objects.some((o) => o.name === 'subscription') === true

export const isAdmin = (session: Session): boolean => session.admin === true
