import type { Column } from '../../../shared/engine/types.ts'
import { commonType } from '../../kit/common-type.ts'
import { of } from '../../kit/sides.ts'
import { raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, integerType, isFloat, isScalar, type SqlType, typeSql } from '../../kit/types.ts'

/** One end of a range, as SQL. */
export interface Bound {
  readonly value: Sql
  /** NULL means without limit, and has to be asked for: its type has no value that lies beyond all others. */
  readonly nullIsOpen: boolean
}

/** A NaN is larger than every number for DuckDB; here it is no place at all. */
export const place = (side: Sql, column: Column): Sql => {
  const value = of(side, column)
  return isFloat(columnType(column.type)) ? sql`CASE WHEN NOT isnan(${value}) THEN ${value} END` : value
}

/**
 * A bound that is compared with the columns `against`. Where NULL means without limit, it becomes a value beyond all others, since
 * DuckDB joins by sorting only where the test is one comparison.
 */
export function boundOf(
  side: Sql,
  column: Column,
  which: 'start' | 'end',
  open: boolean,
  against: readonly Column[],
): Bound {
  if (!open) return { value: place(side, column), nullIsOpen: false }
  const limit = limitOf(column, which, against)
  if (!limit) return { value: of(side, column), nullIsOpen: true }
  const value = of(side, column)
  const filled = sql`coalesce(CAST(${value} AS ${limit.type}), ${limit.value})`
  // A NaN stays no place, and is not filled.
  const float = isFloat(columnType(column.type))
  return {
    value: float ? sql`CASE WHEN ${value} IS NULL OR NOT isnan(${value}) THEN ${filled} END` : filled,
    nullIsOpen: false,
  }
}

/** A type that holds every value of the columns, and a value of it that none of them reaches. */
function limitOf(
  column: Column,
  which: 'start' | 'end',
  against: readonly Column[],
): { readonly type: Sql; readonly value: Sql } | undefined {
  const types = [column, ...against].map((each) => columnType(each.type))
  const type = types.reduce<SqlType | undefined>((all, each) => all && commonType(all, each), types[0])
  if (!type) return undefined
  const sign = which === 'start' ? '-' : ''
  const limit = (name: Sql, text: string) => ({ type: name, value: sql`CAST(${sign + text} AS ${name})` })
  if (isFloat(type)) return limit(raw('DOUBLE'), 'infinity')
  if (isScalar(type, 'DATE', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')) return limit(typeSql(type), 'infinity')
  if (isScalar(type, 'TIMESTAMP_S', 'TIMESTAMP_MS')) return limit(raw('TIMESTAMP'), 'infinity')
  const integers = types.map(integerType)
  if (integers.every((integer) => integer !== undefined)) {
    const bits = Math.max(...integers.map((integer) => integer.bits))
    if (bits <= 32) return limit(raw('BIGINT'), String(2n ** 62n))
    return bits <= 64 ? limit(raw('HUGEINT'), String(2n ** 100n)) : undefined
  }
  if (type.kind !== 'decimal' || type.width >= 38) return undefined
  const wider: SqlType = { kind: 'decimal', width: type.width + 1, scale: type.scale }
  return limit(typeSql(wider), `1${'0'.repeat(type.width - type.scale)}`)
}

/** `value operator bound`, where a bound without limit is passed by everything. */
export const compare = (value: Sql, operator: string, bound: Bound): Sql =>
  bound.nullIsOpen
    ? sql`(${bound.value} IS NULL OR ${value} ${raw(operator)} ${bound.value})`
    : sql`${value} ${raw(operator)} ${bound.value}`
