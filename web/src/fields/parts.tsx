/* parts.tsx - pieces that several field types share. */
import { TextInput } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, HTMLInputTypeAttribute, MouseEvent } from 'react'
import { BASE } from '../lib/base.ts'
import type { Choice } from '../lib/types.ts'
import { useLabel } from '../lib/use.ts'
import styles from './parts.module.css'
import { asText, type InputProps, type OperandProps, wrapper } from './type.ts'

/* A link to a record. The router's own asks about the address in each; lists show hundreds. */
export function RecordLink({ object, id, onClick, ...rest }: { object: string; id: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const router = useRouter()
  const go = (e: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(e)
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
    e.preventDefault()
    void router.navigate({ to: '/o/$object/$id', params: { object, id } })
  }
  return <a {...rest} href={`${BASE}/o/${object}/${id}`} onClick={go} />
}

export function Chip({ text, hue }: { text: string; hue?: string | null | undefined }) {
  return (
    <span className={styles.chip} data-hue={hue ?? 'gray'}>
      {text}
    </span>
  )
}

export function ChoiceChip({ choices, code }: { choices: Choice[] | undefined; code: string }) {
  const label = useLabel()
  const choice = choices?.find((c) => c.code === code)
  return <Chip text={label(choice?.label, code)} hue={choice?.color} />
}

/* A plain line of text, with the keyboard that suits it on a phone. */
export function LineInput(
  props: InputProps & {
    type?: HTMLInputTypeAttribute
    inputMode?: 'text' | 'numeric' | 'decimal' | 'tel' | 'email' | 'url'
    right?: string
    clean?: (typed: string) => string
  },
) {
  return (
    <TextInput
      {...wrapper(props)}
      value={asText(props.value)}
      onChange={(e) => props.onChange(e.currentTarget.value)}
      onBlur={props.clean && ((e) => props.onChange(props.clean?.(e.currentTarget.value)))}
      type={props.type ?? 'text'}
      inputMode={props.inputMode ?? 'text'}
      autoComplete="off"
      {...(props.right
        ? { rightSection: <span className={styles.unit}>{props.right}</span>, rightSectionWidth: 52 }
        : {})}
    />
  )
}

export function TextOperand({ value, onChange, label }: OperandProps) {
  return <TextInput size="xs" aria-label={label} value={value} onChange={(e) => onChange(e.currentTarget.value)} />
}

export function NumberOperand({ value, onChange, label }: OperandProps) {
  return (
    <TextInput
      size="xs"
      aria-label={label}
      inputMode="decimal"
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  )
}

export function NoOperand() {
  return null
}
