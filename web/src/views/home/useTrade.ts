/* useTrade.ts - what an organisation of the demo data is called. */
import { useTranslation } from 'react-i18next'

const KNOWN = ['insurer', 'cleaner', 'maker', 'traveller', 'integrator', 'agency', 'hoster', 'field'] as const
type Known = (typeof KNOWN)[number]
const isKnown = (name: string): name is Known => (KNOWN as readonly string[]).includes(name)

export function useTrade(): (name: string) => string {
  const { t } = useTranslation()
  return (name) => (isKnown(name) ? t(`first.org_${name}`) : name)
}
