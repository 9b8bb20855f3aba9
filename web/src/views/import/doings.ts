/* doings.ts - what can be done with an import; one thing after another, each seen at once. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { patch, post } from '../../lib/api.ts'
import { BUSY_STATES, importQuery, importsQuery } from '../../lib/queries.ts'
import type { ImportJob, Json } from '../../lib/types.ts'

export type Verb = 'check' | 'run' | 'cancel' | 'resume' | 'undo'

/* What is seen at once, before the server has answered; the rest it has to look at. */
const AT_ONCE = ['mapping', 'mode', 'match', 'date_order']

export function useDoings(id: string) {
  const client = useQueryClient()
  const { queryKey } = importQuery(id)
  const scope = { id: `import-${id}` }
  const took = (next: ImportJob) => {
    client.setQueryData(queryKey, next)
    void client.invalidateQueries({ queryKey: [...queryKey, 'diff'] })
    void client.invalidateQueries({ queryKey: importsQuery.queryKey, exact: true })
  }
  const again = () => client.invalidateQueries({ queryKey, exact: true })
  const change = useMutation({
    scope,
    mutationFn: (body: Record<string, Json>) => patch<ImportJob>(`/import/${id}`, body),
    onMutate: (body) => {
      if (Object.keys(body).some((key) => !AT_ONCE.includes(key))) return
      client.setQueryData(queryKey, (old: ImportJob | undefined) => old && ({ ...old, ...body } as ImportJob))
    },
    onSuccess: (next) => {
      /* While more changes wait, the screen is ahead of this reply. */
      if (client.isMutating({ predicate: (m) => m.options.scope?.id === scope.id }) <= 1) took(next)
    },
    onError: again,
  })
  const act = useMutation({
    scope,
    mutationFn: (verb: Verb) => post<ImportJob>(`/import/${id}/${verb}`),
    onSuccess: took,
    onError: again,
  })
  return { change, act }
}

/* When work ends, lists and what the check found are new. */
export function useNews(job: ImportJob) {
  const client = useQueryClient()
  const before = useRef(job.state)
  useEffect(() => {
    if (BUSY_STATES.includes(before.current) && !BUSY_STATES.includes(job.state)) {
      for (const key of ['list', 'record', 'search']) void client.invalidateQueries({ queryKey: [key] })
      void client.invalidateQueries({ queryKey: [...importQuery(job.id).queryKey, 'diff'] })
      void client.invalidateQueries({ queryKey: importsQuery.queryKey, exact: true })
    }
    before.current = job.state
  }, [job.state, job.id, client])
}
