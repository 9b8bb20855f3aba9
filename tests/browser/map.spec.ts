/* The map: what is where, by pointer and by keyboard, without any address outside. */
import assert from 'node:assert/strict'
import { api, axe, type Look, say, type Spec, unique, type Visit } from './kit.ts'

interface Made {
  id: string
  [field: string]: unknown
}

const looks: Look[] = [
  { width: 1440, lang: 'zh-Hant', scheme: 'light' },
  { width: 390, lang: 'en', scheme: 'dark' },
]

/* Three in Taipei, close together, and one in Kaohsiung; the name tells them from all others. */
async function made(v: Visit): Promise<{ name: string; ids: string[] }> {
  const name = unique('地圖')
  const places = [['25.0330', '121.5654'], ['25.0331', '121.5655'], ['25.0400', '121.5600'], ['22.6273', '120.3014']]
  const ids: string[] = []
  for (const [i, [lat, lon]] of places.entries()) ids.push((await api<Made>(v, 'POST', '/account', { name: `${name} ${i + 1}`, kind: 'organisation', location: { lat, lon } })).id)
  return { name, ids }
}
const address = (name: string) => `/o/account/map?filter=${encodeURIComponent(`name ^= "${name}"`)}`

export const spec: Spec = {
  looks,
  journeys: {
    'from the list to the map: numbers, names, a card, and the record': async (v) => {
      const { page } = v
      const { name, ids } = await made(v)
      await page.goto(`/o/account?filter=${encodeURIComponent(`name ^= "${name}"`)}`)
      await page.getByRole('link', { name: say(v, '地圖', 'Map'), exact: true }).click()
      await page.getByText(say(v, '畫面中有 4 筆', '4 in sight')).waitFor()
      await page.locator('canvas[data-land]').waitFor()
      await axe(v)
      await page.getByRole('button', { name: new RegExp(`^${name} 4`) }).click()
      const card = page.getByRole('region', { name: say(v, '選取的資料', 'The chosen record') })
      await card.getByRole('link', { name: `${name} 4` }).waitFor()
      await page.getByText(say(v, '畫面外還有 3 筆', '3 more outside')).waitFor()
      await axe(v)
      await card.getByRole('link', { name: `${name} 4` }).click()
      await page.waitForURL(`**/o/account/${ids[3]}`)
    },
    'by keyboard: closer and away, and back to all': async (v) => {
      const { page } = v
      const { name } = await made(v)
      await page.goto(address(name))
      await page.getByText(say(v, '畫面中有 4 筆', '4 in sight')).waitFor()
      await page.locator('canvas').focus()
      for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight')
      await page.getByText(say(v, '畫面外還有 4 筆', '4 more outside')).waitFor()
      await page.getByRole('button', { name: say(v, '顯示全部', 'Show all') }).click()
      await page.getByText(say(v, '畫面中有 4 筆', '4 in sight')).waitFor()
    },
    'a rectangle opens those in it as a list': async (v) => {
      const { page } = v
      const { name, ids } = await made(v)
      await page.goto(address(name))
      await page.getByText(say(v, '畫面中有 4 筆', '4 in sight')).waitFor()
      await page.getByRole('button', { name: say(v, '框選範圍', 'Select an area') }).click()
      const box = await page.locator('canvas').boundingBox()
      assert.ok(box)
      /* Taipei is up, Kaohsiung down. */
      await page.mouse.move(box.x + 2, box.y + 2)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2, { steps: 4 })
      await page.mouse.up()
      await page.waitForURL(/\/o\/account\?filter=id/)
      await page.getByRole('link', { name: `${name} 1` }).waitFor()
      const filter = new URL(page.url()).searchParams.get('filter') ?? ''
      assert.deepEqual(ids.map((id) => filter.includes(id)), [true, true, true, false])
    },
    'near me, after asking': async (v) => {
      const { page } = v
      const { name } = await made(v)
      await page.context().grantPermissions(['geolocation'])
      await page.context().setGeolocation({ latitude: 22.63, longitude: 120.3 })
      await page.goto(address(name))
      await page.getByText(say(v, '畫面中有 4 筆', '4 in sight')).waitFor()
      await page.getByRole('button', { name: say(v, '我的附近', 'Near me') }).click()
      await page.getByRole('button', { name: new RegExp(`^${name} 4.*0\\.\\d (公里|km)`) }).waitFor()
      await page.getByText(say(v, '畫面外還有 3 筆', '3 more outside')).waitFor()
    },
    'nothing to show is said': async (v) => {
      await v.page.goto(`/o/account/map?filter=${encodeURIComponent('name = "nobody at all"')}`)
      await v.page.getByText(say(v, '沒有位置可顯示', 'No places to show')).waitFor()
      await axe(v)
      await v.page.goto('/o/contact/map')
      await v.page.getByText(say(v, '沒有位置欄位', 'have no field for a place')).waitFor()
    },
  },
}
