/* Sum.tsx - a total as its field shows a value; of money one for each currency. */
import { FieldCell } from '../../fields/index.tsx'
import type { Money } from '../../lib/types.ts'
import type { Field } from '../../lib/types.ts'

export function Sum({ field, value }: { field: Field; value: Money[] | string | number | null | undefined }) {
  if (value === null || value === undefined) return null
  const parts = Array.isArray(value) ? value : [value]
  return (
    <span className="num">
      {parts.map((part, i) => (
        <span key={i}>
          {i > 0 && ' + '}
          <FieldCell field={field} value={part} />
        </span>
      ))}
    </span>
  )
}
