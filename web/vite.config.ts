/* vite.config.ts - one build for desk and phone: hashed names under /assets, Brotli beside. */
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { build, defineConfig, type Plugin } from 'vite'

/* The server sends these as they are, so they are compressed once, as small as they get. */
function brotli(): Plugin {
  return {
    name: 'guanxi-brotli',
    apply: 'build',
    async closeBundle() {
      const files = await readdir('dist', { recursive: true, withFileTypes: true })
      for (const file of files) {
        if (!file.isFile() || !/\.(js|css|html|svg|json|webmanifest)$/.test(file.name)) continue
        const name = path.join(file.parentPath, file.name)
        const bytes = await readFile(name)
        const small = brotliCompressSync(bytes, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: 11,
            [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
            [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
          },
        })
        if (small.length < bytes.length) await writeFile(`${name}.br`, small)
      }
    },
  }
}

/* What the service worker keeps, so that the application opens without the network. */
function worker(): Plugin {
  return {
    name: 'guanxi-worker',
    apply: 'build',
    async closeBundle() {
      const files = await readdir('dist', { recursive: true, withFileTypes: true })
      const kept = files
        .filter((f) => f.isFile() && /\.(js|css|svg|png|webmanifest)$/.test(f.name))
        .map((f) => `/${path.relative('dist', path.join(f.parentPath, f.name))}`)
        .sort()
      const made = createHash('sha256').update(kept.join()).update(await readFile('dist/index.html')).digest('hex').slice(0, 12)
      await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        define: { __FILES__: JSON.stringify(kept), __BUILD__: JSON.stringify(made) },
        build: { outDir: 'dist', emptyOutDir: false, target: 'es2022', rollupOptions: { input: 'src/app/sw.ts', output: { format: 'iife', entryFileNames: 'sw.js' } } },
      })
    },
  }
}

/* `npm run dev` answers /api from the mock unless GUANXI names a running server. */
function mock(): Plugin {
  return {
    name: 'guanxi-mock',
    apply: 'serve',
    async configureServer(server) {
      if (process.env.GUANXI) return
      const file = './mock/api.mjs'
      const { api } = (await import(file)) as { api: (req: unknown, res: unknown) => Promise<void> }
      server.middlewares.use((req, res, next) => {
        if (req.url?.startsWith('/api/')) void api(req, res)
        else next()
      })
    },
  }
}

/*
 * Whatever the first page loads anyway goes into one file, which packs better than fifty.  Which
 * modules these are only a build can say (what is not used has been left out by then), so there
 * are two: one that is looked at, and the one that is kept.
 */
async function firstModules(): Promise<ReadonlySet<string>> {
  const made = await build({ configFile: false, logLevel: 'error', plugins: [react()], publicDir: false, build: { write: false, minify: false } })
  if (!('output' in made)) return new Set()
  const chunks = new Map(made.output.flatMap((o) => (o.type === 'chunk' ? [[o.fileName, o] as const] : [])))
  const first = new Set([...chunks.values()].filter((c) => c.isEntry).map((c) => c.fileName))
  for (const name of first) for (const other of chunks.get(name)?.imports ?? []) first.add(other)
  return new Set([...first].flatMap((name) => chunks.get(name)?.moduleIds ?? []))
}

export default defineConfig(async ({ command }) => {
  const first = command === 'build' ? await firstModules() : new Set<string>()
  return {
    plugins: [react(), worker(), brotli(), mock()],
    server: process.env.GUANXI ? { proxy: { '/api': process.env.GUANXI } } : {},
    build: {
      outDir: 'dist',
      assetsInlineLimit: 0 /* the content security policy allows no data: addresses */,
      modulePreload: { polyfill: false },
      target: 'es2022',
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1000 /* what counts is the first load, which tools/tidy.ts weighs */,
      rolldownOptions: {
        output: { codeSplitting: { groups: [{ name: 'first', test: (id: string) => first.has(id) }], includeDependenciesRecursively: false } },
      },
    },
  }
})
