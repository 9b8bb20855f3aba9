/* lessons.ts - the steps of the small course in SQL, on the objects of the sales pack. */
export interface Lesson {
  key: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
  tables: string[]
  sql: string
}

export const LESSONS: Lesson[] = [
  { key: 1, tables: ['account'], sql: 'SELECT name, kind, industry\nFROM account\nLIMIT 10' },
  { key: 2, tables: ['opportunity'], sql: "SELECT name, account_title, amount\nFROM opportunity\nWHERE stage = 'won' AND amount > 100000" },
  { key: 3, tables: ['opportunity'], sql: 'SELECT name, account_title, amount\nFROM opportunity\nORDER BY amount DESC NULLS LAST\nLIMIT 10' },
  { key: 4, tables: ['opportunity'], sql: 'SELECT stage, count(*) AS how_many\nFROM opportunity\nGROUP BY stage\nORDER BY how_many DESC' },
  { key: 5, tables: ['opportunity'], sql: "SELECT owner_title, count(*) AS won, sum(close_value) AS total, avg(close_value) AS mean\nFROM opportunity\nWHERE stage = 'won'\nGROUP BY owner_title\nHAVING count(*) >= 3\nORDER BY total DESC" },
  { key: 6, tables: ['account', 'opportunity'], sql: "SELECT a.industry, count(*) AS deals, sum(o.amount) AS amount\nFROM opportunity o\nJOIN account a ON a.id = o.account\nGROUP BY a.industry\nORDER BY amount DESC NULLS LAST" },
  { key: 7, tables: ['account', 'opportunity'], sql: 'SELECT a.name, a.owner_title\nFROM account a\nLEFT JOIN opportunity o ON o.account = a.id\nWHERE o.id IS NULL\nLIMIT 20' },
  { key: 8, tables: ['opportunity'], sql: "SELECT date_trunc('month', close_date) AS month, count(*) AS won, sum(close_value) AS total\nFROM opportunity\nWHERE stage = 'won'\nGROUP BY month\nORDER BY month" },
  { key: 9, tables: ['opportunity'], sql: 'SELECT owner_title, name, amount\nFROM opportunity\nQUALIFY row_number() OVER (PARTITION BY owner_title ORDER BY amount DESC NULLS LAST) = 1\nORDER BY amount DESC' },
]
