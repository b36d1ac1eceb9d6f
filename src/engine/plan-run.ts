import type { Problem } from '../shared/engine/types.ts'
import { choosesByPlace, isBlocking, isStaged, isVolatile } from './compile-node.ts'
import { outerOf } from './inner-nodes.ts'
import { nodeProblem } from './problems.ts'
import { type PortRef, portKey, type ResolvedNode, type ResolvedPipeline } from './resolve-pipeline.ts'

interface StageBase {
  readonly nodes: readonly string[]
  /** Kept results that it reads, by the keys of their stages. */
  readonly needs: readonly string[]
}

/** A result that several later stages read: computed once, and kept. */
export interface KeepStage extends StageBase {
  readonly kind: 'keep'
  readonly ref: PortRef
}

export interface LoadStage extends StageBase {
  readonly kind: 'load'
  readonly nodeId: string
  /** By actual input port, in the order of the file; a query each. */
  readonly inputs: ReadonlyMap<string, PortRef>
}

/** One query of a run. */
export type Stage = KeepStage | LoadStage

export interface RunPlan {
  /** In an order in which every stage comes after what it needs. */
  readonly stages: readonly Stage[]
  /** Loads that cannot run, and why. */
  readonly refused: ReadonlyMap<string, Problem>
  /** All nodes that take part, in the order of the pipeline. */
  readonly nodes: readonly string[]
  /** Kept results that somebody asked for, by the keys of their stages. */
  readonly targets: readonly string[]
  /** Where somebody asked for a run from certain nodes on: these and all below them. */
  readonly below: ReadonlySet<string>
}

/** The name of a stage among the `needs` of others. */
export const stageKey = (stage: Stage): string => (stage.kind === 'keep' ? portKey(stage.ref) : stage.nodeId)

/** What a stage computes. */
export const stageTargets = (stage: Stage): readonly PortRef[] =>
  stage.kind === 'keep' ? [stage.ref] : [...stage.inputs.values()]

export interface PlanRequest {
  /** Loads; a node that is no load stands for the loads below it. Absent: all. */
  readonly only?: readonly string[] | undefined
  /** These nodes and the loads below them; what they read is kept, so that the next time it is there. */
  readonly from?: readonly string[] | undefined
  /** Up to these nodes: what they give is kept, and no load but themselves is run. */
  readonly to?: readonly string[] | undefined
}

/**
 * Cuts a pipeline into queries: one per load, and one per result behind a blocking node that several loads read.
 */
export function planRun(pipeline: ResolvedPipeline, { only, from, to }: PlanRequest = {}): RunPlan {
  const below = from ? nodesBelow(pipeline, from) : new Set<string>()
  const loads = chooseLoads(pipeline, only).filter(
    (node) => (!from || below.has(node.id)) && (!to || isNamed(node.id, to)),
  )
  const refused = sameTargets(loads)
  const running: ResolvedNode[] = []
  for (const node of loads) {
    if (refused.has(node.id)) continue
    if (node.inputs.size > 0) running.push(node)
    else
      refused.set(
        node.id,
        nodeProblem(node.id, 'input.missing', `“${node.id}” has nothing to write: its input is not connected.`),
      )
  }

  const wanted = to ? portsOf(pipeline, to) : []
  const kept = keptPorts(pipeline, running, wanted, from ? portsBefore(pipeline, below) : [])
  const stages: Stage[] = []
  for (const ref of kept.values()) stages.push({ kind: 'keep', ref, ...reach(pipeline, [ref], kept, true) })
  for (const { id: nodeId, inputs } of running) {
    const { nodes, needs } = reach(pipeline, [...inputs.values()], kept, false)
    stages.push({ kind: 'load', nodeId, inputs, nodes: [...nodes, nodeId], needs })
  }
  const taking = new Set(stages.flatMap((stage) => stage.nodes))
  return {
    stages,
    refused,
    nodes: [...pipeline.nodes.keys()].filter((id) => taking.has(id) || refused.has(id)),
    targets: wanted.map(portKey),
    below,
  }
}

function chooseLoads(pipeline: ResolvedPipeline, only: readonly string[] | undefined): ResolvedNode[] {
  const all = [...pipeline.nodes.values()].filter((node) => node.module?.kind === 'load')
  if (!only) return all
  const wanted = new Set(only)
  const named = all.filter((node) => wanted.has(node.id) || wanted.has(outerOf(node.id)))
  if (named.length > 0) return named
  return all.filter((node) => [...nodesAbove(pipeline, node.id)].some((id) => wanted.has(id)))
}

const isNamed = (id: string, names: readonly string[]): boolean => names.includes(id) || names.includes(outerOf(id))

function nodesBelow(pipeline: ResolvedPipeline, from: readonly string[]): Set<string> {
  const below = new Set<string>()
  // A node comes after what it reads.
  for (const node of pipeline.nodes.values())
    if (isNamed(node.id, from) || [...node.inputs.values()].some((input) => below.has(input.nodeId))) below.add(node.id)
  return below
}

/** What the named nodes give; of a step that stands for a pipeline, what the step itself gives. */
function portsOf(pipeline: ResolvedPipeline, names: readonly string[]): PortRef[] {
  const nodes = [...pipeline.nodes.values()].filter((node) => names.includes(node.id) && node.module?.kind !== 'load')
  return nodes.flatMap((node) => node.outputs.map((port) => ({ nodeId: node.id, port })))
}

/** What certain nodes read of others. A source is read again: that costs no more than reading a copy of it. */
function portsBefore(pipeline: ResolvedPipeline, below: ReadonlySet<string>): PortRef[] {
  const read = [...below].flatMap((id) => [...(pipeline.nodes.get(id)?.inputs.values() ?? [])])
  return read.filter(({ nodeId }) => !below.has(nodeId) && (pipeline.nodes.get(nodeId)?.inputs.size ?? 0) > 0)
}

