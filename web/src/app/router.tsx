/* router.tsx - every address of the application; each page is a chunk of its own. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { BASE, within } from '../lib/base.ts'
import { withWords } from '../lib/i18n.ts'
import type { CalendarSearch } from '../pages/Calendar.tsx'
import { metaQuery, queryClient, sessionQuery } from '../lib/queries.ts'
import { Failed } from '../views/states.tsx'
import { Inside } from './Inside.tsx'
import { NotFound } from './NotFound.tsx'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const defined = <T extends object>(o: T) =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T

export interface ListSearch {
  filter?: string
  sort?: string
  q?: string
  deleted?: boolean
  /* A saved view, or "all"; what it says is written out in the others. */
  view?: string
  group?: string
}

const listSearch = (s: Record<string, unknown>): ListSearch =>
  defined({
    filter: text(s.filter),
    sort: text(s.sort),
    q: s.q === undefined ? undefined : text(String(s.q)),
    deleted: s.deleted === true || undefined,
    view: text(s.view),
    group: text(s.group),
  })

/* Whatever it is, as text. */
const allText = (s: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(s).map(([k, v]) => [k, String(v)]))

/* A page, and the style sheets that lists do without. */
async function styled<T>(page: Promise<T>): Promise<T> {
  await import('./more.css')
  return page
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const signin = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  validateSearch: (s: Record<string, unknown>): { next?: string } => defined({ next: text(s.next) }),
  component: lazyRouteComponent(() => withWords('signin', styled(import('../pages/SignIn.tsx'))), 'SignIn'),
})

/* Where a provider of sign-in sends the browser back to. */
const returned = createRoute({
  getParentRoute: () => root,
  path: '/signin/$provider',
  validateSearch: allText,
  component: lazyRouteComponent(() => withWords('signin', styled(import('../pages/Returned.tsx'))), 'Returned'),
})

/* Of who was given a password that serves once. */
const password = createRoute({
  getParentRoute: () => root,
  path: '/password',
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery)
    if (!session?.must_change_password) throw redirect({ to: session ? '/account' : '/signin' })
  },
  component: lazyRouteComponent(() => withWords('people', styled(import('../pages/NewPassword.tsx'))), 'NewPassword'),
})

/* Of whose role asks for a second factor. */
const factor = createRoute({
  getParentRoute: () => root,
  path: '/second-factor',
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery)
    if (!session?.second_factor_due) throw redirect({ to: session ? '/account' : '/signin' })
  },
  component: lazyRouteComponent(() => withWords('people', withWords('signin', styled(import('../pages/SecondFactor.tsx')))), 'SecondFactor'),
})

/* Who has a link for setting a password; the secret stands behind the #. */
const invited = createRoute({
  getParentRoute: () => root,
  path: '/link',
  component: lazyRouteComponent(() => withWords('people', withWords('signin', styled(import('../pages/Invited.tsx')))), 'Invited'),
})

/* The first administrator of a new system; the secret stands behind the #. */
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => withWords('home', styled(import('../pages/Setup.tsx'))), 'Setup'),
})

/* A trial, where the operator lets strangers. */
const signup = createRoute({
  getParentRoute: () => root,
  path: '/signup',
  component: lazyRouteComponent(() => withWords('home', withWords('operator', styled(import('../pages/SignUp.tsx')))), 'SignUp'),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery)
    if (!session) throw redirect({ to: '/signin', search: location.pathname === '/' ? {} : { next: within(location.href) } })
    if (session.must_change_password) throw redirect({ to: '/password' })
    if (session.second_factor_due) throw redirect({ to: '/second-factor' })
  },
  loader: () => queryClient.ensureQueryData(metaQuery),
  component: Inside,
  errorComponent: ({ error, reset }) => <Failed error={error} again={reset} />,
})

const homePage = () => withWords('home', styled(import('../pages/Home.tsx')))
const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(homePage, 'Home'),
})

const start = createRoute({
  getParentRoute: () => shell,
  path: '/start',
  component: lazyRouteComponent(homePage, 'Start'),
})

const list = createRoute({
  getParentRoute: () => shell,
  path: '/o/$object',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/List.tsx'), 'List'),
})

const board = createRoute({
  getParentRoute: () => shell,
  path: '/o/$object/board',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../pages/Board.tsx'), 'Board'),
})

/* What the values may be, the page knows. */
const calendarSearch = (s: Record<string, unknown>): CalendarSearch =>
  defined(Object.fromEntries(['view', 'day', 'who', 'color', 'filter'].map((k) => [k, text(s[k])])))

const calendarPage = () => withWords('home', styled(import('../pages/Calendar.tsx')))
const objectCalendar = createRoute({
  getParentRoute: () => shell,
  path: '/o/$object/calendar',
  validateSearch: calendarSearch,
  component: lazyRouteComponent(calendarPage, 'ObjectCalendar'),
})

