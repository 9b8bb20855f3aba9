/* Quiet.tsx - a tile with nothing to say. */
import type { ReactNode } from 'react'
import styles from './home.module.css'

export function Quiet({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.quiet}>
      <strong>{title}</strong>
      {children && <span className="dim small">{children}</span>}
    </div>
  )
}