function nodesAbove(pipeline: ResolvedPipeline, id: string, seen = new Set<string>()): Set<string> {
  if (seen.has(id)) return seen
  seen.add(id)
  for (const from of pipeline.nodes.get(id)?.inputs.values() ?? []) nodesAbove(pipeline, from.nodeId, seen)
  return seen
}

/** Two loads of one file would each undo the other's work. */
function sameTargets(loads: readonly ResolvedNode[]): Map<string, Problem> {
  const byPath = new Map<string, ResolvedNode[]>()
  for (const node of loads) {
    if (node.module?.kind !== 'load' || node.config === undefined) continue
    const path = plainPath(node.module.target(node.config as never).path)
    byPath.set(path, [...(byPath.get(path) ?? []), node])
  }
  const refused = new Map<string, Problem>()
  for (const [path, nodes] of byPath) {
    if (nodes.length < 2) continue
    for (const node of nodes) {
      const others = nodes.filter((other) => other !== node).map((other) => `“${other.id}”`)
      const message = `“${node.id}” and ${others.join(', ')} write to the same target, ${path}.`
      refused.set(
        node.id,
        nodeProblem(node.id, 'load.same-target', message, { field: ['path'], hint: 'Give each its own.' }),
      )
    }
  }
  return refused
}

/** `./out//a.csv` and `out/a.csv` are one file. */
function plainPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split(/[\\/]+/)) {
    if (part === '.' || part === '') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

/** Problems of the loads that write where another one does, by node. */
export function targetProblems(pipeline: ResolvedPipeline): ReadonlyMap<string, Problem> {
  return sameTargets(chooseLoads(pipeline, undefined))
}

function keptPorts(
  pipeline: ResolvedPipeline,
  loads: readonly ResolvedNode[],
  wanted: readonly PortRef[],
  before: readonly PortRef[],
): Map<string, PortRef> {
  const forced = new Set([...wanted, ...before].map(portKey))
  // Port -> the inputs of loads that it leads to, and how many ports or such inputs read it.
  const loadsOf = new Map<string, Set<string>>()
  const readers = new Map<string, Set<string>>()
  const refs = new Map<string, PortRef>()
  const walk = (ref: PortRef, reader: string, load: string): void => {
    const key = portKey(ref)
    refs.set(key, ref)
    readers.set(key, (readers.get(key) ?? new Set()).add(reader))
    const reached = loadsOf.get(key) ?? new Set<string>()
    loadsOf.set(key, reached)
    if (reached.has(load)) return
    reached.add(load)
    for (const from of pipeline.nodes.get(ref.nodeId)?.inputs.values() ?? []) walk(from, key, load)
  }
  for (const { id, inputs } of loads)
    for (const [port, from] of inputs) walk(from, portKey({ nodeId: id, port }), portKey({ nodeId: id, port }))

  for (const ref of wanted) walk(ref, `to ${portKey(ref)}`, `to ${portKey(ref)}`)

  const kept = new Map<string, PortRef>()
  const heavy = new Map<string, boolean>()
  for (const node of pipeline.nodes.values()) {
    const above = [...node.inputs.values()].some(
      (from) => heavy.get(portKey(from)) === true && !kept.has(portKey(from)),
    )
    for (const port of node.outputs) {
      const key = portKey({ nodeId: node.id, port })
      const ref = refs.get(key)
      if (!ref) continue
      heavy.set(key, above || (isBlocking(node) && node.inputs.size > 0) || isVolatile(node) || choosesByPlace(node))
      const shared = (readers.get(key)?.size ?? 0) > 1 && (loadsOf.get(key)?.size ?? 0) > 1
      // What code computes, or a source gives, is a stage of its own, however many read it.
      // A check would compute it once more.
      const checked = node.checks?.some((check) => (check.port ?? node.outputs[0]) === port)
      if (isStaged(node) || forced.has(key) || ((shared || checked) && heavy.get(key))) kept.set(key, ref)
    }
  }
  return kept
}

/** Nodes that the queries of `targets` compute, and kept results that they read. */
function reach(
  pipeline: ResolvedPipeline,
  targets: readonly PortRef[],
  kept: ReadonlyMap<string, PortRef>,
  isKept: boolean,
) {
  const nodes = new Set<string>()
  const needs = new Set<string>()
  const walk = (ref: PortRef, first: boolean): void => {
    if (!first && kept.has(portKey(ref))) {
      needs.add(portKey(ref))
      return
    }
    nodes.add(ref.nodeId)
    for (const from of pipeline.nodes.get(ref.nodeId)?.inputs.values() ?? []) walk(from, false)
  }
  for (const target of targets) walk(target, isKept)
  return { nodes: [...nodes].reverse(), needs: [...needs] }
}

/** Which query each node belongs to, and how many a run would issue. */
export function numberQueries(pipeline: ResolvedPipeline): {
  readonly ofNode: ReadonlyMap<string, number>
  readonly queries: number
} {
  const plan = planRun(pipeline)
  const ofNode = new Map<string, number>()
  plan.stages.forEach((stage, index) => {
    for (const id of stage.nodes) if (!ofNode.has(id)) ofNode.set(id, index + 1)
  })
  // What no load needs yet is fused with its neighbours when somebody looks at it.
  let next = plan.stages.length
  for (const node of pipeline.nodes.values()) {
    if (ofNode.has(node.id)) continue
    const above = [...node.inputs.values()]
      .map((from) => ofNode.get(from.nodeId))
      .find((number) => number !== undefined)
    ofNode.set(node.id, above ?? ++next)
  }
  return { ofNode, queries: plan.stages.length }
}
