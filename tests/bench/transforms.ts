import { readdirSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import type { z } from 'zod'
import { identifier } from '../../src/modules/kit/sql.ts'
import type { TransformCase } from './transforms/case.ts'
import { type Measurement, median, timed, type Workload } from './workload.ts'

const ROUNDS = 7

/**
 * The columns that the cases work on; every figure is made from the row's number, so that each run has the same rows. `key` has a
 * tenth as many values as there are rows, `city` a thousand, `note` is empty for a fifth of them.
 */
const sampleTable = (rows: number): string => `CREATE TABLE sample AS SELECT
  i AS id,
  CAST(hash(i) % ${Math.max(1, Math.round(rows / 10))} AS INTEGER) AS key,
  'city ' || (hash(i + 1) % 1000) AS city,
  CAST((hash(i + 2) % 10000000) / 100 AS DECIMAL(12, 2)) AS amount,
  CAST(hash(i + 3) % 1000000 AS DOUBLE) / 997 AS score,
  DATE '2015-01-01' + CAST(hash(i + 4) % 4000 AS INTEGER) AS day,
  TIMESTAMP '2015-01-01' + to_seconds(CAST(hash(i + 5) % 300000000 AS BIGINT)) AS moment,
  CASE WHEN hash(i + 6) % 5 > 0 THEN ' Name  ' || (hash(i + 7) % 100000) || ' ' END AS note,
  hash(i + 8) % 3 = 0 AS active
FROM range(${rows}) AS numbers(i)`

/** Runs each case's compiled SQL and the SQL written by hand in turn, over the same tables; both must give the same rows. */
export const transforms: Workload = async ({ rows, names }) => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const run = async (query: string) => (await connection.runAndReadAll(query)).getRowsJson()
  const columnsOf = async (table: string) =>
    (await run(`DESCRIBE ${table}`)).map(([name, type]) => ({ name: String(name), type: String(type) }))
  try {
    await run(sampleTable(rows))
    const found: Measurement[] = []
    const cases = await allCases()
    const unknown = names.filter((name) => !cases.some((each) => each.name.split(':')[0] === name))
    if (unknown.length > 0)
      throw new Error(`No case for ${unknown.join(', ')}. There are: ${cases.map(({ name }) => name).join(', ')}.`)
    for (const each of cases) {
      if (names.length > 0 && !names.includes(each.name.split(':')[0] ?? '')) continue
      const inputs = new Map()
      for (const [port, query] of Object.entries(each.inputs ?? { in: 'FROM sample' })) {
        const table = identifier(`${port}_rows`)
        await run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${query}`)
        inputs.set(port, { name: table, columns: await columnsOf(table.text) })
      }
      const ports = each.module.compile({
        nodeId: 'node',
        config: (each.module.descriptor.config as z.ZodType).parse(each.config),
        inputs,
        parameters: new Map(),
        facts: undefined,
      })
      const port = each.port ?? each.module.descriptor.outputs[0]?.name ?? 'out'
      const ours = ports[port]?.text
      if (ours === undefined) throw new Error(`${each.name} has no port ${port}`)
      found.push(await compare(each, ours, rows, run))
    }
    return found
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function compare(
  each: TransformCase,
  ours: string,
  rows: number,
  run: (query: string) => Promise<unknown>,
): Promise<Measurement> {
  // Every column is used, or the optimiser would take it out of both. The sum does not depend on the order of rows.
  const measured = (query: string) =>
    each.ordered
      ? `CREATE OR REPLACE TEMP TABLE result AS ${query}`
      : `SELECT count(*), sum(hash(*COLUMNS(*))) FROM (${query}) AS result`
  const mine: number[] = []
  const theirs: number[] = []
  for (let round = -1; round < ROUNDS; round++) {
    // Each goes first every other time: the second finds warm caches.
    const turns = round % 2 === 0 ? [ours, each.sql] : [each.sql, ours]
    const [one, two] = [
      await timed(() => run(measured(turns[0] ?? ''))),
      await timed(() => run(measured(turns[1] ?? ''))),
    ]
    const [first, second] = round % 2 === 0 ? [one, two] : [two, one]
    if (!each.ordered && each.sameRows !== false && JSON.stringify(first.value) !== JSON.stringify(second.value))
      throw new Error(`${each.name}: the SQL written by hand gives other rows: ${first.value} and ${second.value}`)
    if (round < 0) continue
    mine.push(first.milliseconds)
    theirs.push(second.milliseconds)
  }
  const ratio = median(mine) / median(theirs)
  return {
    workload: `${each.name}, ${rows.toLocaleString('en')} rows`,
    ours: median(mine),
    reference: median(theirs),
    ratio,
    unit: 'ms',
    goal: 'ratio 1.05 or less',
    met: ratio <= 1.05,
  }
}

/** Every file beside `case.ts` is a family's list: nothing has to be registered here. */
async function allCases(): Promise<TransformCase[]> {
  const folder = new URL('transforms/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'case.ts')
  const lists = await Promise.all(
    files.sort().map(async (name) => {
      const module = (await import(new URL(name, folder).href)) as { cases: readonly TransformCase[] }
      return module.cases
    }),
  )
  return lists.flat()
}
