/* Mark.tsx - two seals, joined. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="7" fill="var(--mantine-color-brand-filled)" />
      <g fill="none" stroke="#fff" strokeWidth="2.2" strokeLinejoin="round" strokeLinecap="round">
        <path d="M8 8h9v9H8z" />
        <path d="M20.500 15H24v9h-9v-3.500" />
      </g>
    </svg>
  )
}
