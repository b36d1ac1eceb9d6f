import { userError } from '../errors.ts'
import { assertNever } from '../result.ts'
import {
  formatReference,
  NODE_ID,
  type PipelineDocument,
  type PipelineNode,
  type Position,
  parseReference,
} from './document.ts'
import type { PipelineEdit } from './edits.ts'
import { normaliseNode } from './normalise.ts'
import { didYouMean } from './suggest.ts'

export interface AppliedEdit {
  readonly document: PipelineDocument
  /** Edits that, applied in this order, give back the document as it was, to the byte. */
  readonly inverse: PipelineEdit[]
}

type Edit<Kind extends PipelineEdit['kind']> = Extract<PipelineEdit, { kind: Kind }>

/**
 * Carries out one edit. Pure: the given document stays as it is, and the new one shares what did not change.
 * @throws LogiDataError `edit.unknown-node`, `edit.name-taken`, … if it cannot be done
 */
export function applyEdit(document: PipelineDocument, edit: PipelineEdit): AppliedEdit {
  switch (edit.kind) {
    case 'addNode':
      return addNode(document, edit)
    case 'removeNode':
      return removeNode(document, edit)
    case 'renameNode':
      return renameNode(document, edit)
    case 'setLabel': {
      const { label } = nodeOf(document, edit.nodeId)
      return setNode(document, edit.nodeId, { label: edit.label }, { ...edit, label })
    }
    case 'setNote': {
      const { note } = nodeOf(document, edit.nodeId)
      return setNode(document, edit.nodeId, { note: edit.note }, { ...edit, note })
    }
    case 'setConfig': {
      const { config } = nodeOf(document, edit.nodeId)
      return setNode(document, edit.nodeId, { config: edit.config }, { ...edit, config: config ?? {} })
    }
    case 'setChecks': {
      const { checks } = nodeOf(document, edit.nodeId)
      return setNode(document, edit.nodeId, { checks: edit.checks }, { ...edit, checks })
    }
    case 'setRun': {
      const { run } = nodeOf(document, edit.nodeId)
      return setNode(document, edit.nodeId, { run: edit.run }, { ...edit, run })
    }
    case 'connect':
      return connect(document, edit)
    case 'disconnect':
      return disconnect(document, edit)
    case 'moveNodes':
      return moveNodes(document, edit)
    case 'setName':
      return { document: { ...document, name: edit.name }, inverse: [{ kind: 'setName', name: document.name }] }
    case 'setDescription': {
      const { description, ...rest } = document
      return {
        document: edit.description ? { ...rest, description: edit.description } : rest,
        inverse: [{ kind: 'setDescription', ...(description === undefined ? {} : { description }) }],
      }
    }
    case 'setParameter':
      return setParameter(document, edit)
    default:
      return assertNever(edit)
  }
}

/** Carries out several edits as one: all of them or, if one throws, none. */
export function applyEdits(document: PipelineDocument, edits: readonly PipelineEdit[]): AppliedEdit {
  let current = document
  const inverse: PipelineEdit[][] = []
  for (const edit of edits) {
    const applied = applyEdit(current, edit)
    current = applied.document
    inverse.unshift(applied.inverse)
  }
  return { document: current, inverse: inverse.flat() }
}

function addNode(document: PipelineDocument, edit: Edit<'addNode'>): AppliedEdit {
  const { nodeId, node, position, before } = edit
  checkFree(document, nodeId)
  const nodes = insert(document.nodes, nodeId, normaliseNode(node), before)
  const added = { ...document, nodes }
  return {
    document: position ? withLayout(added, { ...document.layout, [nodeId]: position }) : added,
    // References to a node of this name that were broken until now are broken again, and not removed, after an undo.
    inverse: [{ kind: 'removeNode', nodeId }, ...reconnect(document, nodeId)],
  }
}

