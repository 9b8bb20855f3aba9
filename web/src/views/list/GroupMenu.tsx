/* GroupMenu.tsx - by what a list is grouped. */
import { Button, Menu } from '@mantine/core'
import { IconCheck, IconStack2 } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { typeOf } from '../../fields/index.tsx'
import { isInner } from '../../lib/meta.ts'
import type { Field, ObjectMeta } from '../../lib/types.ts'
import { useLabel } from '../../lib/use.ts'

const KINDS = new Set(['choice', 'link', 'bool', 'date', 'moment'])

function groupable(object: ObjectMeta): Field[] {
  return object.fields.filter((f) => !isInner(f) && f.sortable !== false && KINDS.has(typeOf(f).kind) && f.type !== 'file')
}

export const GroupMenu = memo(function GroupMenu({ object, value, onChange }: { object: ObjectMeta; value: string; onChange: (group: string) => void }) {
  const { t } = useTranslation()
  const label = useLabel()
  const items = groupable(object).map((f) => {
    const date = typeOf(f).kind === 'date' || typeOf(f).kind === 'moment'
    const name = label(f.label, f.name)
    return { value: date ? `month:${f.name}` : f.name, text: date ? t('group.by_month', { name }) : name }
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant={value ? 'light' : 'default'} leftSection={<IconStack2 size={16} />}>
          {t('group.title')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="70dvh" style={{ overflowY: 'auto' }}>
        <Menu.Item onClick={() => onChange('')} rightSection={value === '' && <IconCheck size={16} />}>
          {t('group.off')}
        </Menu.Item>
        <Menu.Divider />
        {items.map((item) => (
          <Menu.Item key={item.value} onClick={() => onChange(item.value)} rightSection={value === item.value && <IconCheck size={16} />}>
            {item.text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
})
