/* countries.ts - ISO 3166-1 codes, the neighbours first; names come from the browser. */
import type { Lang } from '../../lib/types.ts'

const NEAR = 'TW CN HK MO JP KR SG MY TH VN ID PH US GB DE'
const REST =
  'AD AE AF AG AI AL AM AO AR AS AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ ' +
  'CA CD CF CG CH CI CK CL CM CO CR CU CV CW CY CZ DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FO FR ' +
  'GA GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HN HR HT HU IE IL IM IN IQ IR IS IT JE JM JO ' +
  'KE KG KH KI KM KN KP KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MQ ' +
  'MR MS MT MU MV MW MX MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PK PL PM PR PS PT PW PY ' +
  'QA RE RO RS RU RW SA SB SC SD SE SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TJ TK TL TM ' +
  'TN TO TR TT TV TZ UA UG UY UZ VA VC VE VG VI VU WF WS XK YE YT ZA ZM ZW'

export const COUNTRIES: readonly string[] = `${NEAR} ${REST}`.split(' ')

export function countryName(code: string, lang: Lang): string {
  try {
    return new Intl.DisplayNames(lang, { type: 'region' }).of(code) ?? code
  } catch {
    return code
  }
}
