/* data.mjs - the same few thousand records every time, made from the fields the packs describe. */
import { meta } from './meta.mjs'

let seed = 20261121
const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed / 2147483648
}
const pick = (list) => list[Math.floor(random() * list.length)]
const int = (low, high) => low + Math.floor(random() * (high - low + 1))
let lastId = 1000
export const newId = () => String(++lastId)

const NOW = '2026-11-21T08:00:00Z'
const at = (days) => new Date(Date.parse(NOW) + days * 86400000).toISOString().replace(/\.\d+Z$/, 'Z')
const money = (n) => ({ amount: String(n), currency: 'TWD' })

export const tables = Object.fromEntries(meta.objects.map((o) => [o.name, []]))
export const history = new Map()

const HEAD = ['宏', '華', '台', '聯', '國', '大', '新', '永', '信', '東', '遠', '正', '光', '鴻', '中', '瑞', '嘉', '益']
const TAIL = ['碁', '碩', '達', '信', '陽', '友', '泰', '興', '昌', '億', '鼎', '豐', '隆', '源', '寶', '海']
const KIND = ['電腦股份有限公司', '科技股份有限公司', '實業有限公司', '工業股份有限公司', '貿易有限公司', '國際股份有限公司']
const FOREIGN = ['Acme Corporation', 'Betasoloin', 'Bluth Company', 'Cancity', 'Codehow', 'Konex', 'Warephase', '株式会社ミズノ商会', 'บริษัท สยามการค้า จำกัด']
const CITIES = [['100', '臺北市', '中正區'], ['220', '新北市', '板橋區'], ['300', '新竹市', '東區'], ['407', '臺中市', '西屯區'], ['802', '高雄市', '苓雅區']]
const SURNAME = ['陳', '林', '黃', '張', '李', '王', '吳', '劉', '蔡', '楊', '許', '鄭', '謝', '歐陽']
const GIVEN = ['怡君', '志明', '淑芬', '家豪', '雅婷', '冠宇', '俊傑', '美玲', '建宏', '佩珊', '宗翰', '詩涵']
const person = () => pick(SURNAME) + pick(GIVEN)
const company = (i) => (i === 0 ? '宏碁股份有限公司' : i % 12 === 5 && FOREIGN.length ? FOREIGN.shift() : pick(HEAD) + pick(TAIL) + pick(KIND))

/* A value of a type; names that mean something get a better one below. */
const BY_TYPE = {
  integer: () => int(0, 900), decimal: () => (int(0, 5000) / 100).toFixed(2), money: () => money(int(1, 900) * 500),
  percent: () => String(int(0, 100)), boolean: () => random() < 0.2, date: () => at(int(-500, 90)).slice(0, 10),
  datetime: () => at(int(-60, 30)), duration: () => pick(['PT30M', 'PT1H', 'PT1H30M', 'PT2H', 'P1D']),
  choice: (f) => pick(f.choices ?? []).code, choices: (f) => (f.choices ?? []).map((c) => c.code).filter(() => random() < 0.3),
  phone: () => `+886 2 ${int(2000, 8999)} ${String(int(0, 9999)).padStart(4, '0')}`, email: () => `m${int(1, 9999)}@example.com`,
  url: () => `https://www.c${int(1, 999)}.example.com`, autonumber: (f, i) => `OP-${String(i + 1).padStart(5, '0')}`,
  address: () => {
    const [postcode, region, city] = pick(CITIES)
    return { country: 'TW', postcode, region, city, street: `中山路${int(1, 400)}號${int(2, 20)}樓` }
  },
  location: () => ({ lat: (25 + random() / 10).toFixed(5), lon: (121.5 + random() / 10).toFixed(5) }),
}
const BY_NAME = {
  subject: () => pick(['電話追蹤', '到府拜訪', '寄送型錄', '年度檢討會議', '確認付款條件']), company: (f, i) => (random() < 0.8 ? company(i + 1) : null),
  tax_id: () => String(int(10000000, 99999999)), title: () => pick(['總經理', '採購經理', '資訊主管', '業務專員', '財務長']),
  next_step: () => pick(['寄送報價單', '安排展示', '等待用印']), code: (f, i) => `C${String(i + 1).padStart(4, '0')}`,
  description: () => '每年三月編列預算,採購由總務處統一辦理。\n\n聯絡前請先寄送型錄。', region: () => pick(['北區', '中區', '南區']),
  family_name: () => pick(SURNAME), given_name: () => pick(GIVEN), mobile: () => `+886 9${int(10, 89)} ${int(100, 999)} ${int(100, 999)}`,
  share: () => '12.5', website: (f, i) => `https://www.${i}.example.com`, line_id: (f, i) => `line${i}`, unit: (f) => f.choices?.[0]?.code ?? null,
}
const OFTEN = new Set(['name', 'kind', 'status', 'stage', 'account', 'amount', 'owner', 'subject', 'at', 'phone', 'mobile', 'email', 'industry', 'rating'])
const NEVER = new Set(['parent', 'reports_to', 'external_id', 'converted_account', 'converted_contact', 'converted_opportunity', 'partner', 'lost_to', 'deleted_at'])