function removeNode(document: PipelineDocument, edit: Edit<'removeNode'>): AppliedEdit {
  const { nodeId } = edit
  const node = nodeOf(document, nodeId)
  const position = document.layout?.[nodeId]
  const rest = without(document.nodes, nodeId)
  const nodes = mapValues(rest, (other) => {
    const kept = Object.entries(other.inputs ?? {}).filter(([, text]) => parseReference(text).nodeId !== nodeId)
    return kept.length === Object.keys(other.inputs ?? {}).length ? other : withInputs(other, Object.fromEntries(kept))
  })
  const following = keyAfter(document.nodes, nodeId)
  return {
    document: withLayout({ ...document, nodes }, without(document.layout ?? {}, nodeId)),
    inverse: [
      {
        kind: 'addNode',
        nodeId,
        node,
        ...(position ? { position } : {}),
        ...(following === undefined ? {} : { before: following }),
      },
      ...reconnect(document, nodeId),
    ],
  }
}

/** Connects everything that reads from a node as it is in `document`; from the last input up, so that `before` exists. */
function reconnect(document: PipelineDocument, source: string): PipelineEdit[] {
  return Object.entries(document.nodes).flatMap(([nodeId, node]) => {
    if (nodeId === source) return []
    const inputs = node.inputs ?? {}
    const ports = Object.keys(inputs).filter((port) => parseReference(inputs[port] ?? '').nodeId === source)
    return ports
      .reverse()
      .map((port): PipelineEdit => restoreInput(nodeId, node, port, !Object.hasOwn(document.nodes, source)))
  })
}

function restoreInput(nodeId: string, node: PipelineNode, port: string, dangling: boolean): PipelineEdit {
  const before = keyAfter(node.inputs ?? {}, port)
  return {
    kind: 'connect',
    nodeId,
    port,
    from: node.inputs?.[port] ?? '',
    ...(before === undefined ? {} : { before }),
    ...(dangling ? { dangling } : {}),
  }
}

function renameNode(document: PipelineDocument, edit: Edit<'renameNode'>): AppliedEdit {
  const { nodeId, to } = edit
  nodeOf(document, nodeId)
  if (nodeId === to) return { document, inverse: [] }
  checkFree(document, to)
  const nodes = mapValues(rename(document.nodes, nodeId, to), (node) => {
    const reads = Object.values(node.inputs ?? {}).some((text) => parseReference(text).nodeId === nodeId)
    if (!reads || !node.inputs) return node
    const inputs = mapValues(node.inputs, (text) => {
      const reference = parseReference(text)
      return reference.nodeId === nodeId ? formatReference({ ...reference, nodeId: to }) : text
    })
    return { ...node, inputs }
  })
  const renamed = { ...document, nodes }
  const dangling = Object.entries(document.nodes).flatMap(([reader, node]) =>
    Object.entries(node.inputs ?? {})
      .filter(([, text]) => parseReference(text).nodeId === to)
      .map(([port]) => ({ ...restoreInput(reader, node, port, true) })),
  )
  return {
    document: document.layout ? { ...renamed, layout: rename(document.layout, nodeId, to) } : renamed,
    inverse: [{ kind: 'renameNode', nodeId: to, to: nodeId }, ...dangling],
  }
}

function setNode(
  document: PipelineDocument,
  nodeId: string,
  change: { [Key in keyof PipelineNode]?: PipelineNode[Key] | undefined },
  inverse: PipelineEdit | { [key: string]: unknown },
): AppliedEdit {
  const node = normaliseNode({ ...nodeOf(document, nodeId), ...change } as PipelineNode)
  const undo = Object.fromEntries(Object.entries(inverse).filter(([, value]) => value !== undefined)) as PipelineEdit
  return { document: { ...document, nodes: { ...document.nodes, [nodeId]: node } }, inverse: [undo] }
}

function connect(document: PipelineDocument, edit: Edit<'connect'>): AppliedEdit {
  const { nodeId, port, from, before, dangling } = edit
  const node = nodeOf(document, nodeId)
  if (!dangling) nodeOf(document, parseReference(from).nodeId)
  const old = node.inputs?.[port]
  const inputs = old === undefined ? insert(node.inputs ?? {}, port, from, before) : { ...node.inputs, [port]: from }
  return {
    document: { ...document, nodes: { ...document.nodes, [nodeId]: withInputs(node, inputs) } },
    inverse: [
      old === undefined
        ? { kind: 'disconnect', nodeId, port }
        : restoreInput(nodeId, node, port, !Object.hasOwn(document.nodes, parseReference(old).nodeId)),
    ],
  }
}

