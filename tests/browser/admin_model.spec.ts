/* Administrators change what the system is, while it runs: objects, fields, layout, rules, processes, words. */
import assert from 'node:assert/strict'
import { api, colleague, DESK, type Page, type Spec, type Visit } from './kit.ts'

interface FieldMeta {
  name: string
  label: Record<string, string>
  required: boolean
}
interface ObjectMeta {
  name: string
  label: Record<string, string>
  fields: FieldMeta[]
  pages: { form?: { fields: string[][] }[]; list?: string[] }
}

const meta = async (v: Visit, name: string) => (await api<{ objects: ObjectMeta[] }>(v, 'GET', '/meta')).objects.find((o) => o.name === name)
const tag = () => Date.now().toString(36).replace(/\d/g, (d) => 'abcdefghij'[Number(d)] ?? 'a')

/* As packs have it: what a journey changed it takes back. */
async function forgetAll(v: Visit) {
  const { rows } = await api<{ rows: { path: string }[] }>(v, 'GET', '/definition')
  if (rows.length) await api(v, 'POST', '/definition', { changes: rows.map((r) => ({ path: r.path, json: null })) })
}

const words = {
  'zh-Hant': {
    add: '新增欄位', done: '完成', review: '檢視並發布', publish: '發布', published: '已發布', undo: '復原', zh: '名稱（繁體中文）', en: '名稱（English）',
    choice: '單選', next: '加入並繼續設定', retire: '停用欄位', restore: /^恢復/, required: '必填', reset: /還原為模組的設定/, rule: '新增規則', condition: '條件',
    newObject: '新增物件', state: '新增階段', back: '還原為模組的流程', admin: '系統管理', only: /只有系統管理員/, discard: '捨棄', save: '儲存', stage: '階段',
  },
  en: {
    add: 'Add a field', done: 'Done', review: 'Review and publish', publish: 'Publish', published: 'Published', undo: 'Undo', zh: 'Name (繁體中文)', en: 'Name (English)',
    choice: 'Choice', next: 'Add and go on', retire: 'Retire the field', restore: /^Bring back/, required: 'Required', reset: /back to what the pack says/, rule: 'Add a rule', condition: 'Condition',
    newObject: 'New object', state: 'Add a state', back: 'Back to the pack’s process', admin: 'Administration', only: /Only administrators/, discard: 'Discard', save: 'Save', stage: 'Stage',
  },
}
const say = (v: Visit) => words[v.look.lang]
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })

/* The plan is read, then published. */
async function publish(v: Visit, ...said: (string | RegExp)[]) {
  const w = say(v)
  await button(v.page, w.review).click()
  const plan = v.page.getByRole('dialog')
  for (const text of said) await plan.getByText(text).first().waitFor()
  await plan.getByRole('button', { name: w.publish, exact: true }).click()
  await plan.waitFor({ state: 'detached' })
  await v.page.getByText(w.published, { exact: true }).first().waitFor()
}

async function undo(v: Visit) {
  await v.page.getByRole('button', { name: say(v).undo, exact: true }).last().click()
  await v.page.getByText(/^(已復原|Undone)$/).waitFor()
}

