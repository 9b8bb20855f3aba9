/*
 * Away.tsx - what goes on in the background so that the application can do without the network: the
 * service worker, the sender of what waits, how old is what is shown; and what follows a person from
 * device to device.  Comes after the first page.
 */
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { BASE } from '../lib/base.ts'
import { setAway } from '../lib/away.ts'
import { useFollow } from '../lib/follow.ts'
import { formatMoment } from '../lib/format.ts'
import { useLang } from '../lib/i18n.ts'
import { useOffline } from '../lib/live.ts'
import { onQueue } from '../lib/offline/queue.ts'
import { send, startSender } from '../lib/offline/sender.ts'
import { queryClient } from '../lib/queries.ts'
import type { Lang } from '../lib/types.ts'
import { toast } from '../lib/toast.ts'
import { useOffset, useSession } from '../lib/use.ts'

const LOOK_AGAIN_MS = 5_000
const UPDATE_MS = 60 * 60_000
const UPDATE_PAUSE_MS = 60_000

/* When what a query holds was said, if it is from before. */
function asOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  if ('_as_of' in data) return String(data._as_of)
  return 'pages' in data && Array.isArray(data.pages) ? asOf(data.pages[0]) : ''
}
/* "10:32"; with its day when that is not today. */
function clock(iso: string, lang: Lang, offset: number): string {
  const [then, now] = [formatMoment(iso, lang, offset), formatMoment(new Date().toISOString(), lang, offset)]
  return then.slice(0, -5) === now.slice(0, -5) ? then.slice(-5) : then
}
const old = () => queryClient.getQueryCache().findAll({ type: 'active', predicate: (q) => asOf(q.state.data) !== '' })

function useAsOf() {
  const lang = useLang()
  const offset = useOffset()
  const offline = useOffline()
  useEffect(() => {
    const look = () => {
      const oldest = old().map((q) => asOf(q.state.data)).sort()[0]
      setAway({ asOf: oldest ? clock(oldest, lang, offset) : '' })
    }
    look()
    return queryClient.getQueryCache().subscribe(look)
  }, [lang, offset])
  useEffect(() => {
    const refresh = () => {
      for (const query of old()) void queryClient.refetchQueries({ queryKey: query.queryKey, exact: true })
    }
    if (!offline) refresh()
    const timer = window.setInterval(() => !offline && refresh(), LOOK_AGAIN_MS)
    return () => window.clearInterval(timer)
  }, [offline])
}

/* Are the files of this window those of the newest build? */
function isNewest(worker: ServiceWorker): Promise<boolean> {
  const own = [...document.querySelectorAll<HTMLScriptElement>('script[src]')].map((s) => new URL(s.src).pathname)
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event: MessageEvent<string[]>) => resolve(own.every((f) => event.data.includes(f)))
    worker.postMessage('files', [port2])
  })
}

function useWorker() {
  const { t } = useTranslation()
  const offline = useOffline()
  useEffect(() => {
    if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
    const changed = async () => {
      const worker = navigator.serviceWorker.controller
      if (worker && !(await isNewest(worker))) toast(t('away.newer'), { stay: true, undo: { label: t('away.reload'), run: () => window.location.reload() } })
    }
    navigator.serviceWorker.addEventListener('controllerchange', () => void changed())
    void navigator.serviceWorker.register(`${BASE}/sw.js`).then(changed).catch(() => null)
  }, [t])
  useEffect(() => {
    if (!('serviceWorker' in navigator) || offline) return
    let last = Date.now()
    const update = () => {
      if (document.hidden || Date.now() - last < UPDATE_PAUSE_MS) return
      last = Date.now()
      void navigator.serviceWorker.getRegistration().then((r) => r?.update()).catch(() => null)
    }
    /* A server that was away for a moment may have come back as a newer one. */
    void navigator.serviceWorker.getRegistration().then((r) => r?.update()).catch(() => null)
    document.addEventListener('visibilitychange', update)
    const timer = window.setInterval(update, UPDATE_MS)
    return () => {
      document.removeEventListener('visibilitychange', update)
      window.clearInterval(timer)
    }
  }, [offline])
}

export function Away() {
  const { t } = useTranslation()
  const user = useSession()?.user.id ?? ''
  const offline = useOffline()
  useAsOf()
  useFollow(user)
  useWorker()
  useEffect(() => onQueue(send), [user])
  useEffect(
    () =>
      startSender((sent, stuck) => {
        if (stuck > 0) toast(t('away.stuck', { count: stuck }), { kind: 'wrong' })
        else if (sent > 0) toast(t('away.sent', { count: sent }))
      }),
    [user, t],
  )
  useEffect(() => {
    if (!offline) send()
  }, [offline])
  return null
}
