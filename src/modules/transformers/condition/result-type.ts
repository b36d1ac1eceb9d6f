import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { exactCast, isWidening } from '../../kit/casts.ts'
import { commonType } from '../../kit/common-type.ts'
import { failure } from '../../kit/failure.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, integerType, isScalar, parseType, type SqlType, typeSql } from '../../kit/types.ts'

/** One result. Neither `type` nor `column`: an expression, whose type only DuckDB knows. */
export interface Branch {
  readonly value: Sql
  readonly type?: SqlType
  readonly column?: Column
  readonly field: FieldPath
}

const typeOfBranch = (branch: Branch): SqlType | undefined =>
  branch.type ?? (branch.column ? columnType(branch.column.type) : undefined)

/** A value of the config in the narrowest type that holds it as it is written. */
export function givenValue(given: string | number | boolean): { value: Sql; type: SqlType } {
  if (typeof given === 'string')
    return { value: sql`CAST(${given} AS VARCHAR)`, type: { kind: 'scalar', name: 'VARCHAR' } }
  if (typeof given === 'boolean') return { value: literal(given), type: { kind: 'scalar', name: 'BOOLEAN' } }
  const written = String(given)
  const type = /^-?\d+$/.test(written)
    ? { kind: 'scalar' as const, name: Math.abs(given) < 2 ** 31 ? 'INTEGER' : 'BIGINT' }
    : decimalOf(written)
  return { value: sql`CAST(${literal(written)} AS ${typeSql(type)})`, type }
}

function decimalOf(written: string): SqlType {
  const parts = /^-?0*(\d*)\.(\d+)$/.exec(written)
  if (!parts) return { kind: 'scalar', name: 'DOUBLE' }
  const scale = parts[2]?.length ?? 0
  return { kind: 'decimal', width: Math.max(1, (parts[1]?.length ?? 0) + scale), scale }
}

/**
 * The results in their common type, where all types are known; as they are, where one is an expression.
 * @throws LogiDataError `condition.types` when no type holds all of them exactly
 */
export function unify(branches: readonly Branch[]): Sql[] {
  let common: SqlType = { kind: 'scalar', name: '"NULL"' }
  for (const branch of branches) {
    const type = typeOfBranch(branch)
    if (!type) return branches.map(({ value }) => value)
    const next = commonType(common, type)
    if (!next) throw mixed(branch.field, formatType(common), formatType(type))
    common = next
  }
  // The common type of all may be one that an earlier result does not fit: a BIGINT before a DOUBLE.
  for (const branch of branches) {
    const type = typeOfBranch(branch)
    if (type && !fits(type, common)) throw mixed(branch.field, formatType(common), formatType(type))
  }
  const target = isScalar(common, '"NULL"') ? parseType('VARCHAR') : common
  return branches.map((branch) => {
    const same = formatType(typeOfBranch(branch) ?? target) === formatType(target)
    return same ? branch.value : sql`CAST(${branch.value} AS ${typeSql(target)})`
  })
}

function fits(from: SqlType, to: SqlType): boolean {
  if (formatType(from) === formatType(to) || isScalar(from, '"NULL"') || isScalar(to, 'VARCHAR')) return true
  if (isScalar(from, 'DATE') && isScalar(to, 'TIMESTAMP')) return true
  return isWidening(from, to) || ('item' in from && 'item' in to && fits(from.item, to.item))
}

const mixed = (field: FieldPath, one: string, other: string) =>
  userError('condition.types', `The results mix ${other} and ${one}, which no type holds both of exactly.`, {
    field: [...field],
    hint: 'Choose the type of the result.',
  })