const ownObject = async (v: Visit) => {
  const { page } = v
  const w = say(v)
  const name = `shed_${tag()}`
  await page.goto('/admin/objects')
  await page.getByRole('link', { name: w.newObject }).click()
  await page.getByLabel(w.zh, { exact: false }).first().fill('倉庫')
  await page.getByLabel(w.en, { exact: false }).first().fill('Shed')
  await page.getByRole('textbox', { name: /^(代碼|Name in the API)/ }).fill(name)
  await publish(v, name)
  await page.waitForURL(new RegExp(`/admin/objects/${name}`))
  /* A field of one's own, with choices; its drawer opens by itself. */
  await button(page, w.add).click()
  await page.getByRole('button', { name: new RegExp(`^${w.choice} `) }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(w.zh).fill('大小')
  await dialog.getByLabel(w.en).fill('Size')
  await dialog.getByRole('button', { name: w.next }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('textbox', { name: /^(「選項一」的代碼|Code of First choice)$/ }).fill('small')
  await drawer.getByRole('button', { name: w.done, exact: true }).click()
  await publish(v, /大小|Size/, /add_column|增加一欄|A column/)
  const made = await api<{ id: string; size: string }>(v, 'POST', `/${name}`, { name: 'A', size: 'small' })
  assert.equal(made.size, 'small')
  await page.goto(`/o/${name}/new`)
  await page.locator('[data-field=size]').first().waitFor()
  /* Retired, it is out of sight; back again, it has what was in it. */
  await page.goto(`/admin/objects/${name}/fields/size`)
  await button(page, w.retire).click()
  await publish(v, /1/)
  assert.ok(!(await meta(v, name))?.fields.some((f) => f.name === 'size'))
  await button(page, w.restore).click()
  await publish(v)
  assert.equal((await api<{ size: string }>(v, 'GET', `/${name}/${made.id}`)).size, 'small')
  /* And the whole of it goes, with the list of it on the page of its account. */
  await button(page, /^(動作|Actions)$/).click()
  await page.getByRole('menuitem').click()
  await publish(v, /移除這個物件|Object removed/, /的 1 筆資料會保留|The 1 records/)
  await page.waitForURL(/admin\/objects$/)
  assert.equal(await meta(v, name), undefined)
  await forgetAll(v)
}

const packField = async (v: Visit) => {
  const { page } = v
  const w = say(v)
  await page.goto('/admin/objects/account/fields/website')
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel(w.zh).fill('網頁')
  await drawer.getByLabel(w.en).fill('Site')
  await drawer.getByRole('switch', { name: new RegExp(`^${w.required}`) }).check()
  await drawer.getByRole('button', { name: w.done, exact: true }).click()
  await publish(v, /網頁|Site/, /筆資料沒有填寫|records of .* have no/)
  const field = (await meta(v, 'account'))?.fields.find((f) => f.name === 'website')
  assert.equal(field?.required, true)
  assert.equal(field.label.en, 'Site')
  /* Everywhere at once, without a reload of the program. */
  await page.goto('/o/account/new')
  await page.locator('[data-field=website]').first().waitFor()
  await page.goto('/admin/objects/account/fields/website')
  await page.getByRole('dialog').getByRole('button', { name: w.reset }).click()
  await page.getByRole('dialog').getByRole('button', { name: w.done, exact: true }).click()
  await publish(v)
  assert.equal((await meta(v, 'account'))?.fields.find((f) => f.name === 'website')?.required, false)
  await forgetAll(v)
}

const badExpression = async (v: Visit) => {
  const { page } = v
  const w = say(v)
  await page.goto('/admin/objects/account/rules')
  await button(page, w.rule).click()
  const condition = page.getByLabel(new RegExp(`^${w.condition}`)).last()
  await condition.fill('code is not empty and nmae = "x"')
  /* The place in it is marked, and the nearest name said. */
  const mark = page.locator('mark', { hasText: 'nmae' })
  await mark.waitFor()
  await button(page, w.review).click()
  assert.ok(await page.getByRole('dialog').getByRole('button', { name: w.publish, exact: true }).isDisabled())
  await page.keyboard.press('Escape')
  await condition.fill('code is not empty and name = "x"')
  await mark.waitFor({ state: 'detached' })
  page.once('dialog', (d) => void d.accept())
  await button(page, w.discard).click()
  await button(page, w.review).waitFor({ state: 'detached' })
}

const layoutByKeys = async (v: Visit) => {
  const { page } = v
  await page.goto('/admin/objects/tag/layout')
  const before = (await meta(v, 'tag'))?.pages.form?.map((s) => s.fields) ?? []
  const [first = ''] = before[0]?.[0] ?? []
  await page.locator(`[data-chip=${first}]`).focus()
  await page.keyboard.press('ArrowDown')
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-chip')), first, 'the focus goes with the field')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Delete')
  await page.getByRole('button', { name: /^(加入|Add )/ }).first().waitFor()
  await page.keyboard.press('Control+z')
  /* By keyboard alone to the plan, and through it. */
  const review = button(page, say(v).review)
  for (let i = 0; i < 80 && !(await review.evaluate((el) => el === document.activeElement)); i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText(/版面|Layout/).first().waitFor()
  const go = page.getByRole('dialog').getByRole('button', { name: say(v).publish, exact: true })
  await page.waitForFunction(() => [...document.querySelectorAll('[role=dialog] button')].some((b) => /^(發布|Publish)$/.test(b.textContent ?? '') && !(b as HTMLButtonElement).disabled))
  for (let i = 0; i < 10 && !(await go.evaluate((el) => el === document.activeElement)); i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText(say(v).published, { exact: true }).waitFor()
  const after = (await meta(v, 'tag'))?.pages.form?.map((s) => s.fields) ?? []
  assert.notDeepEqual(after, before)
  await undo(v)
  assert.deepEqual((await meta(v, 'tag'))?.pages.form?.map((s) => s.fields), before)
  await forgetAll(v)
}

const layoutByHand = async (v: Visit) => {
  const { page } = v
  await page.goto('/admin/objects/account/layout')
  const chip = page.locator('[data-chip=code]'), target = page.locator('[data-chip=name]')
  const a = await chip.boundingBox(), b = await target.boundingBox()
  assert.ok(a && b)
  await page.mouse.move(a.x + 20, a.y + a.height / 2)
  await page.mouse.down()
  await page.mouse.move(a.x + 30, a.y + a.height / 2 - 10, { steps: 3 })
  await page.mouse.move(b.x + 10, b.y + b.height / 2, { steps: 8 })
  await page.mouse.up()
  await button(page, say(v).review).waitFor()
  await page.waitForFunction(() => document.querySelector('[data-chip]')?.getAttribute('data-chip') === 'code')
  /* The preview shows it first too. */
  assert.match((await page.locator('section:is([aria-label=預覽], [aria-label=Preview]) [inert] label').first().textContent()) ?? '', /客戶代號|Account code/)
  page.once('dialog', (d) => void d.accept())
  await button(page, say(v).discard).click()
}

const process = async (v: Visit) => {
  const { page } = v
  const w = say(v)
  await page.goto('/admin/processes/opportunity')
  await button(page, w.state).click()
  const names = page.getByRole('textbox', { name: /^(「新階段」的名稱|Name of New state)/ })
  await names.first().fill('已擱置')
  await page.getByRole('textbox', { name: /^(「已擱置」的名稱（English）|Name of New state \(English\))/ }).fill('Parked')
  /* Up by one, with the keys. */
  await button(page, /^(移動「已擱置」|Move Parked )/).focus()
  await page.keyboard.press('ArrowUp')
  await page.getByRole('img', { name: /Parked|已擱置/ }).waitFor()
  await publish(v, /新增階段「已擱置」|New state “Parked”/)
  await page.goto('/o/opportunity/board')
  await page.getByText(/^(已擱置|Parked)$/).first().waitFor()
  await page.goto('/admin/processes/opportunity')
  await button(page, w.back).click()
  await publish(v)
  await forgetAll(v)
}

/* A state that records are in cannot go. */
const stateInUse = async (v: Visit) => {
  const { page } = v
  await page.goto('/admin/processes/opportunity')
  await page.getByRole('list', { name: /^(階段|States)$/ }).getByRole('button', { name: /^(移除「提案報價」|Remove Proposal)$/ }).click()
  await button(page, say(v).review).click()
  await page.getByText(/請先改成其他的值|Give them another value first/).waitFor()
  assert.ok(await page.getByRole('dialog').getByRole('button', { name: say(v).publish, exact: true }).isDisabled())
}

const strings = async (v: Visit) => {
  const { page } = v
  const en = v.look.lang === 'en'
  await page.goto('/admin/strings')
  await page.getByRole('textbox', { name: 'account (English)' }).nth(1).waitFor({ state: 'attached' }).catch(() => null)
  const cell = page.getByRole('textbox', { name: /^(清單|List) account \((繁體中文|English)\)$/ }).nth(en ? 1 : 0)
  await cell.fill(en ? 'Shops' : '店家')
  /* What is missing is counted, and can be seen alone. */
  const other = page.getByRole('textbox', { name: /^(欄位|Field) code \((繁體中文|English)\)$/ }).nth(1)
  await other.fill('')
  await page.getByRole('status').filter({ hasText: /缺少 1 個|1 missing/ }).waitFor()
  await other.fill('Our code')
  await publish(v, /Account|客戶|店家|Shops?/)
  await page.goto('/o/account')
  await page.getByRole('heading', { level: 1, name: en ? 'Shops' : '店家' }).waitFor()
  await forgetAll(v)
}

const onlyAdmins = async (v: Visit) => {
  const other = await colleague(v, 'Manager')
  const { page } = other
  await page.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(await page.getByRole('link', { name: say(v).admin }).count(), 0)
  await page.goto('/admin/objects')
  await page.getByText(say(v).only).waitFor()
  const reply = await page.request.get('/api/v1/definition/packs')
  assert.equal(reply.status(), 403)
  await other.close()
}

const leaving = async (v: Visit) => {
  const { page } = v
  await page.goto('/admin/objects/account/names')
  await page.getByLabel(say(v).en).first().fill('Shop')
  let asked = 0
  page.on('dialog', (d) => {
    asked++
    void (asked === 1 ? d.dismiss() : d.accept())
  })
  /* Within the object nothing is asked. */
  await page.getByRole('link', { name: /^(規則|Rules)$/ }).click()
  await page.waitForURL(/rules$/)
  assert.equal(asked, 0)
  const away = page.getByRole('link', { name: /^(物件與欄位|Objects and fields)$/ }).filter({ visible: true }).first()
  await away.click()
  await page.waitForURL(/rules$/)
  await button(page, say(v).review).waitFor()
  await away.click()
  await page.waitForURL(/objects$/)
  assert.equal(asked, 2)
}

const packs = async (v: Visit) => {
  const { page } = v
  await page.goto('/admin/packs')
  const sales = page.getByRole('region', { name: /^(銷售|Sales)$/ })
  await sales.getByText(/居家清潔公司|Home-cleaning company/).waitFor()
  await sales.getByRole('link', { name: /^(商機|Opportunity)$/ }).click()
  await page.waitForURL(/objects\/opportunity/)
}

/* Two at a time: the second is told, and loses nothing. */
const tooLate = async (v: Visit) => {
  const { page } = v
  await page.goto('/admin/objects/tag/names')
  await page.getByLabel(say(v).en).first().fill('Label')
  await api(v, 'POST', '/definition', { changes: [{ path: 'custom/extend/tag.json', json: { extend: 'tag', change: { icon: 'home' } } }] })
  await button(page, say(v).review).click()
  await page.getByRole('dialog').getByRole('button', { name: say(v).publish, exact: true }).click()
  await page.getByRole('dialog').getByText(/定義剛被其他人修改|changed by somebody else/).waitFor()
  await forgetAll(v)
}

export const spec: Spec = {
  looks: [DESK, { width: 390, lang: 'en', scheme: 'light' }],
  journeys: {
    'an object of one\'s own, with a field that goes and comes back': ownObject,
    'a pack\'s field is adapted, and is as before': packField,
    'an expression is judged while it is typed': badExpression,
    'a form is laid out with the keys alone': layoutByKeys,
    'a process gets a state': process,
    'a state that records are in stays': stateInUse,
    'words in both languages': strings,
    'packs and what they bring': packs,
    'only administrators': onlyAdmins,
    'changes are not lost by leaving': leaving,
    'somebody else was faster': tooLate,
  },
}

/* A pack of the program is taken into use while people work. */
export const bare: Spec = {
  empty: true,
  init: ['--packs', 'core'],
  looks: [DESK],
  journeys: {
    'a pack is enabled': async (v) => {
      const { page } = v
      await page.goto('/admin/packs')
      assert.equal(await page.getByRole('link', { name: /^(商機|Opportunities)$/ }).count(), 0)
      page.once('dialog', (d) => void d.accept())
      await page.getByRole('button', { name: /^(啟用「銷售」|Enable Sales)$/ }).click()
      await page.getByText(/已啟用「銷售」|“Sales” is in use/).waitFor()
      await page.getByRole('link', { name: /^(商機|Opportunities)$/ }).first().waitFor()
      const { id } = await api<{ id: string }>(v, 'POST', '/opportunity', { name: 'First' })
      assert.equal((await api<{ stage: string }>(v, 'GET', `/opportunity/${id}`)).stage, 'prospecting')
    },
  },
}

/* With the mouse: a finger scrolls first. */
export const desk: Spec = { looks: [DESK], journeys: { 'a form is laid out by hand': layoutByHand } }
