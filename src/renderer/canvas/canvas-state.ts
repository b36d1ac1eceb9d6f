import { create } from 'zustand'

export interface CanvasState {
  /** While a connection is dragged: from which side, and the nodes that it cannot end at. */
  readonly connecting: { readonly from: 'source' | 'target'; readonly blocked: ReadonlySet<string> } | undefined
  /** Zoomed out so far that nodes are shapes without words or ports. */
  readonly far: boolean
  /** Edges on a way through the selection. */
  readonly path: ReadonlySet<string>
}

export const useCanvas = create<CanvasState>()(() => ({ connecting: undefined, far: false, path: new Set() }))

/** What the frame may ask of the canvas; set while it is mounted. */
export interface CanvasHandle {
  fit(): void
  tidy(): void
  /** Selects a node and brings it into view. */
  reveal(nodeId: string, field?: readonly (string | number)[]): void
  /** Adds a step, connected to the selected node where it fits. */
  add(type: string): void
  focus(): void
  /** Opens the list of steps beside the selected one. */
  quickAdd(): void
  /** Opens the menu of what is selected, or of the canvas. */
  menu(): void
}

let handle: CanvasHandle | undefined

export const canvasHandle = (): CanvasHandle | undefined => handle

export function provideCanvas(given: CanvasHandle): () => void {
  handle = given
  return () => {
    if (handle === given) handle = undefined
  }
}

/** MIME type under which the palette carries a module's type. */
export const STEP_DRAG = 'application/x-logidata-step'
