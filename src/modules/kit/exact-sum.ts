import type { Column } from '../../shared/engine/types.ts'
import { failure } from './failure.ts'
import type { FieldPath } from './fields.ts'
import { type Sql, sql } from './sql.ts'
import { columnType, integerType } from './types.ts'

/**
 * DuckDB sums whole numbers as HUGEINT: the sum as BIGINT, with an error of ours where it does not fit; of a 128-bit column as it is.
 * @param sum evaluated twice
 */
export function exactSum(sum: Sql, column: Column, field: FieldPath, nodeId: string): Sql {
  const integer = integerType(columnType(column.type))
  if (!integer || integer.bits > 64) return sum
  const error = failure(
    'sum.overflow',
    field,
    [`The sum of “${column.name}” is `, sql`CAST(${sum} AS VARCHAR)`, ', which no BIGINT can hold.'],
    'Convert the column to HUGEINT or DECIMAL first.',
    nodeId,
  )
  return sql`CASE WHEN ${sum} IS NOT NULL AND TRY_CAST(${sum} AS BIGINT) IS NULL THEN ${error} ELSE TRY_CAST(${sum} AS BIGINT) END`
}
