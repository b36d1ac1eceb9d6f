import { create } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'

export interface SelectionState {
  /** Selected nodes; panes show the last one. */
  readonly nodeIds: readonly string[]
  /** Output port whose rows the data pane shows; absent: the node's default one. */
  readonly port: string | undefined
  /** A field that the inspector should bring into view, such as one a problem names. */
  readonly field: readonly (string | number)[] | undefined
}

export const useSelection = create<SelectionState>()(
  subscribeWithSelector((): SelectionState => ({ nodeIds: [], port: undefined, field: undefined })),
)

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((value, index) => value === b[index])

/** Selects these nodes and the default port of the last one. */
export function select(nodeIds: readonly string[], field?: readonly (string | number)[]): void {
  const before = useSelection.getState()
  if (same(before.nodeIds, nodeIds) && !field) return
  const stays = before.nodeIds.at(-1) === nodeIds.at(-1)
  useSelection.setState({ nodeIds, port: stays ? before.port : undefined, field })
}

export function selectPort(nodeId: string, port: string | undefined): void {
  useSelection.setState({ nodeIds: [nodeId], port, field: undefined })
}

/** Forgets selected nodes that are no more: removed, or renamed by an undo. */
export function keepSelected(exists: (nodeId: string) => boolean): void {
  const { nodeIds } = useSelection.getState()
  if (!nodeIds.every(exists)) select(nodeIds.filter(exists))
}

/** The one node that the inspector and the data pane show, if any. */
export const selectedNode = (state: SelectionState): string | undefined => state.nodeIds.at(-1)
