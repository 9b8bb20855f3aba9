/* types.ts - the shapes that cross the network; the server's OpenAPI says the same. */

export type Lang = 'zh-Hant' | 'en'
/* Text per language, as packs write it. */
export type Labels = Partial<Record<string, string>>

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export interface User {
  id: string
  name: string
  display_name: string
  locale?: string
}

export interface Session {
  user: User
  csrf: string
  roles?: string[]
  /* May do everything, and change what the system is. */
  admin?: boolean
  locale?: string
  time_zone_offset_min?: number
  currency?: string
  tenant?: string
  organisation?: string
  /* May look at the log of all changes. */
  audit?: boolean
  /* The password serves once: nothing works until there is another. */
  must_change_password?: boolean
  password_chars_min?: number
  /* A role asks for a second factor: nothing works until there is one. */
  second_factor_due?: boolean
  /* Sign-ins from browsers that were not known, not looked at yet. */
  new_devices?: number
}

export interface Choice {
  code: string
  label: Labels
  color?: string | null
}

export interface Field {
  name: string
  type: string
  label: Labels
  help?: Labels
  required?: boolean
  readonly?: boolean
  unique?: boolean
  max?: number
  min?: number
  scale?: number
  choices?: Choice[]
  to?: string
  when?: string
  required_when?: string
  default?: Json
  system?: boolean
  sortable?: boolean
  filterable?: boolean
  private?: boolean
  process?: string
  returns?: string
}

export interface Relation {
  name: string
  object: string
  field: string
  label: Labels
}

export interface FormSection {
  label?: Labels
  fields: string[][]
}

/* Which fields put a record on a calendar; see docs/schema/object.schema.json. */
export interface CalendarPage {
  start: string
  end?: string
  duration?: string
  all_day?: string
  color?: string
  filter?: string
  /* Shown as over. */
  done?: { field: string; values: string[] }
  /* Stands on everybody's own calendar too. */
  main?: boolean
}

export interface Pages {
  list?: string[]
  form?: FormSection[]
  phone?: string[]
  card?: string[]
  related?: string[]
  calendar?: CalendarPage
}

/* none < own < team < unit, book < all */
export type Level = 'none' | 'own' | 'team' | 'unit' | 'book' | 'all'
export interface Rights {
  create: boolean
  edit: Level
  delete: Level
  export: boolean
  import: boolean
}

export interface ObjectMeta {
  name: string
  /* The pack it comes from; empty for one's own. */
  pack?: string
  label: Labels
  plural: Labels
  icon?: string
  title: string
  owned?: boolean
  converts?: boolean
  fields: Field[]
  relations: Relation[]
  pages: Pages
  rights: Rights
}

export interface ProcessState {
  code: string
  label: Labels
  kind?: string
  color?: string | null
  probability?: number
}

export interface ProcessMove {
  from: string[]
  to: string
  label?: Labels
  require?: string[]
}

/* A move somebody may make with a record, and why it is not possible now. */
export interface RecordMove {
  field: string
  to: string
  label: string
  possible: boolean
  reason: string
  require: string[]
}

export interface Process {
  name: string
  label: Labels
  states: ProcessState[]
  moves: ProcessMove[]
  /* The state of a new record; the first one if nothing is said. */
  start?: string
}

export interface Meta {
  version: string
  objects: ObjectMeta[]
  /* Names of the objects people go to, in order. */
  menu: string[]
  /* Dates that run out, by name. */
  expiries?: string[]
  processes: Process[]
  /* With their names in each language. */
  roles?: ({ name: string } & Labels)[]
}

export interface Link {
  id: string
  title: string
}

export interface Money {
  amount: string
  currency: string
}

export interface Address {
  country?: string
  postcode?: string
  region?: string
  city?: string
  street?: string
}

export interface Location {
  lat: string
  lon: string
}

