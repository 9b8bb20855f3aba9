/* Roc.tsx - a date typed with years as the Republic of China counts them, or the others. */
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { readDate, rocDate } from '../../lib/format.ts'
import { asText, type InputProps, type OperandProps, wrapper } from '../type.ts'

/* What is typed stays as it is until one leaves; what is no date goes on as it is, and is refused. */
export function RocText({ value, onChange, time = false, ...rest }: { value: string; onChange: (iso: string) => void; time?: boolean } & Record<string, unknown>) {
  const [typed, setTyped] = useState<string | null>(null)
  const [day = '', clock = ''] = value.split('T')
  const shown = rocDate(day) + (clock ? ` ${clock}` : '')
  const leave = () => {
    if (typed === null) return
    const m = time ? /^(.*?)[\sT]+(\d{1,2}):(\d\d)$/.exec(typed.normalize('NFKC').trim()) : null
    const date = readDate(m?.[1] ?? typed)
    const at = time ? `T${(m?.[2] ?? '0').padStart(2, '0')}:${m?.[3] ?? '00'}` : ''
    onChange(date ? date + at : typed.trim())
    setTyped(null)
  }
  return (
    <TextInput
      {...rest}
      autoComplete="off"
      placeholder={time ? '115/11/22 14:30' : '115/11/22'}
      value={typed ?? shown}
      onChange={(e) => setTyped(e.currentTarget.value)}
      onBlur={leave}
      onKeyDown={(e) => {
        if (e.key === 'Enter') leave()
      }}
    />
  )
}

export function RocInput(props: InputProps) {
  return <RocText {...wrapper(props)} value={asText(props.value)} onChange={props.onChange} />
}

export function RocOperand({ value, onChange, label }: Pick<OperandProps, 'value' | 'onChange' | 'label'>) {
  return <RocText size="xs" aria-label={label} value={value} onChange={onChange} />
}

/* Of a moment: "2026-11-22T14:30" as <input type="datetime-local"> holds it. */
export function RocMoment({ local, onLocal, ...props }: InputProps & { local: string; onLocal: (local: string) => void }) {
  return <RocText {...wrapper(props)} time value={local} onChange={onLocal} />
}
