/* strength.ts - how hard a password is to guess, in words; what is refused, the server decides. */

export type Strength = 'weak' | 'fair' | 'good' | 'strong'

const WORTH: [number, Strength][] = [[16, 'strong'], [12, 'good'], [8, 'fair']]
const ROWS = ['01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'abcdefghijklmnopqrstuvwxyz']

/* Does `b` come after `a` in a row of keys, in either direction, or is it the same? */
const follows = (a: string, b: string) => a === b || ROWS.some((row) => row.includes(a + b) || row.includes(b + a))

/* What is easy to foresee counts little; a character of Chinese is worth two. */
export function strength(password: string): Strength {
  const chars = [...password.toLowerCase()]
  let worth = 0
  for (const [i, c] of chars.entries()) {
    const before = chars[i - 1]
    const seen = chars.indexOf(c) < i
    worth += before !== undefined && follows(before, c) ? 0.25 : seen ? 0.75 : /\p{Script=Han}/u.test(c) ? 2 : 1
  }
  return WORTH.find(([least]) => worth >= least)?.[1] ?? 'weak'
}
