import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { failure } from '../../kit/failure.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'

const HUGE = /^U?HUGEINT$/
/**
 * Parquet's interval has milliseconds, its time of day no offset, and it knows no unions; DuckDB would cut microseconds off, move the
 * time to UTC, and write a union as a struct with a tag.
 */
const WITHOUT_PLACE = /\b(U?HUGEINT|INTERVAL|TIME WITH TIME ZONE|UNION)\b/

/**
 * The columns as Parquet can hold them. It has no 128-bit integers, and DuckDB would silently write doubles (a sum of BIGINT is a
 * HUGEINT): they become DECIMAL(38,0), and what does not fit there is an error.
 */
export function parquetColumns(columns: readonly Column[]): { columns: Column[]; select: Sql } {
  const mapped = columns.map(({ name, type }) => ({ name, type: isHuge(type) ? 'DECIMAL(38,0)' : type }))
  const select = joinSql(
    columns.map(({ name, type }) => {
      const column = identifier(name)
      return isHuge(type) ? sql`${within38(column, name, type)} AS ${column}` : column
    }),
  )
  return { columns: mapped, select }
}

/** The first number of 39 digits. */
const TOO_LARGE = raw("'100000000000000000000000000000000000000'::HUGEINT")

function within38(column: Sql, name: string, type: string): Sql {
  const size =
    type === 'HUGEINT' ? sql`${column} > -${TOO_LARGE} AND ${column} < ${TOO_LARGE}` : sql`${column} < ${TOO_LARGE}`
  const unfit = failure(
    'parquet.value',
    ['path'],
    [`Column ${name}: `, sql`CAST(${column} AS VARCHAR)`, ' has 39 digits, and Parquet holds 38 exactly.'],
    'Cast the column to VARCHAR before this step, or leave such rows out.',
  )
  return sql`CASE WHEN ${column} IS NULL OR ${size} THEN CAST(${column} AS DECIMAL(38,0)) ELSE ${unfit} END`
}

const isHuge = (type: string): boolean => HUGE.test(type)

/** @throws LogiDataError `parquet.type` */
export function checkParquetTypes(columns: readonly Column[]): void {
  for (const { name, type } of columns) {
    if (isHuge(type) || !WITHOUT_PLACE.test(type)) continue
    throw userError('parquet.type', `Parquet cannot hold column ${name} exactly: its type is ${type}.`, {
      hint: 'Cast it to VARCHAR, or its 128-bit integers to DECIMAL(38,0), before this step.',
      field: ['path'],
    })
  }
}
