/* meta.mjs - a small sales system's metadata, in the shape of GET /api/v1/meta. */

const L = (zh, en) => ({ 'zh-Hant': zh, en })
const f = (name, type, zh, en, more = {}) => ({
  name, type, label: L(zh, en), required: false, readonly: false, unique: false,
  sortable: true, filterable: true, private: false, ...more,
})
const choice = (code, zh, en, color) => ({ code, label: L(zh, en), color })
const SYSTEM = [
  f('owner', 'link', '負責人', 'Owner', { to: 'user' }),
  f('created_at', 'datetime', '建立時間', 'Created', { system: true, readonly: true }),
  f('updated_at', 'datetime', '更新時間', 'Changed', { system: true, readonly: true }),
]
const ALL = { create: true, edit: 'all', delete: 'all', export: true, import: true }

const INDUSTRY = [
  choice('retail', '零售', 'Retail', 'orange'), choice('software', '軟體', 'Software', 'blue'),
  choice('medical', '醫療', 'Medical', 'teal'), choice('finance', '金融', 'Finance', 'violet'),
  choice('manufacturing', '製造', 'Manufacturing', 'gray'), choice('services', '服務', 'Services', 'green'),
  choice('telecom', '電信', 'Telecommunications', 'cyan'), choice('travel', '旅遊', 'Travel', 'pink'),
]

