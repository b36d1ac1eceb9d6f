import { Button, ButtonGroup } from '@blueprintjs/core'
import {
  Background,
  type Connection,
  ConnectionLineType,
  type FinalConnectionState,
  MiniMap,
  type OnConnectStartParams,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
  type Viewport,
} from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import {
  type DragEvent,
  type MouseEvent as ReactMouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { t } from '../i18n/index.ts'
import { moduleOf, useModules } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { select, useSelection } from '../store/selection.ts'
import { openDialog } from '../store/ui.ts'
import { WayBack } from '../sub-pipeline/way-back.tsx'
import { openStep } from '../sub-pipeline/ways.ts'
import * as actions from './canvas-actions.ts'
import { CanvasMenu, type CanvasMenuAt } from './canvas-menu.tsx'
import { provideCanvas, STEP_DRAG, useCanvas } from './canvas-state.ts'
import { connectEdits, reachable } from './connection-rules.ts'
import { FarEdges } from './far-edges.tsx'
import type { LinkEdge, StepNode } from './flow-model.ts'
import { GRID, NODE_HEIGHT, NODE_WIDTH, snap } from './layout.ts'
import { LinkEdgeView } from './link-edge.tsx'
import { QuickAdd, type QuickAddAt } from './quick-add.tsx'
import { StepNodeView } from './step-node.tsx'
import { useCanvasKeys } from './use-canvas-keys.ts'
import { useFlow } from './use-flow.ts'
import { useView } from './use-view.ts'
import './canvas.css'
import './far.css'

const nodeTypes = { step: StepNodeView }
const edgeTypes = { link: LinkEdgeView }
const FIT = { padding: 0.08, maxZoom: 1, minZoom: 0.1 }
const FAR = 0.36
const noEdges: LinkEdge[] = []
const SNAP: [number, number] = [GRID, GRID]
const SEVERAL = ['Control', 'Meta', 'Shift']
const PRO = { hideAttribution: true }
/** A map of more nodes than this costs frames, and from afar the canvas is its own map. */
const MAPPED = 200
const still = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches

/** The pipeline in front, drawn. Needs a `ReactFlowProvider` above it. */
export function Canvas() {
  const { nodes, edges, drawn, onNodesChange, onEdgesChange, onDragStop } = useFlow()
  const flow = useReactFlow<StepNode, LinkEdge>()
  const box = useRef<HTMLDivElement>(null)
  const edgesNow = useRef<readonly LinkEdge[]>(edges)
  edgesNow.current = edges
  const path = usePipeline((state) => state.path)
  const [quickAdd, setQuickAdd] = useState<QuickAddAt>()
  const [menu, setMenu] = useState<CanvasMenuAt>()
  useCanvasKeys(box, edgesNow)
  const rememberView = useView(box, drawn === path ? path : undefined, nodes)

  const fit = useCallback(() => void flow.fitView({ ...FIT, duration: still() ? 0 : 120 }), [flow])
  const placeAt = useCallback(
    (clientX: number, clientY: number, end?: QuickAddAt['end']): QuickAddAt | undefined => {
      const bounds = box.current?.getBoundingClientRect()
      if (!bounds) return undefined
      const at = flow.screenToFlowPosition({ x: clientX, y: clientY })
      const shift = end?.side === 'target' ? NODE_WIDTH : end ? 0 : NODE_WIDTH / 2
      return {
        x: clientX - bounds.left,
        y: clientY - bounds.top,
        position: [snap(at.x - shift), snap(at.y - NODE_HEIGHT / 2)],
        end,
      }
    },
    [flow],
  )

  useEffect(
    () =>
      provideCanvas({
        fit,
        tidy() {
          actions.tidy()
          requestAnimationFrame(() => requestAnimationFrame(fit))
        },
        reveal(nodeId, field) {
          select([nodeId], field)
          const [x, y] = actions.currentPositions()[nodeId] ?? []
          const bounds = box.current?.getBoundingClientRect()
          if (x === undefined || y === undefined || !bounds) return
          const on = flow.flowToScreenPosition({ x: x + NODE_WIDTH / 2, y: y + NODE_HEIGHT / 2 })
          const inside =
            on.x > bounds.left + 100 && on.x < bounds.right - 100 && on.y > bounds.top + 50 && on.y < bounds.bottom - 60
          if (inside) return
          const zoom = Math.max(flow.getZoom(), 0.6)
          void flow.setCenter(x + NODE_WIDTH / 2, y + NODE_HEIGHT / 2, { zoom, duration: still() ? 0 : 120 })
        },
        add(type) {
          const info = moduleOf(type)
          if (!info) return
          actions.addStep(info)
          const [added] = useSelection.getState().nodeIds
          if (added !== undefined) requestAnimationFrame(() => this.reveal(added))
        },
        focus() {
          box.current?.focus()
        },
        menu() {
          const { nodeIds } = useSelection.getState()
          const [x, y] = actions.currentPositions()[nodeIds.at(-1) ?? ''] ?? []
          const bounds = box.current?.getBoundingClientRect()
          if (!bounds) return
          const at =
            x === undefined || y === undefined
              ? { x: bounds.left + bounds.width / 2, y: bounds.top + bounds.height / 3 }
              : flow.flowToScreenPosition({ x: x + NODE_WIDTH / 2, y: y + NODE_HEIGHT })
          setMenu({ left: at.x, top: at.y, what: nodeIds.length > 0 ? { kind: 'nodes', nodeIds } : { kind: 'canvas' } })
        },
        quickAdd() {
          const selected = useSelection.getState().nodeIds.at(-1)
          const [x, y] = (selected && actions.currentPositions()[selected]) || []
          if (x === undefined || y === undefined) return setQuickAdd(centre(box.current, placeAt))
          const beside = flow.flowToScreenPosition({ x: x + NODE_WIDTH + 24, y })
          const at = placeAt(beside.x, beside.y)
          // Without a place it goes where a step added from the palette goes: after the selected one, connected.
          setQuickAdd(at && { ...at, position: undefined })
        },
      }),
    [fit, flow, placeAt],
  )

  const onConnectStart = useCallback((_event: unknown, { nodeId, handleType }: OnConnectStartParams) => {
    const { document } = usePipeline.getState()
    if (!document || !nodeId || !handleType) return
    const blocked = reachable(document, nodeId, handleType === 'source' ? 'up' : 'down')
    const modules = useModules.getState().byType
    for (const [id, node] of Object.entries(document.nodes)) {
      const info = modules.get(node.type)
      if (info && (handleType === 'source' ? info.inputs : info.outputs).length === 0) blocked.add(id)
    }
    useCanvas.setState({ connecting: { from: handleType, blocked } })
  }, [])
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      useCanvas.setState({ connecting: undefined })
      const { fromHandle, toHandle, toNode } = state
      if (!fromHandle?.id || toHandle) return
      const end = { nodeId: fromHandle.nodeId, port: fromHandle.id, side: fromHandle.type }
      const point = 'changedTouches' in event ? event.changedTouches[0] : event
      const over =
        (event.target as Element | null)?.closest?.('.react-flow__node')?.getAttribute('data-id') ?? toNode?.id
      if (over && end.side === 'source') return actions.connect(end.nodeId, end.port, over, undefined)
      if (point && !over) setQuickAdd(placeAt(point.clientX, point.clientY, end))
    },
    [placeAt],
  )
  const onConnect = useCallback(({ source, sourceHandle, target, targetHandle }: Connection) => {
    if (sourceHandle) actions.connect(source, sourceHandle, target, targetHandle ?? undefined)
  }, [])
  const isValidConnection = useCallback((link: Connection | LinkEdge) => {
    const { document } = usePipeline.getState()
    if (!document || !link.sourceHandle || !link.targetHandle) return false
    const { source, sourceHandle: sourcePort, target, targetHandle: targetPort } = link
    return (
      connectEdits(document, useModules.getState().byType, { source, sourcePort, target, targetPort }) !== undefined
    )
  }, [])

  const onDrop = useCallback(
    (event: DragEvent) => {
      const info = moduleOf(event.dataTransfer.getData(STEP_DRAG))
      if (!info) return
      event.preventDefault()
      actions.addStep(info, placeAt(event.clientX, event.clientY)?.position)
      box.current?.focus()
    },
    [placeAt],
  )
  // The same functions in every render: a new one would be handed down to each of a thousand nodes, in every frame of a drag.
  const pointing = useMemo(() => {
    const openMenu = (event: ReactMouseEvent | MouseEvent, what: CanvasMenuAt['what']) => {
      event.preventDefault()
      setMenu({ left: event.clientX, top: event.clientY, what })
    }
    const focus = () => box.current?.focus()
    return {
      onNodeDoubleClick: (_event: unknown, node: StepNode) => {
        if (!openStep(node.id)) openDialog({ kind: 'renameNode', nodeId: node.id })
      },
      onNodeContextMenu: (event: ReactMouseEvent, node: StepNode) => {
        const chosen = useSelection.getState().nodeIds
        const nodeIds = chosen.includes(node.id) ? chosen : [node.id]
        select(nodeIds)
        openMenu(event, { kind: 'nodes', nodeIds })
      },
      onSelectionContextMenu: (event: ReactMouseEvent, chosen: readonly StepNode[]) =>
        openMenu(event, { kind: 'nodes', nodeIds: chosen.map((node) => node.id) }),
      onEdgeContextMenu: (event: ReactMouseEvent, edge: LinkEdge) =>
        openMenu(event, { kind: 'edge', target: edge.target, port: edge.targetHandle ?? 'in' }),
      onPaneContextMenu: (event: ReactMouseEvent | MouseEvent) => openMenu(event, { kind: 'canvas' }),
      onPaneClick: focus,
      onNodeClick: focus,
    }
  }, [])
  // While it is shifted, the drawing is a picture; scaled, it would have to be painted at its full size each time.
  const zoomAtStart = useRef(0)
  const onMoveStart = useCallback((_event: unknown, view: Viewport) => {
    zoomAtStart.current = view.zoom
  }, [])
  const onMove = useCallback((_event: unknown, view: Viewport) => {
    box.current?.classList.toggle('is-moving', view.zoom === zoomAtStart.current)
  }, [])
  const onMoveEnd = useCallback(
    (event: unknown, view: Viewport) => {
      box.current?.classList.remove('is-moving')
      rememberView(event, view)
    },
    [rememberView],
  )
  const isFar = useStore((state) => state.transform[2] < FAR)
  useEffect(() => useCanvas.setState({ far: isFar }), [isFar])
  return (
    <section
      className={`canvas${isFar ? ' is-far' : ''}`}
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys are those of the steps in it.
      tabIndex={0}
      aria-label={t('canvas.label')}
      aria-keyshortcuts="A F Enter Delete F2 Shift+F10 ?"
      onDragOver={(event) => event.dataTransfer.types.includes(STEP_DRAG) && event.preventDefault()}
      onDrop={onDrop}
    >
      <ReactFlow
        nodes={nodes}
        edges={isFar ? noEdges : edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={onDragStop}
        onConnect={onConnect}
        onConnectStart={onConnectStart}
        onConnectEnd={onConnectEnd}
        isValidConnection={isValidConnection}
        {...pointing}
        // From afar nearly all is visible: finding out what is would cost more than it saves.
        onlyRenderVisibleElements={!isFar}
        elevateNodesOnSelect={!isFar}
        onMoveStart={onMoveStart}
        onMove={onMove}
        onMoveEnd={onMoveEnd}
        snapToGrid
        snapGrid={SNAP}
        minZoom={0.08}
        maxZoom={2}
        panOnScroll
        zoomOnDoubleClick={false}
        selectionMode={SelectionMode.Partial}
        connectionLineType={ConnectionLineType.Bezier}
        connectionRadius={24}
        nodeDragThreshold={2}
        // What is dragged is selected as it is let go: the panes that then follow would hold up the first frames.
        selectNodesOnDrag={false}
        deleteKeyCode={null}
        multiSelectionKeyCode={SEVERAL}
        disableKeyboardA11y
        nodesFocusable={false}
        edgesFocusable={false}
        proOptions={PRO}
      >
        {isFar && <FarEdges nodes={nodes} edges={edges} />}
        {!isFar && <Background gap={20} size={2} color="var(--canvas-dot)" />}
        {nodes.length > 1 && (!isFar || nodes.length <= MAPPED) && (
          <MiniMap
            pannable
            zoomable
            position="bottom-right"
            style={{ width: 128, height: 64 }}
            nodeColor="var(--idle)"
            nodeBorderRadius={8}
            ariaLabel={null}
          />
        )}
      </ReactFlow>
      <WayBack />
      <Tools />
      <Zoom onFit={fit} />
      {path !== undefined && nodes.length === 0 && <Empty onAdd={() => setQuickAdd(centre(box.current, placeAt))} />}
      {quickAdd && box.current && (
        <QuickAdd at={quickAdd} bounds={box.current.getBoundingClientRect()} onClose={() => setQuickAdd(undefined)} />
      )}
      <CanvasMenu
        at={menu}
        onClose={() => setMenu(undefined)}
        onFit={fit}
        onAdd={() => menu && setQuickAdd(placeAt(menu.left, menu.top))}
      />
    </section>
  )
}

