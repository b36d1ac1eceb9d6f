import { cpus, loadavg } from 'node:os'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { WRONG_OPTIMIZERS } from '../../src/modules/kit/duckdb-session.ts'
import { identifier, literal } from '../../src/modules/kit/sql.ts'
import { casesNamed, compiled, inputsOf, sampleTable } from './sample.ts'
import type { TransformCase } from './transforms/case.ts'
import { type Cost, costOf, fastest, type Measurement, type Workload } from './workload.ts'

/** The whole catalogue has to fit into two minutes; a case that is measured by name gets more. */
const MILLISECONDS_PER_CASE = 400
const MILLISECONDS_PER_NAMED_CASE = 4_000
const MIN_ROUNDS = 3
const MAX_ROUNDS = 15
/** Longer rounds are not warmed up, and of much longer ones two are enough. */
const LONG = 2_000
const VERY_LONG = 15_000
/** From here on every case gets all rows: what is asked for is what ten million take. */
const MANY = 1_000_000

/** Runs each case's compiled SQL and the SQL written by hand in turn, over the same tables; both must give the same rows. */
export const transforms: Workload = async ({ rows, names, folder, report }) => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(`SET temp_directory = ${literal(folder)}`)
    await connection.run(sampleTable(rows))
    const found: Measurement[] = []
    const add = (measured: Measurement) => {
      found.push(measured)
      report(measured)
    }
    for (const each of await casesNamed(names)) {
      const count = Math.min(each.most ?? rows, Math.round(rows >= MANY ? rows : rows * (each.part ?? 1)))
      const inputs = await inputsOf(each, connection, (own) =>
        count === rows ? own : `WITH sample AS (SELECT * FROM sample LIMIT ${count}) ${own}`,
      )
      const ours = compiled(each, each.config, inputs)
      const budget = names.length > 0 ? MILLISECONDS_PER_NAMED_CASE : MILLISECONDS_PER_CASE
      const name = `${each.name}, ${count.toLocaleString('en')}`
      add(await compare(name, each, ours, each.sql, budget, connection))
      if (each.plain !== undefined) {
        const plain = { ...each, sameRows: false }
        const shown = await compare(
          `  plain SQL, without the guarantees`,
          plain,
          ours,
          each.plain,
          budget / 2,
          connection,
        )
        add({ ...shown, goal: 'shown, not judged', met: true })
      }
      // The next one has the memory for itself.
      for (const port of inputs.keys()) await connection.run(`DROP TABLE ${identifier(`${port}_rows`)}`)
      await connection.run('DROP TABLE IF EXISTS result')
    }
    return found
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function compare(
  workload: string,
  each: TransformCase,
  ours: string,
  byHand: string,
  budget: number,
  connection: DuckDBConnection,
): Promise<Measurement> {
  // Every column is used, or the optimiser would take it out of both. The sum does not depend on the order of rows.
  const measured = (query: string) =>
    each.ordered
      ? `CREATE OR REPLACE TEMP TABLE result AS ${query}`
      : `SELECT count(*), sum(hash(*COLUMNS(*))) FROM (${query}) AS result`
  const queries = [measured(ours), measured(byHand)] as const
  const costs: readonly [Cost[], Cost[]] = [[], []]
  const seen: string[] = []
  let stop = Number.POSITIVE_INFINITY
  let rounds = MIN_ROUNDS
  for (let round = -1; round < rounds || (round < MAX_ROUNDS && performance.now() < stop); round++) {
    if (round === 0) stop = performance.now() + budget
    const began = performance.now()
    // Each goes first every other time: the second finds warm caches.
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      // Ours runs as in the studio, which does without what DuckDB has wrong; by hand, with all that DuckDB does unasked.
      await connection.run(`SET disabled_optimizers = '${which === 0 ? WRONG_OPTIMIZERS : ''}'`)
      // Planning is not measured, since what it costs does not grow with the rows: `wide` measures that. And planned each time, since an
      // as-of join that runs a second time is an internal error of DuckDB 1.5.
      const statement = await connection.prepare(queries[which])
      const cost = await costOf(async () => {
        const result = await statement.runAndReadAll()
        if (round < 0) seen[which] = JSON.stringify(result.getRowsJson())
      })
      if (round >= 0 || cost.clock > LONG) costs[which].push(cost)
    }
    const took = performance.now() - began
    if (round < 0 && took > LONG * 2) rounds -= took > VERY_LONG ? 2 : 1
  }
  const differs = !each.ordered && each.sameRows !== false && seen[0] !== seen[1]
  const least = (which: 0 | 1, of: keyof Cost) => fastest(costs[which].map((cost) => cost[of]))
  const [ratio, cpuRatio] = [least(0, 'clock') / least(1, 'clock'), least(0, 'processors') / least(1, 'processors')]
  // On a busy machine the clock measures the others as well.
  const busy = (loadavg()[0] ?? 0) > cpus().length
  return {
    workload,
    ours: least(0, 'clock'),
    reference: least(1, 'clock'),
    ratio,
    cpuRatio,
    unit: 'ms',
    goal: differs ? `the same rows: ${seen[0]}, by hand ${seen[1]}` : `${busy ? 'CPU ' : ''}ratio 1.05 or less`,
    met: !differs && (busy ? cpuRatio : ratio) < 1.055,
  }
}
