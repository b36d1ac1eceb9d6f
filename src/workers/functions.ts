import { DuckDBInstance } from '@duckdb/node-api'
import type { FunctionInfo } from '../shared/rpc/engine-contract.ts'

let known: Promise<FunctionInfo[]> | undefined

/** DuckDB's functions for completion, with their signatures; operators and internals left out. */
export function listFunctions(): Promise<FunctionInfo[]> {
  known ??= readFunctions()
  known.catch(() => {
    known = undefined
  })
  return known
}

const KINDS: Readonly<Record<string, FunctionInfo['kind']>> = {
  scalar: 'scalar',
  aggregate: 'aggregate',
  macro: 'macro',
}
/** `duckdb_functions()` does not list what is only ever a window function. */
const WINDOW = {
  row_number: 'The number of the row within its partition, from 1.',
  rank: 'The rank of the row with gaps; equal rows share it.',
  dense_rank: 'The rank of the row without gaps.',
  percent_rank: 'The relative rank of the row, from 0 to 1.',
  cume_dist: 'The share of rows up to and including the equals of this one.',
  ntile: 'The number of the bucket of nearly equal size that the row falls into.',
  lag: 'The value of the row that comes a given number of rows before.',
  lead: 'The value of the row that comes a given number of rows after.',
  first_value: 'The value of the first row of the frame.',
  last_value: 'The value of the last row of the frame.',
  nth_value: 'The value of the nth row of the frame.',
} as const

async function readFunctions(): Promise<FunctionInfo[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  try {
    const connection = await instance.connect()
    const reader = await connection.runAndReadAll(`
      SELECT function_name, function_type,
             to_json(list(DISTINCT function_name || '(' || array_to_string(list_transform(range(1, len(parameters) + 1),
               i -> parameters[i] || coalesce(': ' || parameter_types[i], '')), ', ') || ')'
               || coalesce(' → ' || return_type, '')))::VARCHAR,
             coalesce(any_value(description), '')
      FROM duckdb_functions()
      WHERE function_type IN ('scalar', 'aggregate', 'macro')
        AND regexp_full_match(function_name, '[a-z][a-z0-9_]*') AND NOT starts_with(function_name, '__')
        AND schema_name NOT IN ('pg_catalog', 'information_schema')
      GROUP BY ALL ORDER BY ALL`)
    connection.disconnectSync()
    const byName = new Map<string, FunctionInfo>()
    for (const [name, type, signatures, description] of reader.getRows())
      byName.set(String(name), {
        name: String(name),
        kind: KINDS[String(type)] ?? 'scalar',
        signatures: (JSON.parse(String(signatures)) as string[]).sort().slice(0, 12),
        description: String(description),
      })
    for (const [name, description] of Object.entries(WINDOW))
      byName.set(name, { name, kind: 'window', signatures: [`${name}(…) OVER (…)`], description })
    return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  } finally {
    instance.closeSync()
  }
}
