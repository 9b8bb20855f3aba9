/* data.mjs - the same few thousand records every time. */

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
const day = (offset) => new Date(Date.parse(NOW) + offset * 86400000).toISOString()
const at = (offset) => day(offset).replace(/\.\d+Z$/, 'Z')
const money = (n) => ({ amount: String(n), currency: 'TWD' })

export const tables = {}
export const history = new Map()
function add(object, values) {
  const created = at(-int(1, 700))
  const record = { id: newId(), version: 1, ...values, created_at: created, updated_at: created }
  tables[object] ??= []
  tables[object].push(record)
  history.set(record.id, [{ at: created, by: { id: '1', title: '林怡君' }, kind: 'create', changes: [] }])
  return record
}

tables.user = []
for (const [name, display_name] of [['admin', '林怡君'], ['chen', '陳冠宇'], ['wang', '王淑芬'], ['davis', 'Darcel Schlecht'], ['sato', '佐藤 健一']]) {
  tables.user.push({ id: String(tables.user.length + 1), version: 1, name, display_name, email: `${name}@example.com` })
}
const user = () => {
  const u = pick(tables.user)
  return { id: u.id, title: u.display_name }
}
const tags = ['重點客戶', 'VIP', '展覽名單', '待催收', 'Newsletter'].map((name) => add('tag', { name }))
const products = [['GTX Basic', 'GTXB', 550], ['GTX Pro', 'GTXP', 4821], ['GTX Plus Basic', 'GTPB', 1096], ['MG Special', 'MGSP', 55], ['MG Advanced', 'MGAD', 3393], ['GTK 500', 'GTK5', 26768]]
  .map(([name, code, price]) => add('product', { name, code, price: money(price), active: true }))

const HEAD = ['宏', '華', '台', '聯', '國', '大', '新', '永', '信', '東', '遠', '正', '光', '鴻', '中', '瑞', '嘉', '益']
const TAIL = ['碁', '碩', '達', '信', '陽', '友', '泰', '興', '昌', '億', '鼎', '豐', '隆', '源', '寶', '海']
const KIND = ['電腦股份有限公司', '科技股份有限公司', '實業有限公司', '工業股份有限公司', '貿易有限公司', '國際股份有限公司']
const LATIN = ['Acme Corporation', 'Betasoloin', 'Bluth Company', 'Cancity', 'Codehow', 'Condax', 'Conecom', 'Dontechi', 'Kan-code', 'Konex', 'Ron-tech', 'Warephase', '株式会社ミズノ商会', 'บริษัท สยามการค้า จำกัด']
const CITIES = [['100', '臺北市', '中正區'], ['220', '新北市', '板橋區'], ['300', '新竹市', '東區'], ['407', '臺中市', '西屯區'], ['802', '高雄市', '苓雅區']]
const SURNAME = ['陳', '林', '黃', '張', '李', '王', '吳', '劉', '蔡', '楊', '許', '鄭', '謝', '歐陽']
const GIVEN = ['怡君', '志明', '淑芬', '家豪', '雅婷', '冠宇', '俊傑', '美玲', '建宏', '佩珊', '宗翰', '詩涵']
const person = () => pick(SURNAME) + pick(GIVEN)
const phone = () => `+886 2 ${int(2000, 8999)} ${String(int(0, 9999)).padStart(4, '0')}`
const mobile = () => `+886 9${int(10, 89)} ${int(100, 999)} ${int(100, 999)}`
const link = (record, title) => ({ id: record.id, title: title ?? record.name })

