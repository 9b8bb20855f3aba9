/* main.tsx - start: words first, then the page. */
import './mantine.css'
import './theme.css'
import { MantineProvider, createTheme } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { whenSignedOut } from '../lib/api.ts'
import { startI18n } from '../lib/i18n.ts'
import { queryClient, sessionQuery } from '../lib/queries.ts'
import { applyPrefs } from '../lib/prefs.ts'
import { router } from './router.tsx'

/*
 * Nothing here may write a style element, which the content security policy forbids: the CSS
 * variables are in theme.css, and locking the page's scroll is left to the browser.
 */
const theme = createTheme({
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

whenSignedOut(() => {
  queryClient.setQueryData(sessionQuery.queryKey, null)
  void router.invalidate()
})

async function start() {
  const root = document.getElementById('root')
  if (!root) throw new Error('no #root')
  applyPrefs()
  await startI18n()
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}

void start()