export const meta = {
  version: '1',
  objects: [
    {
      name: 'account', label: L('客戶', 'Account'), plural: L('客戶', 'Accounts'), icon: 'building', title: 'name', owned: true,
      fields: [
        f('name', 'text', '名稱', 'Name', { required: true, max: 200, help: L('公司登記的全名,或個人姓名。', 'The registered name, or a person’s name.') }),
        f('kind', 'choice', '種類', 'Kind', { required: true, default: 'organisation', choices: [choice('organisation', '組織', 'Organisation', 'blue'), choice('person', '個人', 'Person', 'green')] }),
        f('tax_id', 'text', '統一編號', 'Tax ID', { max: 20, unique: true, when: 'kind = "organisation"' }),
        f('birthday', 'date', '生日', 'Birthday', { when: 'kind = "person"', private: true }),
        f('industry', 'choice', '產業', 'Industry', { choices: INDUSTRY }),
        f('parent', 'link', '上層客戶', 'Parent', { to: 'account' }),
        f('phone', 'phone', '電話', 'Phone'),
        f('email', 'email', '電子郵件', 'E-mail'),
        f('website', 'url', '網站', 'Website'),
        f('employees', 'integer', '員工人數', 'Employees', { min: 0 }),
        f('revenue', 'money', '年營收', 'Yearly revenue'),
        f('share', 'percent', '錢包佔有率', 'Share of wallet', { scale: 1, min: 0, max: 100 }),
        f('score', 'decimal', '評分', 'Score', { scale: 2 }),
        f('active', 'boolean', '往來中', 'Active', { default: true }),
        f('interests', 'choices', '有興趣', 'Interested in', { choices: [choice('cloud', '雲端', 'Cloud', 'blue'), choice('security', '資安', 'Security', 'red'), choice('network', '網路', 'Network', 'teal'), choice('service', '維護服務', 'Maintenance', 'yellow')] }),
        f('tags', 'links', '標籤', 'Tags', { to: 'tag' }),
        f('address', 'address', '地址', 'Address'),
        f('location', 'location', '位置', 'Location'),
        f('notes', 'longtext', '備註', 'Notes'),
        f('pipeline', 'rollup', '進行中金額', 'Open pipeline', { readonly: true, returns: 'money' }),
        ...SYSTEM,
      ],
      relations: [
        { name: 'contacts', object: 'contact', field: 'account', label: L('聯絡人', 'Contacts') },
        { name: 'opportunities', object: 'opportunity', field: 'account', label: L('商機', 'Opportunities') },
        { name: 'activities', object: 'activity', field: 'account', label: L('活動', 'Activities') },
        { name: 'subsidiaries', object: 'account', field: 'parent', label: L('下層客戶', 'Subsidiaries') },
      ],
      pages: {
        list: ['name', 'kind', 'industry', 'phone', 'revenue', 'pipeline', 'owner', 'created_at'],
        form: [
          { label: L('基本資料', 'Basics'), fields: [['name', 'kind'], ['tax_id', 'birthday'], ['industry', 'parent'], ['owner', 'active']] },
          { label: L('聯絡方式', 'How to reach'), fields: [['phone', 'email'], ['website'], ['address'], ['location']] },
          { label: L('商業', 'Business'), fields: [['revenue', 'employees'], ['share', 'score'], ['interests', 'tags'], ['pipeline'], ['notes']] },
        ],
        phone: ['name', 'industry', 'phone', 'owner'], card: ['industry', 'phone', 'pipeline', 'owner'],
        related: ['opportunities', 'contacts', 'activities', 'subsidiaries'],
      },
      rights: ALL,
    },
    {
      name: 'contact', label: L('聯絡人', 'Contact'), plural: L('聯絡人', 'Contacts'), icon: 'user', title: 'name', owned: true,
      fields: [
        f('name', 'text', '姓名', 'Name', { required: true, max: 120 }), f('account', 'link', '客戶', 'Account', { to: 'account' }),
        f('title', 'text', '職稱', 'Job title', { max: 80 }), f('mobile', 'phone', '手機', 'Mobile'),
        f('email', 'email', '電子郵件', 'E-mail'), f('birthday', 'date', '生日', 'Birthday', { private: true }), ...SYSTEM,
      ],
      relations: [],
      pages: { list: ['name', 'account', 'title', 'mobile', 'email', 'owner'], form: [{ label: L('基本資料', 'Basics'), fields: [['name', 'account'], ['title', 'birthday'], ['mobile', 'email'], ['owner']] }], phone: ['name', 'account', 'mobile'], card: ['account', 'title', 'mobile'], related: [] },
      rights: ALL,
    },
    {
      name: 'lead', label: L('潛在客戶', 'Lead'), plural: L('潛在客戶', 'Leads'), icon: 'target', title: 'name', owned: true,
      fields: [
        f('name', 'text', '姓名', 'Name', { required: true, max: 120 }), f('company', 'text', '公司', 'Company', { max: 200 }),
        f('status', 'choice', '狀態', 'Status', { default: 'new', choices: [choice('new', '新的', 'New', 'blue'), choice('working', '接觸中', 'Working', 'yellow'), choice('converted', '已轉換', 'Converted', 'green'), choice('lost', '無效', 'Lost', 'gray')] }),
        f('phone', 'phone', '電話', 'Phone'), f('email', 'email', '電子郵件', 'E-mail'),
        f('source', 'choice', '來源', 'Source', { choices: [choice('web', '網站', 'Web', 'blue'), choice('event', '展覽活動', 'Event', 'violet'), choice('referral', '介紹', 'Referral', 'green')] }), ...SYSTEM,
      ],
      relations: [],
      pages: { list: ['name', 'company', 'status', 'phone', 'source', 'created_at'], form: [{ label: L('基本資料', 'Basics'), fields: [['name', 'company'], ['status', 'source'], ['phone', 'email'], ['owner']] }], phone: ['name', 'company', 'status'], card: ['company', 'status', 'source'], related: [] },
      rights: ALL,
    },
    {
      name: 'opportunity', label: L('商機', 'Opportunity'), plural: L('商機', 'Opportunities'), icon: 'briefcase', title: 'name', owned: true,
      fields: [
        f('number', 'autonumber', '編號', 'Number', { readonly: true }), f('name', 'text', '名稱', 'Name', { required: true, max: 200 }),
        f('account', 'link', '客戶', 'Account', { to: 'account', required: true }), f('product', 'link', '產品', 'Product', { to: 'product' }),
        f('stage', 'process', '階段', 'Stage', { process: 'opportunity', default: 'prospecting' }),
        f('amount', 'money', '金額', 'Amount'), f('probability', 'percent', '機率', 'Probability', { min: 0, max: 100 }),
        f('expected', 'formula', '預期金額', 'Expected', { readonly: true, returns: 'money', sortable: true }),
        f('qty', 'integer', '數量', 'Quantity', { min: 1 }), f('close_date', 'date', '預計成交日', 'Close date', { required_when: 'stage = "won"' }),
        f('lost_reason', 'choice', '失敗原因', 'Why lost', { when: 'stage = "lost"', choices: [choice('price', '價格', 'Price', 'red'), choice('timing', '時機', 'Timing', 'yellow'), choice('rival', '競爭者', 'Competitor', 'violet')] }),
        f('next_step', 'text', '下一步', 'Next step', { max: 200 }), f('notes', 'longtext', '備註', 'Notes'), ...SYSTEM,
      ],
      relations: [{ name: 'activities', object: 'activity', field: 'opportunity', label: L('活動', 'Activities') }],
      pages: {
        list: ['name', 'account', 'stage', 'amount', 'probability', 'close_date', 'product', 'owner'],
        form: [
          { label: L('商機', 'Opportunity'), fields: [['name', 'account'], ['stage', 'product'], ['amount', 'probability'], ['close_date', 'qty'], ['lost_reason', 'next_step'], ['owner', 'expected']] },
          { label: L('備註', 'Notes'), fields: [['notes']] },
        ],
        phone: ['name', 'account', 'stage', 'amount'], card: ['account', 'amount', 'close_date', 'owner'], related: ['activities'],
      },
      rights: ALL,
    },
    {
      name: 'activity', label: L('活動', 'Activity'), plural: L('活動', 'Activities'), icon: 'calendar', title: 'subject', owned: true,
      fields: [
        f('subject', 'text', '主旨', 'Subject', { required: true, max: 200 }),
        f('kind', 'choice', '種類', 'Kind', { default: 'task', choices: [choice('task', '待辦', 'Task', 'blue'), choice('call', '電話', 'Call', 'teal'), choice('meeting', '拜訪', 'Meeting', 'violet'), choice('note', '備忘', 'Note', 'gray')] }),
        f('at', 'datetime', '時間', 'When'), f('duration', 'duration', '所需時間', 'Duration'),
        f('account', 'link', '客戶', 'Account', { to: 'account' }), f('opportunity', 'link', '商機', 'Opportunity', { to: 'opportunity' }),
        f('done', 'boolean', '完成', 'Done', { default: false }), f('body', 'longtext', '內容', 'Body'), ...SYSTEM,
      ],
      relations: [],
      pages: { list: ['subject', 'kind', 'at', 'duration', 'account', 'done', 'owner'], form: [{ label: L('活動', 'Activity'), fields: [['subject', 'kind'], ['at', 'duration'], ['account', 'opportunity'], ['owner', 'done'], ['body']] }], phone: ['subject', 'kind', 'at', 'account'], card: ['kind', 'at', 'account'], related: [] },
      rights: ALL,
    },
    {
      name: 'product', label: L('產品', 'Product'), plural: L('產品', 'Products'), icon: 'package', title: 'name',
      fields: [f('code', 'text', '代碼', 'Code', { unique: true, max: 40 }), f('name', 'text', '名稱', 'Name', { required: true, max: 120 }), f('price', 'money', '定價', 'List price'), f('active', 'boolean', '販售中', 'On sale', { default: true }), SYSTEM[1], SYSTEM[2]],
      relations: [{ name: 'opportunities', object: 'opportunity', field: 'product', label: L('商機', 'Opportunities') }],
      pages: { list: ['name', 'code', 'price', 'active'], form: [{ label: L('產品', 'Product'), fields: [['name', 'code'], ['price', 'active']] }], phone: ['name', 'price'], card: ['code', 'price'], related: ['opportunities'] },
      rights: { ...ALL, delete: 'none' },
    },
    {
      name: 'tag', label: L('標籤', 'Tag'), plural: L('標籤', 'Tags'), icon: 'tag', title: 'name',
      fields: [f('name', 'text', '名稱', 'Name', { required: true, max: 60 }), SYSTEM[1]], relations: [],
      pages: { list: ['name', 'created_at'], form: [{ fields: [['name']] }], phone: ['name'], card: [], related: [] }, rights: ALL,
    },
    {
      name: 'user', label: L('使用者', 'User'), plural: L('使用者', 'Users'), icon: 'users', title: 'display_name',
      fields: [f('display_name', 'text', '姓名', 'Name', { required: true }), f('name', 'text', '帳號', 'Sign-in name', { required: true }), f('email', 'email', '電子郵件', 'E-mail')],
      relations: [], pages: { list: ['display_name', 'name', 'email'], form: [{ fields: [['display_name', 'name'], ['email']] }], phone: ['display_name', 'email'], card: [], related: [] },
      rights: { create: false, edit: 'none', delete: 'none', export: false, import: false },
    },
  ],
  processes: [
    {
      name: 'opportunity', label: L('銷售流程', 'Sales'),
      states: [
        { code: 'prospecting', label: L('開發', 'Prospecting'), kind: 'open', color: 'gray', probability: 10 },
        { code: 'engaging', label: L('洽談', 'Engaging'), kind: 'open', color: 'blue', probability: 40 },
        { code: 'proposal', label: L('報價', 'Proposal'), kind: 'open', color: 'violet', probability: 60 },
        { code: 'won', label: L('成交', 'Won'), kind: 'won', color: 'green', probability: 100 },
        { code: 'lost', label: L('失敗', 'Lost'), kind: 'lost', color: 'red', probability: 0 },
      ],
      moves: [
        { from: ['prospecting'], to: 'engaging', label: L('開始洽談', 'Start engaging'), require: [] },
        { from: ['engaging'], to: 'proposal', label: L('提出報價', 'Send proposal'), require: ['amount'] },
        { from: ['engaging', 'proposal'], to: 'won', label: L('成交', 'Mark as won'), require: ['amount', 'close_date'] },
        { from: ['prospecting', 'engaging', 'proposal'], to: 'lost', label: L('失敗', 'Mark as lost'), require: ['lost_reason'] },
        { from: ['won', 'lost'], to: 'engaging', label: L('重新開啟', 'Reopen'), require: [] },
      ],
    },
  ],
}
