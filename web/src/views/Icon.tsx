/* Icon.tsx - the icons that packs may name for an object. */
import {
  IconAffiliate, IconAlertTriangle, IconBox, IconBriefcase, IconBuilding, IconCalendar, IconCalendarEvent, IconCash,
  IconChecklist, IconFileText, IconFolder, IconHome, IconListNumbers, IconMail, IconMap, IconNote, IconPackage,
  IconPaperclip, IconPhone, IconShoppingCart, IconSpeakerphone, IconSwords, IconTag, IconTarget, IconTargetArrow,
  IconTool, IconTruck, IconUser, IconUserCircle, IconUserSearch, IconUsers, type IconProps, type TablerIcon,
} from '@tabler/icons-react'

const icons: Record<string, TablerIcon> = {
  affiliate: IconAffiliate, 'alert-triangle': IconAlertTriangle, briefcase: IconBriefcase, building: IconBuilding,
  calendar: IconCalendar, 'calendar-event': IconCalendarEvent, cash: IconCash, checklist: IconChecklist,
  'file-text': IconFileText, folder: IconFolder, home: IconHome, 'list-numbers': IconListNumbers, mail: IconMail,
  map: IconMap, note: IconNote, package: IconPackage, paperclip: IconPaperclip, phone: IconPhone,
  'shopping-cart': IconShoppingCart, speakerphone: IconSpeakerphone, swords: IconSwords, tag: IconTag,
  target: IconTarget, 'target-arrow': IconTargetArrow, tool: IconTool, truck: IconTruck, user: IconUser,
  'user-circle': IconUserCircle, 'user-search': IconUserSearch, users: IconUsers,
}

export const iconNames = (): string[] => Object.keys(icons)

export function ObjectIcon({ name, ...props }: { name: string | undefined } & IconProps) {
  const Icon = icons[name ?? ''] ?? IconBox
  return <Icon size={18} stroke={1.7} aria-hidden {...props} />
}
