/* Card.tsx - what is on a card; drawn again only when something of it changes, not at each move of another. */
import { ActionIcon, Menu } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'
import { type KeyboardEvent, memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FieldCell, isEmpty, typeOf } from '../../fields/index.tsx'
import { RecordLink } from '../../fields/parts.tsx'
import { movesFrom, plain, titleOf } from '../../lib/meta.ts'
import type { Field, ObjectMeta, Process, ProcessMove, ProcessState, Rec } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'
import styles from './board.module.css'

export interface CardDoes {
  move: (record: Rec, to: string) => void
  step: (e: KeyboardEvent, record: Rec) => void
}

interface CardProps {
  object: ObjectMeta
  process: Process
  state: ProcessState
  facts: Field[]
  record: Rec
  movable: boolean
  does: CardDoes
}

export const Card = memo(function Card({ object, process, state, facts, record, movable, does }: CardProps) {
  const [menu, setMenu] = useState(false)
  const moves = movable ? movesFrom(process, state.code) : []
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'm' && moves.length && !e.ctrlKey && !e.metaKey) setMenu(true)
    else does.step(e, record)
  }
  return (
    <>
      <div className={styles.top}>
        <RecordLink object={object.name} id={record.id} className={styles.title} onKeyDown={onKeyDown} draggable={false}>
          {titleOf(object, record)}
        </RecordLink>
        {moves.length > 0 && <MoveMenu process={process} moves={moves} name={titleOf(object, record)} opened={menu} onChange={setMenu} onMove={(to) => does.move(record, to)} />}
      </div>
      <Facts record={record} facts={facts} />
    </>
  )
})

interface MoveMenuProps {
  process: Process
  moves: ProcessMove[]
  name: string
  opened: boolean
  onChange: (opened: boolean) => void
  onMove: (to: string) => void
}

/* The menu itself comes when it is first opened: there are many cards, and few are opened. */
function MoveMenu({ process, moves, name, opened, onChange, onMove }: MoveMenuProps) {
  const { t } = useTranslation()
  const label = useLabel()
  const [wanted, setWanted] = useState(false)
  if (opened && !wanted) setWanted(true)
  const stop = (e: { stopPropagation: () => void }) => e.stopPropagation()
  const button = (
    <ActionIcon
      size="sm"
      variant="subtle"
      color="gray"
      aria-label={t('board.move', { name })}
      onPointerDown={stop}
      onMouseDown={stop}
      {...(wanted ? {} : { 'aria-haspopup': 'menu', onClick: () => onChange(true) })}
    >
      <IconDotsVertical size={15} />
    </ActionIcon>
  )
  if (!wanted) return button
  return (
    <Menu opened={opened} onChange={onChange} position="bottom-end">
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('board.move_to')}</Menu.Label>
        {moves.map((m) => (
          <Menu.Item key={m.to} onClick={() => onMove(m.to)}>
            {label(process.states.find((s) => s.code === m.to)?.label, m.to)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

export function Facts({ record, facts }: { record: Rec; facts: Field[] }) {
  return (
    <div className={styles.facts}>
      {facts.map((field) =>
        isEmpty(record[field.name]) ? null : (
          <span key={field.name} className="clip">
            {/* Other records are named, not linked: a card is one place to press. */}
            {typeOf(field).kind === 'link' ? plain(record[field.name]) : <FieldCell field={field} value={record[field.name]} />}
          </span>
        ),
      )}
    </div>
  )
}
