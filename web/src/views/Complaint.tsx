/* Complaint.tsx - what is wrong with an expression, and where in it. */
import { Problem } from '../lib/api.ts'
import type { FieldError } from '../lib/types.ts'
import styles from './Complaint.module.css'

export function Complaint({ error, text }: { error: unknown; text: string }) {
  const problem = error instanceof Problem ? error : null
  const first = problem?.errors[0]
  return first ? <ComplaintAt error={first} text={text} /> : <>{problem?.detail}</>
}

/* The server points at the byte; show it there. */
export function ComplaintAt({ error, text }: { error: FieldError; text: string }) {
  const where = error.at
  const bytes = new TextEncoder().encode(text)
  if (where === undefined || where > bytes.length) return <>{error.detail}</>
  const decode = (from: number, to?: number) => new TextDecoder().decode(bytes.slice(from, to))
  return (
    <>
      <span className={styles.where}>
        {decode(0, where)}
        <mark>{decode(where).slice(0, 12) || '⏎'}</mark>
      </span>
      {error.detail}
    </>
  )
}
