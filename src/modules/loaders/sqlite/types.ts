import type { Cell, Column } from '../../../shared/engine/types.ts'
import { failure } from '../../kit/failure.ts'
import { identifier, type Sql, sql } from '../../kit/sql.ts'
import type { SqliteLoadConfig } from './descriptor.ts'

/** How a column goes to SQLite. */
export interface SqliteColumn {
  readonly name: string
  readonly declared: string
  /** In a STRICT table. */
  readonly strict: string
  /** What is asked of DuckDB. */
  readonly value: Sql
  readonly bind: (cell: string) => bigint | number | string | Uint8Array
}

const whole = (cell: string) => BigInt(cell)
const asText = (cell: string) => cell

/**
 * Declared types for what SQLite has none of, by which `extract.sqlite` knows it again. Each holds TEXT, so that SQLite keeps the text
 * as it is, and not INT, which would make a number of it first.
 */
const OWN: Readonly<Record<string, string>> = {
  HUGEINT: 'HUGETEXT',
  UHUGEINT: 'UHUGETEXT',
  UBIGINT: 'UBIGTEXT',
  BIGNUM: 'BIGNUMTEXT',
  UUID: 'UUIDTEXT',
  INTERVAL: 'DURATIONTEXT',
}

export function sqliteColumn({ name, type }: Column, dates: SqliteLoadConfig['dates']): SqliteColumn {
  const column = identifier(name)
  const as = (declared: string, strict: string, value: Sql, bind: SqliteColumn['bind']): SqliteColumn => ({
    name,
    declared,
    strict,
    value: sql`${value} AS ${column}`,
    bind,
  })
  if (type === 'BOOLEAN') return as('BOOLEAN', 'INTEGER', sql`CAST(${column} AS INTEGER)`, whole)
  if (/^(TINYINT|SMALLINT|INTEGER|BIGINT|UTINYINT|USMALLINT|UINTEGER)$/.test(type))
    return as('INTEGER', 'INTEGER', column, whole)
  if (type === 'FLOAT' || type === 'DOUBLE') {
    const nan = failure(
      'sqlite.nan',
      ['path'],
      [`Column ${name} holds NaN, which SQLite cannot store.`],
      'Make it NULL before this step.',
    )
    return as('REAL', 'REAL', sql`CASE WHEN isnan(${column}) THEN ${nan} ELSE CAST(${column} AS DOUBLE) END`, floating)
  }
  if (type.startsWith('DECIMAL')) return as(type.replace('DECIMAL', 'DECIMALTEXT'), 'TEXT', column, asText)
  const own = OWN[type]
  if (own !== undefined) return as(own, 'TEXT', column, asText)
  if (type === 'BLOB') return as('BLOB', 'BLOB', column, (cell: Cell & string) => Buffer.from(cell.slice(2), 'hex'))
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return temporal({ name, type }, dates, as)
  return as(type === 'TIME' ? 'TIME' : 'TEXT', 'TEXT', column, asText)
}

function temporal(
  { name, type }: Column,
  dates: SqliteLoadConfig['dates'],
  as: (declared: string, strict: string, value: Sql, bind: SqliteColumn['bind']) => SqliteColumn,
): SqliteColumn {
  const column = identifier(name)
  const declared =
    type === 'DATE' || type === 'TIMESTAMP_NS'
      ? type
      : type === 'TIMESTAMP WITH TIME ZONE'
        ? 'TIMESTAMPTZ'
        : 'TIMESTAMP'
  if (dates === 'text') return as(declared, 'TEXT', column, asText)
  const refuse = (what: string) =>
    failure(
      'sqlite.date',
      ['dates'],
      [`Column ${name} holds ${what}, which its storage cannot hold: `, sql`CAST(${column} AS VARCHAR)`],
      'Store dates as text, or round them before this step.',
    )
  const finite = (value: Sql) => sql`CASE WHEN NOT isfinite(${column}) THEN ${refuse('infinity')} ELSE ${value} END`
  // DuckDB's day begins at midnight, the Julian day of everybody else at noon.
  if (dates === 'julian') return as(declared, 'REAL', finite(sql`julian(${column}) - 0.5`), floating)
  const micros = type === 'TIMESTAMP_NS' ? sql`epoch_ns(${column}) // 1000` : sql`epoch_us(${column})`
  const step = dates === 'unix' ? 1_000_000 : 1_000
  const part = dates === 'unix' ? 'fractions of a second' : 'fractions of a millisecond'
  return as(
    declared,
    'INTEGER',
    finite(sql`CASE WHEN ${micros} % ${step} <> 0 THEN ${refuse(part)} ELSE ${micros} // ${step} END`),
    whole,
  )
}

const floating = (cell: string): number => {
  if (cell === 'inf') return Number.POSITIVE_INFINITY
  return cell === '-inf' ? Number.NEGATIVE_INFINITY : Number(cell)
}