function disconnect(document: PipelineDocument, edit: Edit<'disconnect'>): AppliedEdit {
  const { nodeId, port } = edit
  const node = nodeOf(document, nodeId)
  const old = node.inputs?.[port]
  if (old === undefined || !node.inputs) {
    throw userError('edit.not-connected', `Input "${port}" of node "${nodeId}" is not connected.`, { nodeId })
  }
  const dangling = !Object.hasOwn(document.nodes, parseReference(old).nodeId)
  return {
    document: {
      ...document,
      nodes: { ...document.nodes, [nodeId]: withInputs(node, without(node.inputs, port)) },
    },
    inverse: [restoreInput(nodeId, node, port, dangling)],
  }
}

function moveNodes(document: PipelineDocument, edit: Edit<'moveNodes'>): AppliedEdit {
  let layout: Record<string, Position> = document.layout ?? {}
  const old: Record<string, Position | null> = {}
  for (const [nodeId, position] of Object.entries(edit.positions)) {
    nodeOf(document, nodeId)
    old[nodeId] = document.layout?.[nodeId] ?? null
    layout = position ? { ...layout, [nodeId]: position } : without(layout, nodeId)
  }
  return { document: withLayout(document, layout), inverse: [{ kind: 'moveNodes', positions: old }] }
}

function setParameter(document: PipelineDocument, edit: Edit<'setParameter'>): AppliedEdit {
  const { name, parameter, before } = edit
  const all = document.parameters ?? {}
  const old = all[name]
  if (!old && !parameter) {
    const hint = didYouMean(name, Object.keys(all))
    throw userError('edit.unknown-parameter', `There is no parameter "${name}".`, hint ? { hint } : {})
  }
  const { parameters: _, ...rest } = document
  const changed = !parameter
    ? without(all, name)
    : old
      ? { ...all, [name]: parameter }
      : insert(all, name, parameter, before)
  const following = keyAfter(all, name)
  return {
    document: Object.keys(changed).length > 0 ? { ...rest, parameters: changed } : rest,
    inverse: [
      old
        ? { kind: 'setParameter', name, parameter: old, ...(following === undefined ? {} : { before: following }) }
        : { kind: 'setParameter', name },
    ],
  }
}

function nodeOf(document: PipelineDocument, nodeId: string): PipelineNode {
  const node = Object.hasOwn(document.nodes, nodeId) ? document.nodes[nodeId] : undefined
  if (node) return node
  const hint = didYouMean(nodeId, Object.keys(document.nodes))
  throw userError('edit.unknown-node', `There is no node "${nodeId}".`, { nodeId, ...(hint ? { hint } : {}) })
}

function checkFree(document: PipelineDocument, nodeId: string): void {
  if (!NODE_ID.test(nodeId)) {
    const hint = 'Use lower-case letters, digits and _, starting with a letter.'
    throw userError('edit.invalid-name', `A node cannot be called "${nodeId}".`, { hint })
  }
  if (!Object.hasOwn(document.nodes, nodeId)) return
  throw userError('edit.name-taken', `There is a node "${nodeId}" already.`, { nodeId, hint: 'Choose another name.' })
}

const withInputs = (node: PipelineNode, inputs: Record<string, string>): PipelineNode =>
  normaliseNode({ ...node, inputs })

function withLayout(document: PipelineDocument, layout: Record<string, Position>): PipelineDocument {
  const { layout: _, ...rest } = document
  return Object.keys(layout).length > 0 ? { ...rest, layout } : rest
}

function insert<T>(record: Record<string, T>, key: string, value: T, before: string | undefined): Record<string, T> {
  if (before === undefined || !Object.hasOwn(record, before)) return { ...record, [key]: value }
  const entries = Object.entries(record).flatMap((entry) =>
    entry[0] === before ? [[key, value] as const, entry] : [entry],
  )
  return Object.fromEntries(entries)
}

function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}

function rename<T>(record: Record<string, T>, from: string, to: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]))
}

function mapValues<T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

function keyAfter(record: Record<string, unknown>, key: string): string | undefined {
  const keys = Object.keys(record)
  return keys[keys.indexOf(key) + 1]
}
