/* main.tsx - start: words first, then the page. */
import './mantine.css'
import './theme.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { whenSignedOut, whenStale } from '../lib/api.ts'
import { startI18n } from '../lib/i18n.ts'
import { queryClient, sessionQuery } from '../lib/queries.ts'
import { applyPrefs } from '../lib/prefs.ts'
import { router } from './router.tsx'
import { theme } from './theme.ts'

whenSignedOut(() => {
  queryClient.setQueryData(sessionQuery.queryKey, null)
  void router.invalidate()
})

whenStale(() => import('./StepUp.tsx').then((m) => m.confirm()))

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
