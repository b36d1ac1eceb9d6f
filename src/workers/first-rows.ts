import type { Cell } from '../shared/engine/types.ts'
import { toErrorInfo } from '../shared/errors.ts'
import type { Relation } from './sample.ts'
import type { ProjectSession } from './session.ts'

/** Rows that one thread has not found by then are looked for by all of them. */
const PATIENCE_MS = 250

/**
 * A page of a relation's rows. Mostly they are among the first that are read, and one thread finds them with half the work of
 * several; behind a filter that hardly any row passes, all threads begin again.
 * @throws LogiDataError what is wrong with the query; `cancelled`
 */
export async function firstRows(
  session: ProjectSession,
  { select, columns }: Relation,
  page: { readonly limit: number; readonly offset: number },
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<Cell[][]> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), patienceMs)
  try {
    return await session.lease(AbortSignal.any([signal, patience.signal]), (lease) =>
      lease.cells(select, columns, { ...page, inSequence: true }),
    )
  } catch (thrown) {
    if (signal.aborted || !patience.signal.aborted || toErrorInfo(thrown).kind !== 'cancelled') throw thrown
  } finally {
    clearTimeout(timer)
  }
  return session.lease(signal, (lease) => lease.cells(select, columns, page))
}