/* A record as the server writes it.  What a field holds is its field type's business. */
/* What its reader may do with a record, as the server would decide. */
export interface May {
  edit: boolean
  delete: boolean
  share: boolean
  assign: boolean
  restore: boolean
}

export interface Rec {
  id: string
  version: number
  _may?: May
  [field: string]: unknown
}

export interface RecordPage {
  rows: Rec[]
  next: string | null
  total?: number | null
  advice?: unknown
}

export interface Change {
  field: string
  old: unknown
  new: unknown
}

export interface HistoryEntry {
  at: string
  by: Link | null
  kind: 'create' | 'update' | 'delete' | 'restore' | 'import' | string
  changes: Change[]
}

export type TimelineType = 'activity' | 'file' | 'change' | 'move' | 'created' | 'imported' | 'deleted' | 'restored'

/* One thing on a record's timeline; `record` is the activity or file, `changes` are of the log. */
export interface TimelineEntry {
  type: TimelineType
  id: string
  at: string
  by: Link | null
  import: string | null
  changes: Change[]
  record: Rec | null
}

/* What the stream of live events says; a bulk names no record. */
export interface LiveEvent {
  object: string
  id?: string
  version?: number
  count?: number
  kind: 'created' | 'updated' | 'deleted' | 'restored' | 'bulk'
  by: Link | null
  at: string
  fields?: string[]
}

export interface Hit {
  object: string
  id: string
  title: string
  subtitle?: string
  match?: { field: string; text: string; from: number; to: number }
}

export interface FieldError {
  path?: string
  code?: string
  detail: string
  at?: number
  /* Of a definition: which one. */
  file?: string
}

/* What a record would become, and what there is already that may be the same. */
export interface ConversionTarget {
  object: string
  optional: boolean
  title: string
  matches: { record: Link; field: string }[]
}

export interface CheckResult {
  hidden: string[]
  required: string[]
  errors: FieldError[]
  /* What may be wrong and can be saved all the same. */
  warnings?: { path: string; detail: string }[]
}

export type ImportState =
  | 'draft'
  | 'checking'
  | 'checked'
  | 'running'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'undoing'
  | 'undone'

export interface ImportColumn {
  column: string
  field: string | null
  /* How alike, of 1000. */
  score?: number
  /* Place in the file; -1 for a value that is in no column and the same in every row. */
  index?: number
  value?: string
}

/* A name of the file that no record or choice has. */
export interface UnknownName {
  field: string
  text: string
  /* Of how many rows. */
  count: number
  suggestions: { id: string; title: string; score: number }[]
  taken?: string | null
}

/* field → text of the file → id, or code of a choice; null: left empty. */
export type ChosenLinks = Record<string, Record<string, string | null>>
export type DateOrder = 'ymd' | 'dmy' | 'mdy'

export interface ImportJob {
  id: string
  state: ImportState
  object: string
  mode: 'create' | 'update' | 'both'
  match: string[]
  file_name?: string
  created_at?: string
  info: {
    format: string
    encoding: string
    encoding_sure: boolean
    damaged?: boolean
    delimiter: string
    header_row: number
    sheets: string[]
    sheet: string
    columns: string[]
    rows_estimate: number
    file_bytes?: number
    /* The mapping is that of an earlier file with the same columns. */
    remembered?: boolean
    /* Columns whose dates could be day or month first. */
    dates_unclear?: string[]
  }
  mapping: ImportColumn[]
  sample: string[][]
  date_order?: DateOrder
  progress?: { done: number; total: number }
  counts?: { create: number; update: number; same: number; failed: number }
  /* Something of it is in the store. */
  written?: boolean
  links?: UnknownName[]
  chosen?: ChosenLinks
  /* What an undo left as it is. */
  kept?: { object: string; id: string; title: string; field: string; detail: string }[]
  problem?: string
}

export interface DiffRow {
  row: number
  action: 'create' | 'update' | 'same' | 'fail'
  title: string
  changes: Change[]
  errors: { field?: string; detail: string }[]
}