for (let i = 0; i < 420; i++) {
  const isPerson = random() < 0.15
  const name = i === 0 ? '宏碁股份有限公司' : isPerson ? person() : i < LATIN.length ? LATIN[i] : pick(HEAD) + pick(TAIL) + pick(KIND)
  const [postcode, region, city] = pick(CITIES)
  add('account', {
    name, kind: isPerson ? 'person' : 'organisation', tax_id: isPerson ? null : String(int(10000000, 99999999)),
    birthday: isPerson ? `19${int(50, 99)}-${String(int(1, 12)).padStart(2, '0')}-${String(int(1, 28)).padStart(2, '0')}` : null,
    industry: random() < 0.9 ? pick(['retail', 'software', 'medical', 'finance', 'manufacturing', 'services', 'telecom', 'travel']) : null,
    parent: null, phone: phone(), email: `info@${i}.example.com`, website: `https://www.${i}.example.com`, employees: int(3, 9000),
    revenue: random() < 0.8 ? money(int(1, 9000) * 10000) : null, share: String(int(0, 1000) / 10), score: (int(0, 500) / 100).toFixed(2),
    active: random() < 0.85, interests: ['cloud', 'security', 'network', 'service'].filter(() => random() < 0.3),
    tags: tags.filter(() => random() < 0.15).map((t) => link(t)),
    address: { country: 'TW', postcode, region, city, street: `中山路${int(1, 400)}號${int(2, 20)}樓` },
    location: { lat: (25 + random() / 10).toFixed(5), lon: (121.5 + random() / 10).toFixed(5) },
    notes: random() < 0.4 ? '每年三月編列預算,採購由總務處統一辦理。\n\n聯絡前請先寄送型錄。' : null, pipeline: money(int(0, 500) * 1000), owner: user(),
  })
}
const accounts = tables.account
for (let i = 20; i < 60; i++) accounts[i].parent = link(accounts[i % 20])
for (let i = 0; i < 900; i++) {
  add('contact', { name: person(), account: link(pick(accounts)), title: pick(['總經理', '採購經理', '資訊主管', '業務專員', '財務長', null]), mobile: mobile(), email: `c${i}@example.com`, birthday: null, owner: user() })
}
for (let i = 0; i < 120; i++) {
  add('lead', { name: person(), company: pick(HEAD) + pick(TAIL) + pick(KIND), status: pick(['new', 'new', 'working', 'converted', 'lost']), phone: phone(), email: `lead${i}@example.com`, source: pick(['web', 'event', 'referral']), owner: user() })
}
for (let i = 0; i < 2600; i++) {
  const stage = pick(['prospecting', 'engaging', 'proposal', 'won', 'won', 'won', 'lost', 'lost'])
  const account = i < 12 ? accounts[0] : pick(accounts)
  const product = pick(products)
  const amount = int(1, 900) * 500
  const probability = { prospecting: 10, engaging: 40, proposal: 60, won: 100, lost: 0 }[stage]
  add('opportunity', {
    number: `OP-${String(i + 1).padStart(5, '0')}`, name: `${account.name.slice(0, 4)} ${product.name} ${pick(['導入案', '續約', '擴充', '汰換案', '維護'])}`,
    account: link(account), product: link(product), stage, amount: money(amount), probability: String(probability), expected: money((amount * probability) / 100),
    qty: int(1, 40), close_date: day(int(-300, 120)).slice(0, 10), lost_reason: stage === 'lost' ? pick(['price', 'timing', 'rival']) : null,
    next_step: pick(['寄送報價單', '安排展示', '等待用印', null]), notes: null, owner: user(),
  })
}
for (let i = 0; i < 500; i++) {
  const account = i < 6 ? accounts[0] : pick(accounts)
  add('activity', { subject: pick(['電話追蹤', '到府拜訪', '寄送型錄', '年度檢討會議', '確認付款條件']), kind: pick(['task', 'call', 'meeting', 'note']), at: at(int(-60, 30)), duration: pick(['PT30M', 'PT1H', 'PT1H30M', 'PT2H', 'P1D']), account: link(account), opportunity: null, done: random() < 0.5, body: null, owner: user() })
}
history.get(accounts[0].id).push(
  { at: at(-40), by: { id: '2', title: '陳冠宇' }, kind: 'update', changes: [{ field: 'industry', old: 'retail', new: accounts[0].industry }, { field: 'revenue', old: money(12000000), new: accounts[0].revenue }] },
  { at: at(-3), by: { id: '3', title: '王淑芬' }, kind: 'import', changes: [{ field: 'phone', old: '02-2345-6789', new: accounts[0].phone }] },
)
