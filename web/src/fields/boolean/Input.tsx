import '@mantine/core/styles/Switch.layer.css'
import { Switch } from '@mantine/core'
import { type InputProps, wrapper } from '../type.ts'

export default function BooleanInput(props: InputProps) {
  const { withAsterisk: _, ...rest } = wrapper(props)
  return (
    <Switch
      {...rest}
      mt={props.bare ? 0 : 'lg'}
      checked={props.value === true}
      onChange={(e) => props.onChange(e.currentTarget.checked)}
    />
  )
}
