import type { RunRejects } from './history.ts'

/**
 * Of each node and port what the newest attempt that turned rows down kept: an attempt that takes a finished stage over turns none
 * down itself, and the rows of the one before are still there. Kept rows go before rows that are only counted.
 */
export function newestRejects(rejects: readonly RunRejects[]): RunRejects[] {
  const newest = new Map<string, RunRejects>()
  for (const one of rejects.filter(({ rows }) => rows !== '0').toSorted(byWorth))
    newest.set(JSON.stringify([one.nodeId, one.port]), one)
  return [...newest.values()]
}

/** The best comes last. */
const byWorth = (a: RunRejects, b: RunRejects) =>
  Number(a.file !== undefined) - Number(b.file !== undefined) || a.attempt - b.attempt
