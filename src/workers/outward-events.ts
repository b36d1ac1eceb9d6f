import { isInner, outerOf, outward } from '../engine/inner-nodes.ts'
import type { NodeState, RunEvent } from '../shared/engine/types.ts'
import { assertNever } from '../shared/result.ts'

type Emit = (event: RunEvent) => void
type NodeEvent = Extract<RunEvent, { kind: 'node' }>

/**
 * The events of a run as the document's own nodes see them. A step that stands for a pipeline has the state of all its inner
 * nodes together; its rows are those of its own ports, and what it wrote is what its inner loads wrote.
 */
export function outwardEvents(emit: Emit): Emit {
  const members = new Map<string, Map<string, NodeEvent | undefined>>()
  const shown = new Map<string, string>()
  const show = (event: NodeEvent): void => {
    const text = JSON.stringify(event)
    if (shown.get(event.nodeId) === text) return
    shown.set(event.nodeId, text)
    emit(event)
  }
  return (event) => {
    switch (event.kind) {
      case 'started': {
        for (const id of event.nodes) {
          if (!isInner(id)) continue
          const outer = outerOf(id)
          members.set(outer, (members.get(outer) ?? new Map([[outer, undefined]])).set(id, undefined))
        }
        // A step of loads alone takes part by its inner nodes only.
        for (const [outer, group] of members) if (!event.nodes.includes(outer)) group.delete(outer)
        const outside = (nodes: readonly string[]): string[] => [...new Set(nodes.map(outerOf))]
        const stages = event.stages?.map((stage) => ({ ...stage, nodes: outside(stage.nodes) }))
        emit({ ...event, nodes: outside(event.nodes), ...(stages ? { stages } : {}) })
        return
      }
      case 'node': {
        const outer = outerOf(event.nodeId)
        const group = members.get(outer)
        if (!group) {
          emit(event)
          return
        }
        group.set(event.nodeId, event)
        show(together(outer, group))
        return
      }
      case 'progress':
      case 'log':
        emit(event.nodeId === undefined ? event : { ...event, nodeId: outerOf(event.nodeId) })
        return
      case 'cursor':
        emit(event)
        return
      case 'forecast':
      case 'check':
        emit({ ...event, nodeId: outerOf(event.nodeId) })
        return
      case 'stage':
      case 'finished':
        emit(event.error ? { ...event, error: outward(event.error) } : event)
        return
      default:
        assertNever(event)
    }
  }
}

function together(outer: string, group: ReadonlyMap<string, NodeEvent | undefined>): NodeEvent {
  const events = [...group.values()]
  const states = events.map((event) => event?.state ?? 'waiting')
  const own = group.get(outer)
  const failed = events.find((event) => event?.state === 'failed')
  const written = events.flatMap((event) => event?.written ?? [])
  const times = events.flatMap((event) => event?.milliseconds ?? [])
  const done = stateOf(states)
  return {
    kind: 'node',
    nodeId: outer,
    state: done,
    ...(own?.rows ? { rows: own.rows } : {}),
    ...(own?.metrics ? { metrics: own.metrics } : {}),
    ...(own?.balance ? { balance: own.balance } : {}),
    ...(own?.rejects ? { rejects: own.rejects } : {}),
    ...(done !== 'running' && times.length > 0 ? { milliseconds: Math.max(...times) } : {}),
    ...(written.length > 0 ? { written } : {}),
    ...(failed?.error ? { error: outward(failed.error) } : {}),
  }
}

function stateOf(states: readonly NodeState[]): NodeState {
  for (const state of ['failed', 'cancelled'] as const) if (states.includes(state)) return state
  if (states.every((state) => state === 'done')) return 'done'
  if (states.every((state) => state === 'waiting')) return 'waiting'
  const open = states.some((state) => state === 'waiting' || state === 'running')
  return open ? 'running' : 'skipped'
}
