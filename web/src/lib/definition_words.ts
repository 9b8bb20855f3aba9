/* definition_words.ts - every name in the definitions that people read, and how one is changed. */
import { type Def, type DefFile, labelsOf, objectNames, objectView, ownFile, ownPath, pagesOf, partList, processMoves, processStates, processViews, sectionsOf, setObjectKey, setPage, setPart } from './definition.ts'
import { LANGS } from './lang.ts'
import type { Json, Labels } from './types.ts'

export type WordKind = 'object' | 'plural' | 'field' | 'help' | 'choice' | 'section' | 'relation' | 'rule' | 'process' | 'state' | 'move' | 'reason'

export interface Word {
  id: string
  kind: WordKind
  /* Object or process, and what of it: a name in the API, or a code. */
  of: string
  name: string
  labels: Labels
  /* The file and what is in it with another text. */
  set: (labels: { [lang: string]: string }) => [string, Def]
}

export const isMissing = (w: Word): boolean => LANGS.some((l) => !w.labels[l.code])

const defs = (v: Json | undefined): Def[] => (Array.isArray(v) ? (v as Def[]) : [])

function objectWords(files: readonly DefFile[], of: string): Word[] {
  const view = objectView(files, of)
  if (!view) return []
  const path = ownPath(files, of)
  const own = () => ownFile(files, of)
  const out: Word[] = (['label', 'plural'] as const).map((key) => ({
    id: `${of}/${key}`, kind: key === 'label' ? 'object' : 'plural', of, name: of, labels: view[key],
    set: (labels) => [path, setObjectKey(files, of, key, labels)],
  }))
  for (const p of partList(files, of, 'fields')) {
    const put = (key: string, value: Json): [string, Def] => [path, setPart(own(), 'fields', p, { ...p.def, [key]: value })]
    out.push({ id: `${of}/f/${p.name}`, kind: 'field', of, name: p.name, labels: labelsOf(p.def.label), set: (l) => put('label', l) })
    const help = p.def.help ? 'help' : 'doc'
    if (p.def[help]) out.push({ id: `${of}/h/${p.name}`, kind: 'help', of, name: p.name, labels: labelsOf(p.def[help]), set: (l) => put(help, l) })
    for (const c of defs(p.def.choices))
      out.push({
        id: `${of}/c/${p.name}/${String(c.code)}`, kind: 'choice', of, name: `${p.name} = ${String(c.code)}`, labels: labelsOf(c.label),
        set: (l) => put('choices', defs(p.def.choices).map((x) => (x.code === c.code ? { ...x, label: l } : x))),
      })
  }
  const sections = sectionsOf(pagesOf(files, of))
  for (const [i, s] of sections.entries())
    out.push({ id: `${of}/s/${i}`, kind: 'section', of, name: String(i + 1), labels: s.label ?? {}, set: (l) => [path, setPage(files, of, 'form', sections.map((x, k) => (k === i ? { ...x, label: l } : x)) as unknown as Json)] })
  for (const p of partList(files, of, 'relations').filter((r) => !r.off))
    out.push({ id: `${of}/r/${p.name}`, kind: 'relation', of, name: p.name, labels: labelsOf(p.def.label), set: (l) => [path, setPart(own(), 'relations', p, { ...p.def, label: l })] })
  for (const p of partList(files, of, 'rules').filter((r) => !r.off))
    out.push({ id: `${of}/m/${p.name}`, kind: 'rule', of, name: p.name, labels: labelsOf(p.def.message), set: (l) => [path, setPart(own(), 'rules', p, { ...p.def, message: l })] })
  return out
}

function processWords(files: readonly DefFile[], of: string): Word[] {
  const view = processViews(files).find((p) => p.name === of)
  if (!view) return []
  const { def, path } = view
  const states = processStates(def), moves = processMoves(def)
  return [
    { id: `p/${of}`, kind: 'process', of, name: of, labels: labelsOf(def.label), set: (l) => [path, { ...def, label: l }] },
    ...states.map((s, i): Word => ({ id: `p/${of}/s/${i}`, kind: 'state', of, name: String(s.code), labels: labelsOf(s.label), set: (l) => [path, { ...def, states: states.map((x, k) => (k === i ? { ...x, label: l } : x)) }] })),
    ...moves.flatMap((m, i): Word[] => {
      const put = (key: string, l: Json): [string, Def] => [path, { ...def, moves: moves.map((x, k) => (k === i ? { ...x, [key]: l } : x)) }]
      return [
        { id: `p/${of}/m/${i}`, kind: 'move', of, name: String(m.to), labels: labelsOf(m.label), set: (l) => put('label', l) },
        ...(m.message ? [{ id: `p/${of}/w/${i}`, kind: 'reason' as const, of, name: String(m.to), labels: labelsOf(m.message), set: (l: { [lang: string]: string }) => put('message', l) }] : []),
      ]
    }),
  ]
}

export function wordsOf(files: readonly DefFile[]): Word[] {
  return [...objectNames(files).flatMap((o) => objectWords(files, o)), ...processViews(files).flatMap((p) => processWords(files, p.name))]
}
