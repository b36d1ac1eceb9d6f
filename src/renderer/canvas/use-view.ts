import { useReactFlow, type Viewport } from '@xyflow/react'
import { type RefObject, useCallback, useEffect, useRef } from 'react'
import { useProject } from '../store/project.ts'
import { layoutValue, rememberLayout } from '../store/settings.ts'
import { firstView, showsAny } from './first-view.ts'
import type { LinkEdge, StepNode } from './flow-model.ts'

type Views = Readonly<Record<string, Viewport>>

const MOST_REMEMBERED = 50
const isViews = (value: unknown): value is Views =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every(({ x, y, zoom }: Viewport) => [x, y, zoom].every(Number.isFinite) && zoom > 0)

const keyOf = (path: string) => `${useProject.getState().project?.root ?? ''}/${path}`
const views = () => layoutValue<Views>('views', {}, isViews)

function remember(path: string, view: Viewport): void {
  const { [keyOf(path)]: _, ...others } = views()
  const kept = Object.entries(others).slice(1 - MOST_REMEMBERED)
  rememberLayout('views', { ...Object.fromEntries(kept), [keyOf(path)]: view })
}

/** Shows each pipeline as it was last seen, a new one from its start. Gives back what remembers the view. */
export function useView(box: RefObject<HTMLElement | null>, path: string | undefined, nodes: readonly StepNode[]) {
  const flow = useReactFlow<StepNode, LinkEdge>()
  const shown = useRef<string | undefined>(undefined)
  useEffect(() => {
    const pane = box.current?.getBoundingClientRect()
    if (path === undefined || path === shown.current || nodes.length === 0 || !pane) return
    shown.current = path
    const boxes = nodes.map(({ position, width = 0, height = 0 }) => ({ ...position, width, height }))
    const last = views()[keyOf(path)]
    void flow.setViewport(last && showsAny(boxes, pane, last) ? last : firstView(boxes, pane))
  }, [box, path, nodes, flow])

  return useCallback((_event: unknown, view: Viewport) => {
    if (shown.current !== undefined) remember(shown.current, view)
  }, [])
}
