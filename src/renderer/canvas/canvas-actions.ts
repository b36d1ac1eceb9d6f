import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import {
  formatReference,
  type PipelineDocument,
  type PipelineNode,
  type Position,
} from '../../shared/pipeline/document.ts'
import type { PipelineEdit } from '../../shared/pipeline/edits.ts'
import { t } from '../i18n/index.ts'
import { useModules } from '../store/modules.ts'
import { edit, usePipeline } from '../store/pipeline.ts'
import { select, useSelection } from '../store/selection.ts'
import { toast, toastError } from '../store/toasts.ts'
import { copyNodes, pasteNodes } from './clipboard.ts'
import { connectEdits, connectNewNode, freeInput, hasOutputs, newNodeEdits } from './connection-rules.ts'
import { autoLayout, freePlace, NODE_WIDTH, positionsOf } from './layout.ts'
import { rememberStep } from './palette-memory.ts'
import { defaultOutput, outputsOf, writtenPort } from './ports.ts'

const modules = () => useModules.getState().byType
const current = (): PipelineDocument | undefined => usePipeline.getState().document

/** Where nodes stand now, whether the file says so or not. */
export const currentPositions = (): Readonly<Record<string, Position>> => {
  const document = current()
  return document ? positionsOf(document, modules()) : {}
}

/** Carries out edits and shows why they cannot be, instead of throwing into an event handler. */
export function tryEdit(edits: readonly PipelineEdit[], group?: string): boolean {
  try {
    edit(edits, group === undefined ? {} : { group })
    return true
  } catch (thrown) {
    toastError(thrown)
    return false
  }
}

export interface OpenEnd {
  readonly nodeId: string
  readonly port: string
  readonly side: 'source' | 'target'
}

/**
 * Adds a step at a place, or beside the selected node. It is connected to `end` (a connection that was dropped on the
 * empty canvas), else to the selected node where their ports fit.
 */
export function addStep(info: ModuleInfo, at?: Position, end?: OpenEnd): void {
  const document = current()
  if (!document) return
  const positions = currentPositions()
  const selected = useSelection.getState().nodeIds.at(-1)
  const place = at ?? placeBeside(positions, selected)
  const { nodeId, edits } = newNodeEdits(document, info, place)
  if (end?.side === 'source') {
    const connect = connectNewNode(info, nodeId, end.nodeId, written(document, end.nodeId, end.port))
    if (connect) edits.push(connect)
  } else if (end?.side === 'target') {
    const node = { type: info.type, config: info.defaultConfig as PipelineNode['config'] }
    const [output] = outputsOf(info, node)
    const port = output && writtenPort(info, node, output.name)
    const from = formatReference(port === undefined ? { nodeId } : { nodeId, port })
    if (output) edits.push({ kind: 'connect', nodeId: end.nodeId, port: end.port, from })
  } else if (!at && selected !== undefined && hasOutputs(document, modules(), selected)) {
    const connect = connectNewNode(info, nodeId, selected, written(document, selected))
    if (connect) edits.push(connect)
  }
  if (!tryEdit(edits)) return
  rememberStep(info.type)
  select([nodeId])
}

/** The port of a node, the default one if none is named, as a reference to it is written. */
function written(document: PipelineDocument, nodeId: string, port?: string): string | undefined {
  const node = document.nodes[nodeId]
  const info = modules().get(node?.type ?? '')
  return writtenPort(info, node, port ?? defaultOutput(info, node))
}

function placeBeside(positions: Readonly<Record<string, Position>>, selected: string | undefined): Position {
  const beside = selected === undefined ? undefined : positions[selected]
  if (beside) return freePlace(positions, [beside[0] + NODE_WIDTH + 72, beside[1]])
  const all = Object.values(positions)
  if (all.length === 0) return [0, 0]
  const left = Math.min(...all.map(([x]) => x))
  return freePlace(positions, [left, Math.max(...all.map(([, y]) => y)) + 96])
}

/** Connects two nodes; without a target port, to the first free input. */
export function connect(source: string, sourcePort: string, target: string, targetPort: string | undefined): void {
  const document = current()
  if (!document) return
  const port = targetPort ?? freeInput(document, modules(), target)
  const edits = port && connectEdits(document, modules(), { source, sourcePort, target, targetPort: port })
  if (edits) tryEdit(edits)
}

export function removeNodes(nodeIds: readonly string[]): void {
  if (nodeIds.length === 0) return
  if (tryEdit(nodeIds.map((nodeId) => ({ kind: 'removeNode', nodeId })))) select([])
}

export function disconnectInputs(nodeIds: readonly string[]): void {
  const nodes = current()?.nodes ?? {}
  const edits = nodeIds.flatMap((nodeId) =>
    Object.keys(nodes[nodeId]?.inputs ?? {}).map((port): PipelineEdit => ({ kind: 'disconnect', nodeId, port })),
  )
  if (edits.length > 0) tryEdit(edits)
}

export function textOfNodes(nodeIds: readonly string[]): string | undefined {
  const document = current()
  return document && nodeIds.length > 0 ? copyNodes(document, currentPositions(), nodeIds) : undefined
}

/** Adds the nodes of a text and selects them. */
export function paste(text: string, { quiet = false } = {}): void {
  const document = current()
  const pasted = document && pasteNodes(document, text)
  if (!pasted) {
    if (!quiet) toast({ tone: 'warning', message: t('canvas.notPasteable') })
    return
  }
  if (!tryEdit(pasted.edits)) return
  select(pasted.nodeIds)
}

export function duplicate(nodeIds: readonly string[]): void {
  const text = textOfNodes(nodeIds)
  if (text !== undefined) paste(text)
}

export function tidy(): void {
  const document = current()
  if (document) tryEdit([{ kind: 'moveNodes', positions: autoLayout(document, modules()) }])
}

export function selectAll(): void {
  select(Object.keys(current()?.nodes ?? {}))
}

/** The clipboard by a menu; by keyboard the events of the page carry it without asking. */
export async function copyToClipboard(nodeIds: readonly string[]): Promise<void> {
  const text = textOfNodes(nodeIds)
  if (text !== undefined) await navigator.clipboard.writeText(text)
}

export async function pasteFromClipboard(): Promise<void> {
  try {
    paste(await navigator.clipboard.readText())
  } catch (thrown) {
    toastError(thrown)
  }
}
