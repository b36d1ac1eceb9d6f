import type { NodeState, RunEvent } from '../shared/engine/types.ts'
import type { ErrorInfo } from '../shared/errors.ts'
import { assertNever } from '../shared/result.ts'

interface NodeReport {
  state: NodeState
  rows: Record<string, string>
  milliseconds: number | undefined
  written: readonly string[]
  error: ErrorInfo | undefined
}

/** What a run's events come to. */
export class RunReport {
  state: 'running' | 'succeeded' | 'failed' | 'cancelled' = 'running'
  milliseconds = 0
  /** What checks came to. */
  readonly checks: Extract<RunEvent, { kind: 'check' }>[] = []
  /** Of a dry run. */
  readonly forecasts: Extract<RunEvent, { kind: 'forecast' }>[] = []
  readonly #nodes = new Map<string, NodeReport>()
  readonly #began = performance.now()
  #error: ErrorInfo | undefined
  #fraction = 0

  /** @returns a line that says so, if a node has ended */
  add(event: RunEvent): string | undefined {
    switch (event.kind) {
      case 'started':
        // The next attempt of a run that is taken up again: what the one before said is past.
        this.#nodes.clear()
        for (const nodeId of event.nodes) this.#node(nodeId)
        return undefined
      case 'node': {
        const node = this.#node(event.nodeId)
        const ended = node.state !== event.state && event.state !== 'waiting' && event.state !== 'running'
        node.state = event.state
        if (event.rows) node.rows = event.rows
        if (event.written) node.written = event.written
        if (event.error) node.error = event.error
        node.milliseconds = event.milliseconds ?? node.milliseconds
        return ended ? `${event.nodeId}: ${event.state}` : undefined
      }
      case 'progress':
        this.#fraction = event.fraction
        return undefined
      case 'check':
        this.checks.push(event)
        return undefined
      case 'stage':
      case 'log':
      case 'cursor':
        return undefined
      case 'forecast':
        this.forecasts.push(event)
        return undefined
      case 'finished':
        this.state = event.state
        this.milliseconds = event.milliseconds
        this.#error = event.error
        return undefined
      default:
        return assertNever(event)
    }
  }

  /** For a run whose own last event did not come. */
  end(state: 'failed' | 'cancelled', error: ErrorInfo | undefined): void {
    for (const node of this.#nodes.values())
      if (node.state === 'waiting' || node.state === 'running') node.state = 'cancelled'
    this.state = state
    this.milliseconds = performance.now() - this.#began
    this.#error = error
  }

  progressLine(): string {
    const running = [...this.#nodes].filter(([, node]) => node.state === 'running').map(([nodeId]) => nodeId)
    const done = [...this.#nodes.values()].filter(({ state }) => state === 'done').length
    return `${Math.round(this.#fraction * 100)} %  ${done}/${this.#nodes.size} nodes  ${running.join(', ')}`
  }

  /** Node, state, rows, time, files. */
  tableRows(): string[][] {
    return [...this.#nodes].map(([nodeId, node]) => [
      nodeId,
      node.state,
      formatRows(node.rows),
      node.milliseconds === undefined ? '' : `${Math.round(node.milliseconds)} ms`,
      node.written.join(', '),
    ])
  }

  /** Of the nodes, and that of the run where no node has it. */
  errors(): ErrorInfo[] {
    const ofNodes = [...this.#nodes].flatMap(([nodeId, { error }]) => (error ? [{ nodeId, ...error }] : []))
    const own = this.#error
    const repeated = own === undefined || ofNodes.some(({ message }) => message === own.message)
    return repeated ? ofNodes : [...ofNodes, own]
  }

  /** The documented shape of `run --json`. */
  forPrograms() {
    const nodes = [...this.#nodes].map(([nodeId, node]) => [
      nodeId,
      {
        state: node.state,
        rows: Object.fromEntries(Object.entries(node.rows).map(([port, digits]) => [port, Number(digits)])),
        milliseconds: node.milliseconds === undefined ? null : Math.round(node.milliseconds),
        written: node.written,
        error: node.error ?? null,
      },
    ])
    return {
      state: this.state,
      milliseconds: Math.round(this.milliseconds),
      error: this.#error ?? null,
      nodes: Object.fromEntries(nodes),
      checks: this.checks.map(({ kind: _kind, ...check }) => check),
    }
  }

  #node(nodeId: string): NodeReport {
    const known = this.#nodes.get(nodeId)
    if (known) return known
    const node: NodeReport = { state: 'waiting', rows: {}, milliseconds: undefined, written: [], error: undefined }
    this.#nodes.set(nodeId, node)
    return node
  }
}

/** One port: its number. Several: each with its name. */
function formatRows(rows: Readonly<Record<string, string>>): string {
  const ports = Object.entries(rows)
  if (ports.length === 1) return ports[0]?.[1] ?? ''
  return ports.map(([port, count]) => `${port} ${count}`).join(' · ')
}