export const titleOf = (o, r) => (o.title.includes('{') ? o.title.replace(/\{(\w+)\}/g, (_, n) => r[n] ?? '') : String(r[o.title] ?? ''))
const objectOf = (name) => meta.objects.find((o) => o.name === name)
const link = (to, r) => ({ id: r.id, title: titleOf(objectOf(to), r) })

function value(o, f, i) {
  const table = f.to && tables[f.to]
  if (f.type === 'link') return table?.length ? link(f.to, pick(table)) : null
  if (f.type === 'links') return (table ?? []).filter(() => random() < 0.1).map((r) => link(f.to, r))
  if (f.type === 'process') {
    const process = meta.processes.find((p) => p.name === (f.process ?? o.name))
    return pick(process?.states.filter((s) => s.code !== 'converted') ?? [])?.code ?? null
  }
  if (f.name in BY_NAME && !['choice'].includes(f.type)) return BY_NAME[f.name](f, i)
  return (BY_TYPE[f.returns ?? f.type] ?? (() => null))(f, i)
}

function make(o, i, given = {}) {
  const record = { id: newId(), version: 1 }
  for (const f of o.fields) {
    if (f.system) continue
    const wanted = f.name in given || OFTEN.has(f.name) || f.required || ['boolean', 'rollup', 'formula'].includes(f.type) || random() < 0.45
    record[f.name] = f.name in given ? given[f.name] : wanted && !NEVER.has(f.name) ? value(o, f, i) : null
  }
  for (const f of o.fields) if (f.when === `kind = "person"` && record.kind !== 'person') record[f.name] = null
  if (o.owned) record.owner = link('user', pick(tables.user))
  record.created_at = record.updated_at = at(-int(1, 700))
  tables[o.name].push(record)
  history.set(record.id, [{ at: record.created_at, by: { id: tables.user[0].id, title: '林怡君' }, kind: 'create', changes: [] }])
  return record
}
const many = (name, n, given = () => ({})) => {
  const o = objectOf(name)
  for (let i = 0; o && i < n; i++) make(o, i, given(i))
}

tables.user = [['admin', '林怡君'], ['chen', '陳冠宇'], ['wang', '王淑芬'], ['davis', 'Darcel Schlecht'], ['sato', '佐藤 健一']].map(
  ([login, display_name], i) => ({ id: String(i + 1), version: 1, login, display_name, email: `${login}@example.com`, active: true }),
)
const acer = (i, n) => (i < n ? link('account', tables.account[0]) : link('account', pick(tables.account)))
many('tag', 5, (i) => ({ name: ['重點客戶', 'VIP', '展覽名單', '待催收', 'Newsletter'][i], active: true }))
many('account', 420, (i) => {
  const isPerson = i > 0 && random() < 0.15
  return isPerson ? { name: person(), kind: 'person', tax_id: null } : { name: company(i), kind: 'organisation' }
})
many('product', 6, (i) => {
  const [name, code, price] = [['GTX Basic', 'GTXB', 550], ['GTX Pro', 'GTXP', 4821], ['GTX Plus Basic', 'GTPB', 1096], ['MG Special', 'MGSP', 55], ['MG Advanced', 'MGAD', 3393], ['GTK 500', 'GTK5', 26768]][i]
  return { name, code, list_price: money(price), status: 'active' }
})
many('contact', 900, (i) => ({ name: person(), account: acer(i, 4) }))
many('lead', 120, () => ({ name: person() }))
many('opportunity', 2600, (i) => {
  const account = acer(i, 9)
  const product = pick(tables.product)
  return { account, product: link('product', product), name: `${account.title.slice(0, 4)} ${product.name} ${pick(['導入案', '續約', '擴充', '汰換案', '維護'])}`, next_step: random() < 0.4 ? BY_NAME.next_step() : null }
})
many('activity', 500, (i) => ({ account: acer(i, 6) }))

const first = tables.account[0]
for (const [i, child] of tables.account.slice(20, 60).entries()) child.parent = link('account', tables.account[i % 20])
history.get(first.id).push(
  { at: at(-40), by: { id: '2', title: '陳冠宇' }, kind: 'update', changes: [{ field: 'rating', old: 'c', new: first.rating }, { field: 'annual_revenue', old: money(12000000), new: money(15600000) }] },
  { at: at(-3), by: { id: '3', title: '王淑芬' }, kind: 'import', changes: [{ field: 'phone', old: '02-2345-6789', new: first.phone }] },
)
