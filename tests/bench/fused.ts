import { join } from 'node:path'
import type { PipelineDocument } from '../../src/shared/pipeline/document.ts'
import { aggregate, chain, filter, flights, formula, sort, toParquet } from './documents.ts'
import { type EngineClient, flightsProject, openReference, runPipeline, withEngine } from './engine.ts'
import { type Measurement, median, timed, type Workload, watchMemory } from './workload.ts'

const ALL = 'data/flights.parquet'
const ONE = 'data/one.parquet'
const ROUNDS = 40

export interface Case {
  readonly name: string
  readonly document: (source: string, target: string) => PipelineDocument
  /** The same by a person who knows SQL. */
  readonly sql: (source: string, target: string) => string
}

const onSource = (document: PipelineDocument, source: string): PipelineDocument => ({
  ...document,
  nodes: { ...document.nodes, n0: { type: 'extract.parquet', config: { path: source } } },
})

export const eight: Case = {
  name: '8 nodes',
  document: (source, target) =>
    onSource(
      chain([
        flights,
        filter('delay IS NOT NULL'),
        filter('distance > 100'),
        formula('late', 'delay > 15'),
        formula('speed_class', 'CASE WHEN distance > 1500 THEN 3 WHEN distance > 500 THEN 2 ELSE 1 END'),
        aggregate(
          ['origin', 'late', 'speed_class'],
          [
            ['mean_delay', 'avg', 'delay'],
            ['longest', 'max', 'distance'],
          ],
        ),
        sort('mean_delay'),
        toParquet(target),
      ]),
      source,
    ),
  sql: (source, target) => `COPY (
    SELECT origin, delay > 15 AS late, CASE WHEN distance > 1500 THEN 3 WHEN distance > 500 THEN 2 ELSE 1 END AS speed_class,
      avg(delay) AS mean_delay, max(distance) AS longest
    FROM read_parquet('${source}') WHERE delay IS NOT NULL AND distance > 100
    GROUP BY ALL ORDER BY mean_delay DESC
  ) TO '${target}' (FORMAT parquet)`,
}

const formulas = Array.from({ length: 19 }, (_, index) => [`f${index}`, `delay * ${index + 1} + distance`] as const)
const filters = Array.from({ length: 18 }, (_, index) => `distance <> ${index + 100_000}`)
export const forty: Case = {
  name: '40 nodes',
  document: (source, target) =>
    onSource(
      chain([
        flights,
        ...formulas.map(([name, expression]) => formula(name, expression)),
        ...filters.map((condition) => filter(condition)),
        aggregate(
          ['origin'],
          formulas.map(([name]) => [`sum_${name}`, 'sum', name] as const),
        ),
        toParquet(target),
      ]),
      source,
    ),
  sql: (source, target) => `COPY (
    SELECT origin, ${formulas.map(([name, expression]) => `sum(${expression}) AS sum_${name}`).join(', ')}
    FROM read_parquet('${source}') WHERE ${filters.join(' AND ')} GROUP BY origin
  ) TO '${target}' (FORMAT parquet)`,
}

/**
 * A fused pipeline against the same SQL written by hand: medians of many alternating rounds, which vary half as much from run to
 * run as the fastest do.
 * The fixed cost is the difference over a file of one row; what grows with the rows is compared without it, on both sides. A query
 * over all rows leaves the processors' caches empty for whatever comes next, so every round begins with one.
 */
export const fused: Workload = async ({ folder }) => {
  const root = flightsProject(folder)
  const reference = await openReference()
  await reference.run(`COPY (FROM read_parquet('${join(root, ALL)}') LIMIT 1) TO '${join(root, ONE)}' (FORMAT parquet)`)
  const measure = async (client: EngineClient, sample: Case) => {
    const byHand = (source: string) => () =>
      reference.run(sample.sql(join(root, source), join(root, 'out/reference.parquet')))
    const byUs = (source: string) => () =>
      runPipeline(client, root, sample.document(source, 'out/ours.parquet'), 'none')
    const before = byHand(ALL)
    const after = async (work: () => Promise<void>): Promise<number> => {
      await before()
      return (await timed(work)).milliseconds
    }
    const rounds: Record<'ours' | 'theirs' | 'oursOfOne' | 'theirsOfOne', number>[] = []
    for (let round = -1; round < ROUNDS; round++) {
      const found = {
        ours: await after(byUs(ALL)),
        theirs: await after(byHand(ALL)),
        oursOfOne: await after(byUs(ONE)),
        theirsOfOne: await after(byHand(ONE)),
      }
      if (round >= 0) rounds.push(found)
    }
    const of = (which: keyof (typeof rounds)[number]) => median(rounds.map((round) => round[which]))
    return {
      whole: { ours: of('ours'), theirs: of('theirs') },
      one: { ours: of('oursOfOne'), theirs: of('theirsOfOne') },
    }
  }
  try {
    return await withEngine(root, async (client) => {
      const found: Measurement[] = []
      for (const sample of [eight, forty]) {
        const { processId } = await client.call('status', {})
        const memory = watchMemory(processId)
        const { whole, one } = await measure(client, sample)
        const peak = memory.stop()
        const work = (whole.ours - one.ours) / (whole.theirs - one.theirs)
        found.push({
          workload: `fused, ${sample.name}, 3 million rows, without the fixed cost`,
          ours: whole.ours - one.ours,
          reference: whole.theirs - one.theirs,
          ratio: work,
          ...(peak !== undefined && { peakMegabytes: peak }),
          unit: 'ms',
          goal: 'ratio 1.05 or less',
          met: work <= 1.05,
        })
        const fixed = one.ours - one.theirs
        found.push({
          workload: `fused, ${sample.name}, fixed cost`,
          ours: fixed,
          unit: 'ms',
          goal: 'under 50 ms',
          met: fixed < 50,
        })
        found.push({
          workload: `fused, ${sample.name}, 3 million rows, by the clock`,
          ours: whole.ours,
          reference: whole.theirs,
          ratio: whole.ours / whole.theirs,
          unit: 'ms',
          goal: 'the two above together',
          met: work <= 1.05 && fixed < 50,
        })
      }
      return found
    })
  } finally {
    reference.close()
  }
}
