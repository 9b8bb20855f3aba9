/* vite.config.ts - one build for desk and phone: hashed names under /assets, Brotli beside. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

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

export default defineConfig({
  plugins: [react(), brotli(), mock()],
  server: process.env.GUANXI ? { proxy: { '/api': process.env.GUANXI } } : {},
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0 /* the content security policy allows no data: addresses */,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700 /* what counts is the first load, which tools/tidy.ts weighs */,
  },
})
