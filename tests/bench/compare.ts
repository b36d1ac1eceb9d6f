import { type EngineClient, withEngine } from './engine.ts'
import { fastest, type Measurement, median, timed, watchMemory } from './workload.ts'

const ROUNDS = 3

export interface Compared {
  readonly pairs: readonly { readonly ours: number; readonly theirs: number }[]
  readonly peak: number | undefined
}

/**
 * Rounds of both in turns. The engine is one of its own, so that the memory is that of this path, and has run once before: what it loads once is
 * not what a path costs.
 */
export function compare(
  root: string,
  theirs: () => Promise<void>,
  ours: (engine: EngineClient) => Promise<void>,
): Promise<Compared> {
  return withEngine(root, async (engine) => {
    const memory = watchMemory((await engine.call('status', {})).processId)
    const pairs: { ours: number; theirs: number }[] = []
    for (let round = -1; round < ROUNDS; round++) {
      const own = await timed(() => ours(engine))
      if (round < 0) continue
      const reference = await timed(theirs)
      pairs.push({ ours: own.milliseconds, theirs: reference.milliseconds })
    }
    return { pairs, peak: memory.stop() }
  })
}

/** @param goal of the median of the rounds' ratios */
export function measured(workload: string, { pairs, peak }: Compared, goal: number): Measurement {
  const ratio = median(pairs.map(({ ours, theirs }) => ours / theirs))
  return {
    workload,
    ours: fastest(pairs.map(({ ours }) => ours)),
    reference: fastest(pairs.map(({ theirs }) => theirs)),
    ratio,
    ...(peak === undefined ? {} : { peakMegabytes: peak }),
    unit: 'ms',
    goal: `ratio at most ${goal}, under 500 MB`,
    met: ratio <= goal && peak !== undefined && peak < 500,
  }
}

/** Runs a pipeline of connections to its end. @throws Error if it did not succeed */
export async function runWith(engine: EngineClient, request: object): Promise<void> {
  const given = { ...request, runId: crypto.randomUUID(), rowCounts: 'none' }
  for await (const event of engine.stream('run', given as Parameters<typeof engine.stream<'run'>>[1]))
    if (event.kind === 'finished' && event.state !== 'succeeded')
      throw new Error(event.error?.message ?? `the run ${event.state}`)
}
