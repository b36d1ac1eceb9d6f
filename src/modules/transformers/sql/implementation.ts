import type { RelationModule } from '../../kit/contract.ts'
import { query } from '../../kit/expression.ts'
import { atField } from '../../kit/fields.ts'
import { identifier, joinSql, sql } from '../../kit/sql.ts'
import { sqlDescriptor } from './descriptor.ts'

export const sqlStep: RelationModule<typeof sqlDescriptor, undefined> = {
  kind: 'relation',
  descriptor: sqlDescriptor,
  // It may be: only DuckDB knows.
  blocking: true,
  compile: ({ config, inputs, parameters }) => {
    const text = atField(['sql'], () => query(config.sql, parameters))
    // The line breaks keep a query's first line where it is, for the places in error messages.
    const result = sql`SELECT * FROM (${text}\n) AS result`
    if (inputs.size === 0) return { out: result }
    const tables = [...inputs].map(([port, input]) => sql`${identifier(port)} AS (SELECT * FROM ${input.name})`)
    return { out: sql`WITH ${joinSql(tables)} ${result}` }
  },
}