function centre(box: HTMLElement | null, placeAt: (x: number, y: number) => QuickAddAt | undefined) {
  const bounds = box?.getBoundingClientRect()
  return bounds && placeAt(bounds.left + bounds.width / 2 - 120, bounds.top + bounds.height / 2 - 140)
}

function Tools() {
  const parameters = usePipeline((state) => Object.keys(state.document?.parameters ?? {}).length)
  return (
    <div className="canvas-tools">
      <Button text={t('canvas.tidy')} onClick={actions.tidy} />
      <Button onClick={() => openDialog({ kind: 'parameters' })}>
        {t('canvas.parameters')}
        {parameters > 0 && <span className="canvas-count">{parameters}</span>}
      </Button>
    </div>
  )
}

function Zoom({ onFit }: { readonly onFit: () => void }) {
  const flow = useReactFlow()
  const zoom = useStore((state) => Math.round(state.transform[2] * 100))
  return (
    <ButtonGroup className="canvas-zoom">
      <Button
        icon={<Minus size={14} />}
        aria-label={t('canvas.zoomOut')}
        title={t('canvas.zoomOut')}
        onClick={() => void flow.zoomOut()}
      />
      <Button className="zoom-level" title={t('canvas.zoomReset')} onClick={() => void flow.zoomTo(1)}>
        {zoom}%
      </Button>
      <Button
        icon={<Plus size={14} />}
        aria-label={t('canvas.zoomIn')}
        title={t('canvas.zoomIn')}
        onClick={() => void flow.zoomIn()}
      />
      <Button icon={<Maximize size={13} />} text={t('canvas.fit')} onClick={onFit} />
    </ButtonGroup>
  )
}

function Empty({ onAdd }: { readonly onAdd: () => void }) {
  return (
    <div className="canvas-empty">
      <h2>{t('canvas.empty')}</h2>
      <p>{t('canvas.emptyHint')}</p>
      <Button intent="primary" icon={<Plus size={15} />} text={t('canvas.addFirst')} onClick={onAdd} />
    </div>
  )
}
