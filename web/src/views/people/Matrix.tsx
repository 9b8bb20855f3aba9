/* Matrix.tsx - objects down, rights across; each cell is how far the right goes. */
import { useTranslation } from 'react-i18next'
import { type FieldRights, levelsOf, type Right, RIGHTS } from '../../lib/people.ts'
import type { Level } from '../../lib/types.ts'
import { useLabel, useMeta } from '../../lib/use.ts'
import styles from './matrix.module.css'

export type Levels = Record<string, Record<Right, Level> & { fields?: FieldRights }>

export interface MatrixProps {
  levels: Levels
  /* What they were, so that changes stand out. */
  was: Levels
  /* Another role's, to compare with. */
  other: Levels | null
  otherName: string
  fixed: boolean
  onChange: (object: string, right: Right, level: Level) => void
}

const hue = (level: Level) => (level === 'all' ? 'teal' : level === 'none' ? 'gray' : level === 'own' ? 'blue' : 'grape')

export function Matrix({ levels, was, other, otherName, fixed, onChange }: MatrixProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const meta = useMeta()
  const objects = Object.keys(levels)
  const name = (object: string) => label(meta.objects.find((o) => o.name === object)?.plural, object)
  return (
    <div className={styles.scroll} role="region" aria-label={t('people.rights')} tabIndex={0}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{t('people.object')}</th>
            {RIGHTS.map((r) => (
              <th key={r} scope="col">
                {t(`people.right_${r}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {objects.map((object) => (
            <tr key={object}>
              <th scope="row">{name(object)}</th>
              {RIGHTS.map((right) => {
                const level = levels[object]?.[right] ?? 'none'
                const theirs = other?.[object]?.[right] ?? 'none'
                const choices = levelsOf(right)
                return (
                  <td key={right}>
                    <select
                      className={styles.level}
                      aria-label={t('people.right_of', { right: t(`people.right_${right}`), object: name(object) })}
                      data-level={level}
                      data-hue={hue(level)}
                      data-changed={(was[object]?.[right] ?? 'none') !== level || undefined}
                      disabled={fixed}
                      value={choices.includes(level) ? level : 'all'}
                      onChange={(e) => onChange(object, right, e.currentTarget.value as Level)}
                    >
                      {choices.map((l) => (
                        <option key={l} value={l}>
                          {t(choices.length === 2 && l === 'all' ? 'people.level_yes' : `people.level_${l}`)}
                        </option>
                      ))}
                    </select>
                    {other && theirs !== level && (
                      <span className={styles.other}>
                        <span className="sr">{otherName}: </span>
                        {t(choices.length === 2 && theirs !== 'none' ? 'people.level_yes' : `people.level_${theirs}`)}
                      </span>
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
