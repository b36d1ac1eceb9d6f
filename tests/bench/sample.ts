import { readdirSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { z } from 'zod'
import { columnarThrough, FILE_IN_COLUMNS, rereading } from '../../src/engine/columnar.ts'
import type { InputRelation } from '../../src/modules/kit/contract.ts'
import { identifier, raw, sql } from '../../src/modules/kit/sql.ts'
import type { TransformCase } from './transforms/case.ts'

/**
 * The table that the cases work on; every figure is made from the row's number, so that each run has the same rows. `key` has a
 * tenth as many values as there are rows, `city` a thousand, `note` is empty for a fifth of them.
 */
export const sampleTable = (rows: number): string => `CREATE OR REPLACE TABLE sample AS SELECT
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

/** Every file of the folder beside `case.ts` is a family's list: nothing has to be registered here. */
export async function casesNamed(names: readonly string[]): Promise<TransformCase[]> {
  const folder = new URL('transforms/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'case.ts')
  const lists = await Promise.all(
    files.sort().map(async (name) => {
      const module = (await import(new URL(name, folder).href)) as { cases: readonly TransformCase[] }
      return module.cases
    }),
  )
  const cases = lists.flat()
  const named = (each: TransformCase) => each.name.split(':')[0] ?? ''
  const unknown = names.filter((name) => !cases.some((each) => named(each) === name))
  if (unknown.length > 0)
    throw new Error(`No case for ${unknown.join(', ')}. There are: ${cases.map(({ name }) => name).join(', ')}.`)
  return names.length > 0 ? cases.filter((each) => names.includes(named(each))) : cases
}

/** Makes the tables that a case reads. @param query what a table's rows are, from the case's own query */
export async function inputsOf(
  each: TransformCase,
  connection: DuckDBConnection,
  query: (own: string, first: boolean) => string = (own) => own,
): Promise<Map<string, InputRelation>> {
  const inputs = new Map<string, InputRelation>()
  for (const [port, own] of Object.entries(each.inputs ?? { in: 'FROM sample' })) {
    const table = identifier(`${port}_rows`)
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${query(own, inputs.size === 0)}`)
    const step = each.steps?.[port]
    const name = step === undefined ? table : sql`(${raw(step)})`
    const described = (await connection.runAndReadAll(`DESCRIBE FROM ${name}`)).getRowsJson()
    // As the engine says of a Parquet file, and of steps over one.
    const again = step === undefined ? FILE_IN_COLUMNS : columnarThrough(step, `${port}_rows`, FILE_IN_COLUMNS)
    inputs.set(port, {
      name,
      columns: described.map(([name, type]) => ({ name: String(name), type: String(type) })),
      ...(again ? rereading(again) : {}),
    })
  }
  return inputs
}

/** The SQL of the port that a case is about. */
export function compiled(each: TransformCase, config: unknown, inputs: ReadonlyMap<string, InputRelation>): string {
  const ports = each.module.compile({
    nodeId: 'node',
    config: (each.module.descriptor.config as z.ZodType).parse(config),
    inputs,
    parameters: new Map(),
    facts: undefined,
  })
  const port = each.port ?? each.module.descriptor.outputs[0]?.name ?? 'out'
  const text = ports[port]?.text
  if (text === undefined) throw new Error(`${each.name} has no port ${port}`)
  return text
}
