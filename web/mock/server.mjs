/*
 * server.mjs - web/dist and the mock API on one port, with the real server's headers.
 *
 *   node web/mock/server.mjs [PORT]       prints "Guanxi is at http://127.0.0.1:PORT"
 */
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { api } from './api.mjs'

const DIST = path.join(import.meta.dirname, '..', 'dist')
const TYPES = { js: 'text/javascript', css: 'text/css', html: 'text/html; charset=utf-8', svg: 'image/svg+xml', json: 'application/json' }
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

async function file(req, res) {
  let name = new URL(req.url, 'http://x').pathname
  if (name.includes('..') || !path.extname(name)) name = '/index.html'
  const type = TYPES[path.extname(name).slice(1)] ?? 'application/octet-stream'
  const headers = { ...HEADERS, 'Content-Type': type, 'Cache-Control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache' }
  const small = /\bbr\b/.test(req.headers['accept-encoding'] ?? '') && (await readFile(`${DIST}${name}.br`).catch(() => null))
  const bytes = small || (await readFile(DIST + name).catch(() => null))
  if (!bytes) res.writeHead(404, HEADERS).end()
  else res.writeHead(200, { ...headers, ...(small ? { 'Content-Encoding': 'br' } : {}) }).end(bytes)
}

const server = createServer((req, res) => {
  if (!req.url.startsWith('/api/')) return void file(req, res)
  for (const [name, value] of Object.entries(HEADERS)) res.setHeader(name, value)
  return void api(req, res)
})
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`Guanxi is at http://127.0.0.1:${server.address().port}`)
})
