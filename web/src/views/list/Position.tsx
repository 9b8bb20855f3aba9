/* Position.tsx - which rows of how many are in sight.  It is told by itself, so that the page need not be drawn anew. */
import { type RefObject, useLayoutEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { useLang } from '../../lib/i18n.ts'

export type TellSight = (from: number, to: number) => void

export function Position({ tell, total, loaded, more }: { tell: RefObject<TellSight | null>; total: number | null; loaded: number; more: boolean }) {
  const { t } = useTranslation()
  const lang = useLang()
  const [[from, to], setSight] = useState([0, 0] as [number, number])
  useLayoutEffect(() => {
    tell.current = (a, b) => setSight([a, b])
  }, [tell])
  const text = (n: number) => formatNumber(n, lang)
  return (
    <>
      {t('list.position', {
        from: text(Math.min(from + 1, loaded)),
        to: text(Math.min(to + 1, loaded)),
        total: total === null ? `${text(loaded)}${more ? '+' : ''}` : text(total),
      })}
    </>
  )
}
