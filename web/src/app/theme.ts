/* theme.ts - how Mantine looks here. */
import { createTheme } from '@mantine/core'

/*
 * Nothing here may write a style element, which the content security policy forbids: the CSS
 * variables are in theme.css, and locking the page's scroll is left to the browser.
 */
export const theme = createTheme({
  primaryColor: 'brand',
  colors: {
    brand: ['#edf6f5', '#d6ebe9', '#aed8d4', '#7fc1bb', '#54aaa3', '#2d928a', '#157d75', '#0f6a64', '#0b5550', '#073f3b'],
  },
  cursorType: 'pointer',
  components: {
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] } },
    Modal: { defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 160 } } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', withInitialFocusPlaceholder: false } },
    /* The list itself scrolls (theme.css), not a box around it that no key reaches. */
    Select: { defaultProps: { withScrollArea: false } },
    MultiSelect: { defaultProps: { withScrollArea: false } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
  },
})
