import type { RunNode } from '../../shared/runs/history.ts'

/** From where to where the bars of a run go, in milliseconds of the run. */
export interface RunSpan {
  readonly begin: number
  readonly end: number
}

type Timed = Pick<RunNode, 'state' | 'from' | 'until' | 'milliseconds'>

/** Whether a step has a bar: one that never ran took no time, whenever it was passed over. */
export const hasRun = ({ state, from }: Timed): boolean => from !== undefined && state !== 'skipped'

/** When a step began and ended. What it measured itself counts where its notices came late, as those of a failure do. */
function timesOf({ from = 0, until, milliseconds = 0 }: Timed): { from: number; until: number | undefined } {
  return until === undefined ? { from, until } : { from: Math.max(0, Math.min(from, until - milliseconds)), until }
}

/** Of the steps that ran; undefined when none did. */
export function spanOf(nodes: readonly Timed[]): RunSpan | undefined {
  const ran = nodes.filter(hasRun).map(timesOf)
  const times = ran.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until]))
  if (times.length === 0) return undefined
  const begin = Math.min(...times)
  return { begin, end: Math.max(begin + 1, ...times) }
}

/** Where a step's bar stands, in parts of a hundred; always within the scale. One that goes on reaches its end. */
export function barOf(node: Timed, { begin, end }: RunSpan): { left: number; width: number } {
  const { from, until } = timesOf(node)
  const part = (time: number) => (100 * Math.min(Math.max(time - begin, 0), end - begin)) / (end - begin)
  const left = part(from)
  return { left, width: Math.max(0, part(until ?? end) - left) }
}
