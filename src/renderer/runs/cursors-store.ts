import { create } from 'zustand'
import type { RunCursor } from '../../shared/runs/cursors.ts'
import { api } from '../api.ts'

interface Store {
  /** Pipeline that `cursors` are of. */
  readonly path: string | undefined
  readonly cursors: readonly RunCursor[]
}

export const useCursors = create<Store>()(() => ({ path: undefined, cursors: [] }))

/** Asks where the extracts of a pipeline go on. What was known stays when the application does not answer. */
export async function loadCursors(path: string): Promise<void> {
  const cursors = await api.call('cursor.list', { path }).catch(() => undefined)
  if (cursors) useCursors.setState({ path, cursors })
}

/** @throws LogiDataError */
export async function resetCursor(path: string, nodeId: string): Promise<void> {
  await api.call('cursor.reset', { path, nodeId })
  await loadCursors(path)
}