const calendar = createRoute({
  getParentRoute: () => shell,
  path: '/calendar',
  validateSearch: calendarSearch,
  component: lazyRouteComponent(calendarPage, 'MyCalendar'),
})

const map = createRoute({
  getParentRoute: () => shell,
  path: '/o/$object/map',
  validateSearch: (s: Record<string, unknown>): ListSearch & { field?: string } => defined({ ...listSearch(s), field: text(s.field) }),
  component: lazyRouteComponent(() => withWords('phone', import('../pages/Map.tsx')), 'MapPage'),
})

const segmentPage = () => withWords('segment', styled(import('../pages/Segment.tsx')))
const segmentNew = createRoute({ getParentRoute: () => shell, path: '/o/segment/new', validateSearch: allText, component: lazyRouteComponent(segmentPage, 'NewSegment') })
const segmentOverlap = createRoute({ getParentRoute: () => shell, path: '/o/segment/overlap', validateSearch: allText, component: lazyRouteComponent(segmentPage, 'OverlapPage') })
const segmentOne = createRoute({ getParentRoute: () => shell, path: '/o/segment/$id', component: lazyRouteComponent(segmentPage, 'SegmentPage') })

const create = createRoute({
  getParentRoute: () => shell,
  path: '/o/$object/new',
  /* ?account=123: what the new record already knows. */
  validateSearch: allText,
  component: lazyRouteComponent(() => styled(import('../pages/Create.tsx')), 'Create'),
})

const record = createRoute({
  getParentRoute: () => shell,
  path: '/o/$object/$id',
  validateSearch: (s: Record<string, unknown>): { tab?: string } => defined({ tab: text(s.tab) }),
  component: lazyRouteComponent(() => styled(import('../pages/Record.tsx')), 'RecordPage'),
})

const edit = createRoute({
  getParentRoute: () => shell,
  path: '/o/$object/$id/edit',
  component: lazyRouteComponent(() => styled(import('../pages/Edit.tsx')), 'Edit'),
})

const expiry = createRoute({
  getParentRoute: () => shell,
  path: '/expiry',
  component: lazyRouteComponent(() => withWords('expiry', styled(import('../pages/Expiry.tsx'))), 'Expiry'),
})

const imports = createRoute({
  getParentRoute: () => shell,
  path: '/import',
  validateSearch: (s: Record<string, unknown>): { object?: string } => defined({ object: text(s.object) }),
  component: lazyRouteComponent(() => withWords('import', styled(import('../pages/Imports.tsx'))), 'Imports'),
})

const wizard = createRoute({
  getParentRoute: () => shell,
  path: '/import/$id',
  component: lazyRouteComponent(() => withWords('import', styled(import('../pages/ImportWizard.tsx'))), 'ImportWizard'),
})

const sql = createRoute({
  getParentRoute: () => shell,
  path: '/sql',
  component: lazyRouteComponent(() => withWords('sql', styled(import('../pages/Sql.tsx'))), 'Sql'),
})

const admin = createRoute({
  getParentRoute: () => shell,
  path: '/admin/$',
  validateSearch: allText,
  component: lazyRouteComponent(() => withWords('admin', styled(import('../pages/admin/Admin.tsx'))), 'Admin'),
})

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  validateSearch: allText,
  component: lazyRouteComponent(() => withWords('people', withWords('signin', styled(import('../pages/Account.tsx')))), 'Account'),
})

const offline = createRoute({
  getParentRoute: () => shell,
  path: '/offline',
  validateSearch: (s: Record<string, unknown>): { entry?: string } => defined({ entry: text(s.entry) }),
  component: lazyRouteComponent(() => withWords('phone', styled(import('../pages/Offline.tsx'))), 'Offline'),
})

export const router = createRouter({
  basepath: BASE || '/',
  routeTree: root.addChildren([
    signin, returned, password, factor, invited, setup, signup,
    shell.addChildren([home, start, calendar, list, board, objectCalendar, map, segmentNew, segmentOverlap, segmentOne, create, record, edit, expiry, imports, wizard, sql, admin, account, offline]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 300,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} again={reset} />,
  /* Search values are text: ?q=0912 must not become the number 912. */
  parseSearch: (s) => {
    const out: Record<string, unknown> = {}
    for (const [k, v] of new URLSearchParams(s)) out[k] = v === 'true' && k === 'deleted' ? true : v
    return out
  },
  stringifySearch: (search) => {
    const parts = new URLSearchParams()
    for (const [k, v] of Object.entries(search)) if (v !== undefined && v !== '') parts.set(k, String(v))
    const out = parts.toString()
    return out ? `?${out}` : ''
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
