/*
 * db.ts - this device's own store (IndexedDB), shared by the pages and the service worker:
 *
 *   state  who is signed in, and small facts        seen   what is kept of replies (rules.ts, Kept)
 *   queue  what waits to be sent, in order          body   the replies themselves, by the same key
 */
import { own } from '../base.ts'
import type { Kept, Waiting } from './rules.ts'

const NAME = own('guanxi')
const VERSION = 1

let opened: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const ask = indexedDB.open(NAME, VERSION)
    ask.onupgradeneeded = () => {
      const db = ask.result
      db.createObjectStore('state')
      db.createObjectStore('seen', { keyPath: 'key' })
      db.createObjectStore('body')
      db.createObjectStore('queue', { keyPath: 'n', autoIncrement: true })
    }
    ask.onsuccess = () => {
      /* A newer version in another window need not wait for this one. */
      ask.result.onversionchange = () => {
        ask.result.close()
        opened = null
      }
      resolve(ask.result)
    }
    ask.onerror = () => {
      opened = null
      reject(ask.error ?? new Error('IndexedDB'))
    }
  })
  return opened
}

type Store = 'state' | 'seen' | 'body' | 'queue'

/* `work` runs in one transaction; what it asks for last is the result, once all is durable. */
async function within<T>(stores: Store[], mode: IDBTransactionMode, work: (t: IDBTransaction) => IDBRequest<T> | null): Promise<T | undefined> {
  const db = await open()
  return new Promise((resolve, reject) => {
    const t = db.transaction(stores, mode, { durability: mode === 'readwrite' && stores.includes('queue') ? 'strict' : 'default' })
    const ask = work(t)
    t.oncomplete = () => resolve(ask?.result)
    t.onerror = t.onabort = () => reject(t.error ?? new Error('IndexedDB'))
  })
}

export const readState = <T>(key: string) =>
  within<T>(['state'], 'readonly', (t) => t.objectStore('state').get(key) as IDBRequest<T>)
export const writeState = (key: string, value: unknown) =>
  within(['state'], 'readwrite', (t) => t.objectStore('state').put(value, key))

/* --- kept replies */

export const allKept = async () => (await within<Kept[]>(['seen'], 'readonly', (t) => t.objectStore('seen').getAll() as IDBRequest<Kept[]>)) ?? []
export const keptOf = (key: string) => within<Kept>(['seen'], 'readonly', (t) => t.objectStore('seen').get(key) as IDBRequest<Kept>)
export const bodyOf = (key: string) => within<string>(['body'], 'readonly', (t) => t.objectStore('body').get(key) as IDBRequest<string>)
export const keep = (kept: Kept, body: string) =>
  within(['seen', 'body'], 'readwrite', (t) => {
    t.objectStore('body').put(body, kept.key)
    return t.objectStore('seen').put(kept)
  })
export const dropKept = (keys: readonly string[]) =>
  within(['seen', 'body'], 'readwrite', (t) => {
    for (const key of keys) {
      t.objectStore('seen').delete(key)
      t.objectStore('body').delete(key)
    }
    return null
  })
export const dropAllKept = () =>
  within(['seen', 'body'], 'readwrite', (t) => {
    t.objectStore('seen').clear()
    t.objectStore('body').clear()
    return null
  })

/* --- what waits */

export const wholeQueue = async () => (await within<Waiting[]>(['queue'], 'readonly', (t) => t.objectStore('queue').getAll() as IDBRequest<Waiting[]>)) ?? []
export const addWaiting = (w: Omit<Waiting, 'n'>) => within<number>(['queue'], 'readwrite', (t) => t.objectStore('queue').add(w) as IDBRequest<number>)
/* Changes nothing that has been sent or thrown away meanwhile. */
export const changeWaiting = (n: number, change: Partial<Waiting>) =>
  within(['queue'], 'readwrite', (t) => {
    const queue = t.objectStore('queue')
    const ask = queue.get(n) as IDBRequest<Waiting | undefined>
    ask.onsuccess = () => {
      if (ask.result) queue.put({ ...ask.result, ...change })
    }
    return null
  })
export const dropWaiting = (n: number) => within(['queue'], 'readwrite', (t) => t.objectStore('queue').delete(n))
