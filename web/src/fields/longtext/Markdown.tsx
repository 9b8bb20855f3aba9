/*
 * Markdown.tsx - long texts as they were meant: emphasis, lists, links, tables, code.
 *
 * The text is only ever taken apart (by marked's lexer); what is shown are React elements made here, so
 * nothing in it can become markup.  HTML stands as the characters it is, a picture is a link, and
 * links lead only where lib/markdown.ts lets them.  A chunk of its own, loaded with the first text.
 */
import { Lexer, type Token, type Tokens } from 'marked'
import { Fragment, type ReactNode } from 'react'
import { plainText, safeHref } from '../../lib/markdown.ts'
import styles from './Markdown.module.css'

const DEPTH_MAX = 20

function Anchor({ href, children }: { href: string; children: ReactNode }) {
  const to = safeHref(href)
  if (!to) return <>{children}</>
  return (
    <a href={to} {...(/^https?:/.test(to) ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
      {children}
    </a>
  )
}

function inline(token: Token, depth: number): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{all(token.tokens, depth)}</strong>
    case 'em':
      return <em>{all(token.tokens, depth)}</em>
    case 'del':
      return <del>{all(token.tokens, depth)}</del>
    case 'codespan':
      return <code>{token.text}</code>
    case 'br':
      return <br />
    case 'link':
      return <Anchor href={(token as Tokens.Link).href}>{all(token.tokens, depth)}</Anchor>
    case 'image':
      return <Anchor href={(token as Tokens.Image).href}>{plainText((token as Tokens.Image).text || (token as Tokens.Image).href)}</Anchor>
    case 'checkbox':
      return null
    default:
      return token.type !== 'html' && 'tokens' in token && token.tokens?.length ? all(token.tokens, depth) : plainText((token as Tokens.Text).text ?? token.raw)
  }
}

function Items({ list, depth }: { list: Tokens.List; depth: number }) {
  const items = list.items.map((item, i) => (
    <li key={i} data-task={item.task || undefined}>
      {item.task && <span aria-hidden>{item.checked ? '☑ ' : '☐ '}</span>}
      {all(item.tokens, depth)}
    </li>
  ))
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>
}

function TableOf({ table, depth }: { table: Tokens.Table; depth: number }) {
  return (
    <div className={styles.scroll} tabIndex={0} role="group">
      <table>
        <thead>
          <tr>
            {table.header.map((cell, i) => (
              <th key={i} data-align={cell.align ?? undefined}>
                {all(cell.tokens, depth)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, k) => (
                <td key={k} data-align={cell.align ?? undefined}>
                  {all(cell.tokens, depth)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function block(token: Token, depth: number): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'paragraph':
      return <p>{all(token.tokens, depth)}</p>
    case 'heading':
      /* Not a heading of the page: it would stand in nobody's outline. */
      return <p className={styles.heading}>{all(token.tokens, depth)}</p>
    case 'code':
      return (
        <pre tabIndex={0}>
          <code>{token.text}</code>
        </pre>
      )
    case 'blockquote':
      return <blockquote>{all(token.tokens, depth)}</blockquote>
    case 'hr':
      return <hr />
    case 'list':
      return <Items list={token as Tokens.List} depth={depth} />
    case 'table':
      return <TableOf table={token as Tokens.Table} depth={depth} />
    case 'html':
      return (token as Tokens.HTML).block ? <p className={styles.raw}>{token.raw.trimEnd()}</p> : token.raw
    default:
      return inline(token, depth)
  }
}

function all(tokens: readonly Token[] | undefined, depth: number): ReactNode {
  if (depth > DEPTH_MAX) return tokens?.map((t) => t.raw).join('')
  return tokens?.map((token, i) => <Fragment key={i}>{block(token, depth + 1)}</Fragment>)
}

export default function Markdown({ text }: { text: string }) {
  return <div className={styles.text}>{all(new Lexer({ gfm: true, breaks: true }).lex(text), 0)}</div>
}
