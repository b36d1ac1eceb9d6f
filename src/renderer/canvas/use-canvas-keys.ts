import { type RefObject, useEffect } from 'react'
import { redo, undo } from '../store/pipeline.ts'
import { select, useSelection } from '../store/selection.ts'
import { openDialog } from '../store/ui.ts'
import { goBack, openStep } from '../sub-pipeline/ways.ts'
import * as actions from './canvas-actions.ts'
import { canvasHandle } from './canvas-state.ts'
import type { LinkEdge } from './flow-model.ts'
import { neighbour } from './layout.ts'

/** Whether keys belong to a field that is being typed in. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select') || target.closest('.monaco-editor') !== null)
  )
}

const arrows: Readonly<Record<string, 'left' | 'right' | 'up' | 'down'>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** Keys and the clipboard of the canvas. They act while it, or nothing, has the focus; undo acts outside of fields. */
export function useCanvasKeys(canvas: RefObject<HTMLElement | null>, edges: RefObject<readonly LinkEdge[]>): void {
  useEffect(() => {
    const isOurs = (target: EventTarget | null) =>
      target === document.body || (target instanceof Node && (canvas.current?.contains(target) ?? false))

    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target)) return
      const control = event.ctrlKey || event.metaKey
      const key = event.key.toLowerCase()
      if (control && key === 'z') event.shiftKey ? redo() : undo()
      else if (control && key === 'y') redo()
      else if (!isOurs(event.target) || !onCanvasKey(event, control, key)) return
      event.preventDefault()
    }

    const onCanvasKey = (event: KeyboardEvent, control: boolean, key: string): boolean => {
      const { nodeIds } = useSelection.getState()
      const last = nodeIds.at(-1)
      if (control && key === 'a') actions.selectAll()
      else if (control && key === 'd') actions.duplicate(nodeIds)
      else if (control) return false
      else if (event.altKey) return key === 'arrowup' && goBack()
      else if (key === 'enter') return last !== undefined && openStep(last)
      else if (key === 'delete' || key === 'backspace') removeSelected(nodeIds, edges.current)
      else if (key === 'f2' && last !== undefined) openDialog({ kind: 'renameNode', nodeId: last })
      else if (key === 'escape') select([])
      else if (key === 'f') canvasHandle()?.fit()
      else if (key === 'a') canvasHandle()?.quickAdd()
      else if (key === '?') openDialog({ kind: 'shortcuts' })
      else if (key === 'contextmenu' || (key === 'f10' && event.shiftKey)) canvasHandle()?.menu()
      else if (arrows[event.key]) onArrow(event, nodeIds)
      else return false
      return true
    }

    const onCopy = (event: ClipboardEvent) => {
      if (isTyping(event.target) || !isOurs(event.target) || document.getSelection()?.toString()) return
      const { nodeIds } = useSelection.getState()
      const text = actions.textOfNodes(nodeIds)
      if (text === undefined) return
      event.clipboardData?.setData('text/plain', text)
      event.preventDefault()
      if (event.type === 'cut') actions.removeNodes(nodeIds)
    }
    const onPaste = (event: ClipboardEvent) => {
      if (isTyping(event.target) || !isOurs(event.target)) return
      actions.paste(event.clipboardData?.getData('text/plain') ?? '')
      event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    window.addEventListener('copy', onCopy)
    window.addEventListener('cut', onCopy)
    window.addEventListener('paste', onPaste)
    return () => {
      window.removeEventListener('keydown', onKeyDown)
      window.removeEventListener('copy', onCopy)
      window.removeEventListener('cut', onCopy)
      window.removeEventListener('paste', onPaste)
    }
  }, [canvas, edges])
}

function removeSelected(nodeIds: readonly string[], edges: readonly LinkEdge[]): void {
  const chosen = edges.filter((edge) => edge.selected)
  if (nodeIds.length > 0) {
    actions.removeNodes(nodeIds)
    return
  }
  const edits = chosen.map(
    (edge) => ({ kind: 'disconnect', nodeId: edge.target, port: edge.targetHandle ?? 'in' }) as const,
  )
  if (edits.length > 0) actions.tryEdit(edits)
}

const STEP = 20

/** Arrows go from node to node; with Shift they move what is selected. */
function onArrow(event: KeyboardEvent, nodeIds: readonly string[]): void {
  const direction = arrows[event.key]
  const positions = actions.currentPositions()
  const last = nodeIds.at(-1)
  if (!direction) return
  if (last === undefined) {
    const first = Object.entries(positions).sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1])[0]?.[0]
    if (first !== undefined) canvasHandle()?.reveal(first)
    return
  }
  if (event.shiftKey) {
    const [dx, dy] = { left: [-STEP, 0], right: [STEP, 0], up: [0, -STEP], down: [0, STEP] }[direction] as [
      number,
      number,
    ]
    const moved = nodeIds.flatMap((nodeId) => {
      const at = positions[nodeId]
      return at ? [[nodeId, [at[0] + dx, at[1] + dy] as [number, number]] as const] : []
    })
    actions.tryEdit([{ kind: 'moveNodes', positions: Object.fromEntries(moved) }], `arrows ${nodeIds.join(' ')}`)
    return
  }
  const next = neighbour(positions, last, direction)
  if (next !== undefined) canvasHandle()?.reveal(next)
}
