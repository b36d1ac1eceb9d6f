import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from '@xyflow/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useModules } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { select, useSelection } from '../store/selection.ts'
import { tryEdit } from './canvas-actions.ts'
import { useCanvas } from './canvas-state.ts'
import { pathEdges } from './connection-rules.ts'
import { flowEdges, flowNodes, type LinkEdge, type StepNode } from './flow-model.ts'
import { positionsOf, snap } from './layout.ts'

/**
 * The document as React Flow's nodes and edges. While a drag lasts only React Flow's own positions change; its end is
 * one edit. The selection lives in its store, and both sides follow it. `drawn` is the path of the pipeline that the nodes
 * are of: they follow a render after the one in front has changed.
 */
export function useFlow() {
  const [nodes, setNodes] = useState<StepNode[]>([])
  const [drawn, setDrawn] = useState<string>()
  const [edges, setEdges] = useState<LinkEdge[]>([])
  const dragging = useRef(false)
  const graph = usePipeline((state) => state.document?.nodes)
  const layout = usePipeline((state) => state.document?.layout)
  const path = usePipeline((state) => state.path)
  const modules = useModules((state) => state.byType)

  // `graph` and `layout` are what of the document is drawn; its name and description are not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    const { document } = usePipeline.getState()
    setDrawn(path)
    if (!document) {
      setNodes([])
      setEdges([])
      return
    }
    const positions = positionsOf(document, modules)
    setNodes((before) => flowNodes(document, modules, positions, useSelection.getState().nodeIds, before))
    setEdges((before) => flowEdges(document, modules, before))
  }, [graph, layout, modules, path])

  useEffect(() => {
    const follow = (nodeIds: readonly string[]) => {
      const chosen = new Set(nodeIds)
      setNodes((before) =>
        before.some((node) => Boolean(node.selected) !== chosen.has(node.id))
          ? before.map((node) =>
              Boolean(node.selected) === chosen.has(node.id) ? node : { ...node, selected: chosen.has(node.id) },
            )
          : before,
      )
    }
    return useSelection.subscribe((state) => state.nodeIds, follow)
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the path follows the graph and the selection alone.
  useEffect(() => {
    const draw = () => {
      const { document } = usePipeline.getState()
      const { nodeIds } = useSelection.getState()
      useCanvas.setState({ path: document && nodeIds.length > 0 ? pathEdges(document, nodeIds.slice(-1)) : new Set() })
    }
    draw()
    return useSelection.subscribe((state) => state.nodeIds, draw)
  }, [graph])

  const onNodesChange = useCallback((changes: NodeChange<StepNode>[]) => {
    const kept = changes.filter((change) => change.type === 'position' || change.type === 'select')
    if (kept.length === 0) return
    setNodes((before) => applyNodeChanges(kept, before))
    const picks = kept.filter((change) => change.type === 'select')
    if (picks.length > 0) {
      const off = new Set(picks.filter((pick) => !pick.selected).map((pick) => pick.id))
      const stay = useSelection.getState().nodeIds.filter((nodeId) => !off.has(nodeId))
      const on = picks.filter((pick) => pick.selected && !stay.includes(pick.id)).map((pick) => pick.id)
      select([...stay, ...on])
    }
  }, [])

  const onEdgesChange = useCallback((changes: EdgeChange<LinkEdge>[]) => {
    const kept = changes.filter((change) => change.type === 'select')
    if (kept.length > 0) setEdges((before) => applyEdgeChanges(kept, before))
  }, [])

  const onDragStop = useCallback((_event: unknown, node: StepNode, moved: readonly StepNode[]) => {
    dragging.current = false
    const { document } = usePipeline.getState()
    const before = document ? positionsOf(document, useModules.getState().byType) : {}
    const positions = moved.flatMap(({ id, position }) => {
      const at: [number, number] = [snap(position.x), snap(position.y)]
      return before[id]?.[0] === at[0] && before[id]?.[1] === at[1] ? [] : [[id, at] as const]
    })
    // A layout is whole or absent: the places of those that were not moved must not change when the file is read again.
    if (positions.length > 0) {
      tryEdit([
        { kind: 'moveNodes', positions: { ...without(before, document?.layout), ...Object.fromEntries(positions) } },
      ])
    }
    const chosen = useSelection.getState().nodeIds
    if (!chosen.includes(node.id)) select([node.id])
  }, [])

  return { nodes, edges, drawn, onNodesChange, onEdgesChange, onDragStop }
}

function without<T>(
  all: Readonly<Record<string, T>>,
  known: Readonly<Record<string, unknown>> = {},
): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !known[key]))
}