/** A result as the chosen type, exactly; what does not fit fails or is NULL. */
export function fitsExactly(branch: Branch, to: SqlType, onError: 'fail' | 'null', nodeId: string): Sql {
  const { value, field } = branch
  const from = typeOfBranch(branch)
  const hint = 'Choose another type, or leave such results empty.'
  const shown = sql`left(CAST(${value} AS VARCHAR), 80)`
  const unfit = failure(
    'cast.failed',
    field,
    ['“', shown, `” does not fit ${formatType(to)} without loss.`],
    hint,
    nodeId,
  )
  if (!from) {
    const given = sql`typeof(${value})`
    const message = ['The expression gives ', given, `, which is not always a ${formatType(to)}.`]
    const error = failure('condition.types', field, message, 'Cast it inside the expression.', nodeId)
    const tried = sql`TRY_CAST(${value} AS ${typeSql(to)})`
    if (!integerType(to) && to.kind !== 'decimal')
      return sql`CASE WHEN NOT (${widensTo(given, to)}) THEN ${error} ELSE ${tried} END`
    // Whole numbers and decimals compare exactly, so that their values can be checked one by one.
    const loses = sql`${value} IS NOT NULL AND (${tried} IS NULL OR ${tried} <> ${value})`
    const otherwise = onError === 'null' ? raw('NULL') : unfit
    return sql`CASE WHEN NOT (${widensTo(given, to)} OR ${given} LIKE 'DECIMAL%' OR regexp_matches(${given}, ${INTEGERS})) THEN ${error} WHEN ${loses} THEN ${otherwise} ELSE ${tried} END`
  }
  const cast = exactCast(value, from, to)
  if (onError === 'null' || isScalar(from, '"NULL"') || cast.text === value.text)
    return sql`CAST(${cast} AS ${typeSql(to)})`
  return sql`CASE WHEN ${value} IS NOT NULL AND ${cast} IS NULL THEN ${unfit} ELSE ${cast} END`
}

const INTEGERS = '^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$'
const NUMBERS = [
  ...[
    'TINYINT',
    'SMALLINT',
    'INTEGER',
    'BIGINT',
    'HUGEINT',
    'UTINYINT',
    'USMALLINT',
    'UINTEGER',
    'UBIGINT',
    'UHUGEINT',
  ],
  'FLOAT',
]

/** Whether each value of the type that `name` gives is one of `to`: DuckDB works it out while it plans. */
function widensTo(name: Sql, to: SqlType): Sql {
  const scalars = NUMBERS.filter((type) => isWidening({ kind: 'scalar', name: type }, to))
  const also = isScalar(to, 'TIMESTAMP') ? ['DATE'] : isScalar(to, 'VARCHAR') ? ['UUID', 'JSON'] : []
  const list = ['"NULL"', formatType(to), ...scalars, ...also].map(literal)
  return sql`${name} IN (${joinSql(list)})`
}

/**
 * Where an expression is among the results, DuckDB finds their common type; it goes through only where each result is exact in it.
 * The tests are of types alone, so that they are gone before a row is read.
 */
export function checkedTypes(decided: Sql, branches: readonly Branch[], nodeId: string): Sql {
  if (branches.every((branch) => typeOfBranch(branch))) return decided
  const whole = sql`typeof(${decided})`
  const checks = branches.map((branch) => {
    const own = sql`typeof(${branch.value})`
    const error = failure(
      'condition.types',
      branch.field,
      ['This result is ', own, ' among others that make ', whole, ', which does not always hold it exactly.'],
      'Choose the type of the result.',
      nodeId,
    )
    return sql`WHEN NOT (${exactIn(own, whole)}) THEN ${error}`
  })
  return sql`CASE ${joinSql(checks, ' ')} ELSE ${decided} END`
}

function exactIn(own: Sql, whole: Sql): Sql {
  return sql`${own} IN ('"NULL"', ${whole}) OR (regexp_matches(${own}, ${INTEGERS}) AND regexp_matches(${whole}, '^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|DECIMAL)')) OR (${own} LIKE 'DECIMAL%' AND ${whole} LIKE 'DECIMAL%') OR (${whole} = 'DOUBLE' AND ${own} IN ('TINYINT', 'UTINYINT', 'SMALLINT', 'USMALLINT', 'INTEGER', 'UINTEGER', 'FLOAT')) OR (${whole} = 'TIMESTAMP' AND ${own} = 'DATE')`
}
