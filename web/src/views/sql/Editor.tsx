/*
 * Editor.tsx - where a question is written.
 *
 * The editor brings its own rules for looks, which the content security policy keeps out of the
 * page; inside a shadow root it hands them over as a sheet instead, which is allowed.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, type Completion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { PostgreSQL, sql } from '@codemirror/lang-sql'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import type { SqlSchema } from '../../lib/sql.ts'
import type { Lang } from '../../lib/types.ts'
import styles from './Sql.module.css'

export interface EditorHandle {
  text: () => string
  replace: (text: string) => void
  insert: (text: string) => void
  point: (at: number) => void
}

const look = EditorView.theme({
  '&': { fontSize: '0.875rem', backgroundColor: 'transparent', color: 'inherit', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)', padding: '0.75rem 0' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--mantine-color-dimmed)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--mantine-color-text) 4%, transparent)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--mantine-color-brand-6) 30%, transparent) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)', border: '1px solid var(--mantine-color-default-border)', borderRadius: '0.4rem' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--mantine-color-brand-7)', color: '#fff' },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.8' },
  '.cm-placeholder': { color: 'var(--mantine-color-dimmed)' },
})

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--gx-sql-word)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--gx-sql-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--gx-sql-number)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
])

/* Names with what they mean in the reader's language; the other language finds them as well. */
function completions(schema: SqlSchema, lang: Lang) {
  const other: Lang = lang === 'en' ? 'zh-Hant' : 'en'
  const names = Object.fromEntries(
    schema.tables.map((t) => [
      t.name,
      {
        self: { label: t.name, detail: t.label[lang], info: t.doc || t.label[other], type: 'type' } satisfies Completion,
        children: t.columns.map((c): Completion => ({ label: c.name, detail: c.label[lang], info: `${c.type} ${c.label[other]}`, type: 'property' })),
      },
    ]),
  )
  const functions: Completion[] = schema.functions.map((name) => ({ label: name, type: 'function', apply: `${name}(`, boost: -50 }))
  /* Typed in the trade's own words. */
  const words: Completion[] = schema.tables.flatMap((t) => [
    { label: t.label['zh-Hant'], detail: t.name, apply: t.name, type: 'type' },
    ...t.columns.filter((c) => c.label['zh-Hant']).map((c): Completion => ({ label: c.label['zh-Hant'], detail: `${t.name}.${c.name}`, apply: c.name, type: 'property' })),
  ])
  const language = sql({ dialect: PostgreSQL, schema: names, upperCaseKeywords: true })
  return [
    language,
    language.language.data.of({
      autocomplete: (context: { matchBefore: (r: RegExp) => { from: number; text: string } | null }) => {
        const word = context.matchBefore(/[\p{L}\p{N}_]+$/u)
        return word ? { from: word.from, options: /^[\x00-\x7f]/.test(word.text) ? functions : words, validFor: /^[\p{L}\p{N}_]*$/u } : null
      },
    }),
  ]
}

export function Editor({ schema, lang, start, label, hint, onRun, onChange, handle }: {
  schema: SqlSchema
  lang: Lang
  start: string
  label: string
  hint: string
  onRun: () => void
  onChange: (text: string) => void
  handle: Ref<EditorHandle>
}) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const names = useRef(new Compartment())
  const calls = useRef({ onRun, onChange })
  calls.current = { onRun, onChange }
  useEffect(() => {
    const element = host.current
    if (!element) return undefined
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: start,
        extensions: [
          keymap.of([{ key: 'Mod-Enter', run: () => (calls.current.onRun(), true) }]),
          lineNumbers(), history(), drawSelection(), closeBrackets(), autocompletion(), highlightActiveLine(), placeholder(hint),
          names.current.of(completions(schema, lang)),
          syntaxHighlighting(colours), look, EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((u) => {
            if (u.docChanged) calls.current.onChange(u.state.doc.toString())
          }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        ],
      }),
    })
    view.current = made
    /* Outside the shadow root nobody sees that this is a place to write: single letters are commands there. */
    const keep = (e: KeyboardEvent) => {
      if (!e.ctrlKey && !e.metaKey) e.stopPropagation()
    }
    element.addEventListener('keydown', keep)
    return () => {
      element.removeEventListener('keydown', keep)
      made.destroy()
    }
    // The editor is made once; what changes later goes into its compartments.
  }, [])
  useEffect(() => {
    view.current?.dispatch({ effects: names.current.reconfigure(completions(schema, lang)) })
  }, [schema, lang])
  useImperativeHandle(handle, () => ({
    text: () => view.current?.state.doc.toString() ?? '',
    replace: (text) => {
      const v = view.current
      v?.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: text } })
      v?.focus()
    },
    insert: (text) => {
      const v = view.current
      if (!v) return
      const { from, to } = v.state.selection.main
      const space = from > 0 && !/[\s(.]$/.test(v.state.sliceDoc(from - 1, from)) ? ' ' : ''
      v.dispatch({ changes: { from, to, insert: space + text }, selection: { anchor: from + space.length + text.length } })
      v.focus()
    },
    point: (at) => {
      const v = view.current
      if (!v) return
      const from = Math.min(at, v.state.doc.length)
      const word = v.state.wordAt(from)
      v.dispatch({ selection: { anchor: word?.from ?? from, head: word?.to ?? from }, scrollIntoView: true })
      v.focus()
    },
  }))
  return <div ref={host} className={styles.editor} />
}
