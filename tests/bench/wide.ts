import { DuckDBInstance } from '@duckdb/node-api'
import { casesNamed, compiled, inputsOf, sampleTable } from './sample.ts'
import { fastest, type Measurement, type Workload } from './workload.ts'

const COLUMNS = 2_000
const ROUNDS = 3

/** The time from config to plan of each transform over 2,000 columns, beside that of `SELECT *` of the same tables. */
export const wide: Workload = async ({ names }) => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const kinds = ['id', 'city', 'amount', 'score', 'day']
  const more = Array.from({ length: COLUMNS }, (_, index) => `${kinds[index % kinds.length]}_made AS "column ${index}"`)
  const made = kinds.map((name) => `any_value(${name}) OVER () AS ${name}_made`)
  const found: Measurement[] = []
  try {
    await connection.run(sampleTable(20))
    await connection.run(
      `CREATE TABLE more AS SELECT ${more.join(', ')} FROM (SELECT ${made.join(', ')} FROM sample LIMIT 1)`,
    )
    for (const each of await casesNamed(names)) {
      const inputs = await inputsOf(each, connection, (own, first) =>
        first ? `SELECT * FROM (${own}) CROSS JOIN more` : own,
      )
      const config = each.wide ?? each.config
      const [ours, reference]: [number[], number[]] = [[], []]
      const explain = async (queries: readonly string[]) => {
        for (const query of queries) await connection.runAndReadAll(`EXPLAIN ${query}`)
      }
      for (let round = 0; round < ROUNDS; round++) {
        const start = performance.now()
        await explain([compiled(each, config, inputs)])
        const middle = performance.now()
        await explain([...inputs.values()].map(({ name }) => `SELECT * FROM ${name}`))
        ours.push(middle - start)
        reference.push(performance.now() - middle)
        if (middle - start > 2_000) break
      }
      found.push({
        workload: each.name,
        ours: fastest(ours),
        reference: fastest(reference),
        unit: 'ms',
        goal: 'under 500 ms',
        met: fastest(ours) < 500,
      })
    }
    return found
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
