import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PipelineDocument } from '../../src/shared/pipeline/document.ts'
import { chain, filter, flights, formula, type Step, toParquet } from './documents.ts'
import { type EngineClient, flightsProject, openReference, runPipeline, withEngine } from './engine.ts'
import { type Case, eight, forty } from './fused.ts'
import { type Measurement, processorMilliseconds, quantile, timed, type Workload } from './workload.ts'

/** A pipeline with the rows of all of its ports counted, against the same without: in turns, on one engine. */
async function countingCost(
  client: EngineClient,
  root: string,
  name: string,
  document: PipelineDocument,
  rounds: number,
): Promise<Measurement> {
  const { processId } = await client.call('status', {})
  const clock: Record<string, number[]> = { exact: [], none: [] }
  const processors = { exact: 0, none: 0 }
  for (let round = -2; round < rounds; round++) {
    const order = round % 2 === 0 ? (['exact', 'none'] as const) : (['none', 'exact'] as const)
    for (const rowCounts of order) {
      const before = processorMilliseconds(processId) ?? 0
      const { milliseconds } = await timed(() => runPipeline(client, root, document, rowCounts))
      if (round < 0) continue
      clock[rowCounts]?.push(milliseconds)
      processors[rowCounts] += (processorMilliseconds(processId) ?? 0) - before
    }
  }
  const at = (kind: string): number => quantile(clock[kind] ?? [], 0.25)
  const ratio = at('exact') / at('none')
  const cpuRatio = processors.exact / processors.none
  return {
    workload: `rows of every node, ${name}`,
    ours: at('exact'),
    reference: at('none'),
    ratio,
    cpuRatio,
    unit: 'ms',
    goal: 'at most 3 % more time',
    met: Math.min(ratio, cpuRatio) <= 1.03,
  }
}

/** Every filter drops rows, and the rows are written. */
const writing =
  (source: Step) =>
  (path: string, target: string): PipelineDocument => {
    const document = chain([
      source,
      filter('distance > 100'),
      formula('late', 'delay > 15'),
      filter('delay > -10'),
      filter("origin <> 'ABQ'"),
      formula('speed_class', 'CASE WHEN distance > 1500 THEN 3 ELSE 1 END'),
      toParquet(target),
    ])
    return { ...document, nodes: { ...document.nodes, n0: { type: source[0], config: { path } } } }
  }

const cases: readonly (Pick<Case, 'name' | 'document'> & { readonly source: string })[] = [
  { ...eight, source: 'data/flights*.parquet' },
  { ...forty, source: 'data/flights*.parquet' },
  { name: 'filters over Parquet, written', document: writing(flights), source: 'data/flights*.parquet' },
  { name: 'filters over CSV, written', document: writing(['extract.csv', {}]), source: 'data/flights.csv' },
]

/** What it costs to know the rows of every node. */
export const counts: Workload = async ({ folder }) => {
  const root = flightsProject(folder)
  for (const copy of [1, 2, 3])
    copyFileSync(join(root, 'data/flights.parquet'), join(root, `data/flights${copy}.parquet`))
  const reference = await openReference()
  try {
    await reference.run(
      `COPY (FROM read_parquet('${join(root, 'data/flights.parquet')}') LIMIT 1000000) TO '${join(root, 'data/flights.csv')}' (HEADER)`,
    )
  } finally {
    reference.close()
  }
  return withEngine(root, async (client) => {
    const found: Measurement[] = []
    for (const { name, document, source } of cases)
      found.push(await countingCost(client, root, name, document(source, 'out/counted.parquet'), ROUNDS))
    return found
  })
}

const ROUNDS = 9
