import type { Compared, ComparisonFlag, RunComparison, RunFigures } from '../../shared/runs/compare.ts'
import type { RunNode, RunSummary } from '../../shared/runs/history.ts'
import type { JournalReader } from '../journal/read-journal.ts'
import { unknownRun } from './run-failures.ts'

const MEDIAN_OF = 10
/** Fewer runs have no median worth the name. */
const LEAST_FOR_FLAGS = 3
/** Times that differ by less are noise, however large their share. */
const LEAST_MILLISECONDS = 100

/**
 * Compares a run with an earlier one, node by node, and both with what is usual.
 * @param threshold share of the median: 0.5 flags what takes half as long again, or gives half the rows
 * @throws LogiDataError `run.unknown`
 */
export function compareRuns(
  journal: JournalReader,
  runId: string,
  withRunId: string | undefined,
  threshold: number,
): RunComparison {
  const run = journal.run(runId)
  if (!run) throw unknownRun(runId)
  const before = { path: run.path, states: ['succeeded' as const], before: run.number }
  const earlier = journal.list({ ...before, limit: MEDIAN_OF }).runs
  const other = withRunId === undefined ? earlier[0] : journal.run(withRunId)
  if (withRunId !== undefined && !other) throw unknownRun(withRunId)

  const nodesOf = ({ number, attempt }: RunSummary) =>
    new Map(journal.nodes(number, attempt).map((node) => [node.nodeId, node]))
  const now = nodesOf(run)
  const then = other ? nodesOf(other) : new Map<string, RunNode>()
  const past = earlier.map(nodesOf)
  const enough = earlier.length >= LEAST_FOR_FLAGS

  const compare = (
    mine: RunFigures | undefined,
    others: RunFigures | undefined,
    all: readonly RunFigures[],
  ): Compared => {
    const median = all.length > 0 ? medianOf(all) : undefined
    const flags: ComparisonFlag[] = mine && median && enough ? flagsOf(mine, median, threshold) : []
    if (other && mine && !others) flags.push('new')
    if (!mine) flags.push('gone')
    return { ...(mine && { now: mine }), ...(others && { before: others }), ...(median && { median }), flags }
  }

  const nodeIds = new Set([...now.keys(), ...then.keys()])
  return {
    run,
    ...(other && { with: other }),
    medianOf: earlier.length,
    threshold,
    total: compare(totalOf(run), other && totalOf(other), earlier.map(totalOf)),
    nodes: [...nodeIds].map((nodeId) => {
      const mine = now.get(nodeId)
      const others = then.get(nodeId)
      // A run counts what costs it little: only the same outputs can be compared.
      const ports = Object.keys((mine ?? others)?.rows ?? {})
      const figures = (node: RunNode) => figuresOf(node, ports)
      const all = past.flatMap((nodes) => nodes.get(nodeId) ?? []).map(figures)
      return { nodeId, ...compare(mine && figures(mine), others && figures(others), all) }
    }),
  }
}

/** @param ports those whose rows count; where one of them was not counted, none are told */
function figuresOf({ milliseconds, rows = {}, metrics }: RunNode, ports: readonly string[]): RunFigures {
  const counts = ports.flatMap((port) => rows[port] ?? [])
  return {
    ...(milliseconds !== undefined && { milliseconds }),
    ...(counts.length > 0 &&
      counts.length === ports.length && { rows: String(counts.reduce((sum, count) => sum + BigInt(count), 0n)) }),
    ...(metrics?.bytesRead !== undefined && { bytesRead: metrics.bytesRead }),
    ...(metrics?.bytesWritten !== undefined && { bytesWritten: metrics.bytesWritten }),
  }
}

function totalOf({ milliseconds, rowsLoaded }: RunSummary): RunFigures {
  return { ...(milliseconds !== undefined && { milliseconds }), ...(rowsLoaded !== undefined && { rows: rowsLoaded }) }
}

function medianOf(all: readonly RunFigures[]): RunFigures {
  const middle = <T>(values: readonly T[], compare: (a: T, b: T) => number): T | undefined =>
    values.toSorted(compare)[Math.floor((values.length - 1) / 2)]
  const number = (key: 'milliseconds' | 'bytesRead' | 'bytesWritten') => {
    const value = middle(
      all.flatMap((one) => one[key] ?? []),
      (a, b) => a - b,
    )
    return value === undefined ? {} : { [key]: value }
  }
  const rows = middle(
    all.flatMap(({ rows: digits }) => (digits === undefined ? [] : [BigInt(digits)])),
    (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  )
  return {
    ...number('milliseconds'),
    ...(rows !== undefined && { rows: String(rows) }),
    ...number('bytesRead'),
    ...number('bytesWritten'),
  }
}

function flagsOf(now: RunFigures, median: RunFigures, threshold: number): ComparisonFlag[] {
  const flags: ComparisonFlag[] = []
  const [time, usualTime] = [now.milliseconds, median.milliseconds]
  if (time !== undefined && usualTime !== undefined && Math.abs(time - usualTime) >= LEAST_MILLISECONDS) {
    if (time > usualTime * (1 + threshold)) flags.push('slower')
    else if (time * (1 + threshold) < usualTime) flags.push('faster')
  }
  if (now.rows !== undefined && median.rows !== undefined) {
    // Shares need no exactness; that the two differ at all is seen from the digits.
    const [rows, usual] = [Number(now.rows), Number(median.rows)]
    if (now.rows !== median.rows && rows <= usual * (1 - threshold)) flags.push('fewer')
    else if (now.rows !== median.rows && rows >= usual * (1 + threshold)) flags.push('more')
  }
  return flags
}
