import type { Viewport } from '@xyflow/react'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
interface Size {
  readonly width: number
  readonly height: number
}

/** Below this, names of nodes are hard to read. */
const READABLE = 0.8
/** A little smaller is better than a pipeline whose last nodes are cut off. */
const SMALLEST = 0.68
const PADDING = 40

/** How a pipeline is first seen: as a whole where it stays readable, else its start. */
export function firstView(nodes: readonly Box[], pane: Size): Viewport {
  const left = Math.min(...nodes.map(({ x }) => x))
  const right = Math.max(...nodes.map(({ x, width }) => x + width))
  const top = Math.min(...nodes.map(({ y }) => y))
  const bottom = Math.max(...nodes.map(({ y, height }) => y + height))
  const room = { width: pane.width - 2 * PADDING, height: pane.height - 2 * PADDING }
  const whole = Math.min(1, room.width / (right - left), room.height / (bottom - top))
  const zoom = whole >= SMALLEST ? whole : READABLE
  const isWide = (right - left) * zoom > room.width + 1
  const isHigh = (bottom - top) * zoom > room.height + 1
  // Where not even its height fits, sources stand in the middle.
  const sources = nodes.filter(({ x, width }) => x < left + width)
  const centre = isHigh
    ? sources.reduce((sum, { y, height }) => sum + y + height / 2, 0) / sources.length
    : (top + bottom) / 2
  return {
    x: isWide ? PADDING - left * zoom : pane.width / 2 - ((left + right) / 2) * zoom,
    y: pane.height / 2 - centre * zoom,
    zoom,
  }
}

/** Whether a remembered view still shows some of the pipeline. */
export function showsAny(nodes: readonly Box[], pane: Size, view: Viewport): boolean {
  return nodes.some(({ x, y, width, height }) => {
    const [left, top] = [x * view.zoom + view.x, y * view.zoom + view.y]
    return left < pane.width && top < pane.height && left + width * view.zoom > 0 && top + height * view.zoom > 0
  })
}
