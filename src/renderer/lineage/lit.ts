import { create } from 'zustand'
import type { LineageOverview } from '../../shared/lineage/project.ts'
import { fold } from '../canvas/search-steps.ts'
import { type LitBoxes, litBoxes } from './lineage-flow.ts'
import { useLineage } from './lineage-store.ts'

interface LitState {
  readonly boxes: LitBoxes
  /** Something is chosen, so that what is not lit is dimmed. */
  readonly some: boolean
  /** Boxes and rows that the search finds; undefined while nothing is searched for. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>> | undefined
}

/** What of the drawing is lit: each box reads its own part, so that a click draws again only what it changes. */
export const useLit = create<LitState>()(() => ({ boxes: new Map(), some: false, found: undefined }))

/** Follows the choice and the search while the view is there. Gives back what ends it. */
export function followLit(): () => void {
  const update = (): void => {
    const { lit, upstream, downstream, start, overview, query } = useLineage.getState()
    useLit.setState({
      boxes: litBoxes(lit, upstream, downstream),
      some: start !== undefined && (upstream !== undefined || downstream !== undefined),
      found: query.trim() === '' || !overview ? undefined : search(overview, query),
    })
  }
  update()
  return useLineage.subscribe(update)
}

export function search(overview: LineageOverview, query: string): Map<string, Set<string>> {
  const wanted = fold(query.trim())
  const found = new Map<string, Set<string>>()
  const look = (id: string, title: string, rows: readonly string[]): void => {
    const hits = rows.filter((row) => fold(row).includes(wanted))
    if (hits.length > 0 || fold(`${title} ${id}`).includes(wanted)) found.set(id, new Set(hits))
  }
  for (const { id, columns } of overview.datasets) look(id, id, columns)
  for (const { path, name, nodes } of overview.pipelines)
    look(
      path,
      name,
      nodes.map(({ nodeId }) => nodeId),
    )
  return found
}
