import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { failure } from '../../kit/failure.ts'
import { identifier, type Sql, sql } from '../../kit/sql.ts'

/** A column of the target, as its server says it. */
export interface TargetColumn {
  readonly name: string
  /** `decimal`, `varchar`. */
  readonly dataType: string
  /** Digits of a fraction of a second. */
  readonly fraction: number
}

/** How the values of a column travel. */
export interface LoadedColumn {
  readonly name: string
  /** The value as DuckDB's CSV writes it so that LOAD DATA takes it. */
  readonly value: Sql
  /** It may hold anything, so that it is to stand between quotes. */
  readonly quoted: boolean
  /** What the server makes of the text, where it is not taken as it is: of `?`. */
  readonly made?: (given: string) => string
}

const WHOLE = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BIGNUM)$/
const nested = (type: string): boolean => /[[\]]|^(?:STRUCT|MAP|UNION)/.test(type)

/** The type of a column that is made. */
export function typeFor({ name, type }: Column, inKey: boolean): string {
  const known: Readonly<Record<string, string>> = {
    BOOLEAN: 'TINYINT(1)',
    TINYINT: 'TINYINT',
    SMALLINT: 'SMALLINT',
    INTEGER: 'INT',
    BIGINT: 'BIGINT',
    UTINYINT: 'TINYINT UNSIGNED',
    USMALLINT: 'SMALLINT UNSIGNED',
    UINTEGER: 'INT UNSIGNED',
    UBIGINT: 'BIGINT UNSIGNED',
    HUGEINT: 'DECIMAL(39,0)',
    UHUGEINT: 'DECIMAL(39,0)',
    FLOAT: 'FLOAT',
    DOUBLE: 'DOUBLE',
    BLOB: inKey ? 'VARBINARY(255)' : 'LONGBLOB',
    DATE: 'DATE',
    TIME: 'TIME(6)',
    TIMESTAMP: 'DATETIME(6)',
    TIMESTAMP_S: 'DATETIME',
    TIMESTAMP_MS: 'DATETIME(3)',
    'TIMESTAMP WITH TIME ZONE': 'DATETIME(6)',
    UUID: 'CHAR(36) CHARACTER SET ascii',
    JSON: 'JSON',
    VARCHAR: inKey ? 'VARCHAR(255) COLLATE utf8mb4_bin' : 'LONGTEXT',
  }
  const found = known[type]
  if (found !== undefined) return found
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type)
  if (decimal) {
    if (Number(decimal[2]) <= 30) return type
    throw userError('load.type', `The column “${name}” has ${decimal[2]} decimal places; MySQL holds 30.`, {
      hint: 'Change its type before.',
    })
  }
  if (nested(type)) return 'JSON'
  if (type.startsWith('ENUM')) return inKey ? 'VARCHAR(255) COLLATE utf8mb4_bin' : 'LONGTEXT'
  throw userError('load.type', `The column “${name}” is a ${type}, which MySQL has no type for.`, {
    hint: 'Change its type before, to text for instance.',
  })
}

const INTEGERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'bit', 'year'])
const TEMPORAL = new Set(['datetime', 'timestamp', 'time'])
const BYTES = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'])

/** How a column of the input gets into one of the target. What the server would round in silence is refused here. */
export function loadedColumn(column: Column, target: TargetColumn): LoadedColumn {
  const { name, type } = column
  const cell = identifier(name)
  const guarded = (unfit: Sql | undefined, value: Sql, quoted = false): LoadedColumn => ({
    name: target.name,
    value:
      unfit === undefined
        ? value
        : sql`CASE WHEN ${unfit} THEN ${failure('load.value', [], [`The column “${target.name}” (${target.dataType}) cannot hold `, sql`CAST(${cell} AS VARCHAR)`, ' exactly.'], 'Round it before, or change the type of the column.')} ELSE ${value} END`,
    quoted,
  })
  if (type === 'BLOB') {
    const hex = guarded(undefined, sql`hex(${cell})`)
    if (BYTES.has(target.dataType)) return { ...hex, made: (given) => `UNHEX(${given})` }
    throw otherType(column, target)
  }
  if (BYTES.has(target.dataType)) throw otherType(column, target)
  if (type === 'BOOLEAN') return bits(guarded(undefined, sql`CAST(CAST(${cell} AS TINYINT) AS VARCHAR)`), target)
  if (WHOLE.test(type)) return bits(guarded(undefined, sql`CAST(${cell} AS VARCHAR)`), target)
  if (type === 'FLOAT' || type === 'DOUBLE') {
    const text = sql`CAST(CAST(${cell} AS DOUBLE) AS VARCHAR)`
    if (INTEGERS.has(target.dataType)) return bits(guarded(sql`${cell} <> trunc(${cell})`, whole(text)), target)
    if (type === 'DOUBLE' && target.dataType === 'float')
      return guarded(
        sql`CAST(CAST(TRY_CAST(${cell} AS FLOAT) AS DOUBLE) AS VARCHAR) IS DISTINCT FROM CAST(${cell} AS VARCHAR)`,
        text,
      )
    return guarded(undefined, text)
  }
  if (type.startsWith('DECIMAL')) {
    const text = sql`CAST(${cell} AS VARCHAR)`
    if (INTEGERS.has(target.dataType)) return bits(guarded(sql`${cell} <> trunc(${cell})`, text), target)
    if (target.dataType === 'float' || target.dataType === 'double') throw otherType(column, target)
    return guarded(undefined, text)
  }
  if (type.startsWith('TIMESTAMP') || type === 'TIME') {
    const utc = type === 'TIMESTAMP WITH TIME ZONE' ? sql`(${cell} AT TIME ZONE 'UTC')` : cell
    const text = sql`CAST(${utc} AS VARCHAR)`
    if (type === 'TIMESTAMP_NS') return guarded(sql`epoch_ns(${cell}) % 1000 <> 0`, text)
    if (!TEMPORAL.has(target.dataType) || target.fraction >= 6) return guarded(undefined, text)
    return guarded(sql`date_part('microseconds', ${utc}) % ${10 ** (6 - target.fraction)} <> 0`, text)
  }
  if (type === 'DATE' || type === 'UUID') return guarded(undefined, sql`CAST(${cell} AS VARCHAR)`)
  if (nested(type)) return guarded(undefined, sql`CAST(to_json(${cell}) AS VARCHAR)`, true)
  if (INTEGERS.has(target.dataType) || target.dataType === 'float' || target.dataType === 'double')
    throw otherType(column, target)
  if (TEMPORAL.has(target.dataType) && target.fraction < 6) throw otherType(column, target)
  return guarded(undefined, sql`CAST(${cell} AS VARCHAR)`, true)
}

/** A DOUBLE without a fraction as digits only. */
const whole = (text: Sql): Sql => sql`regexp_replace(${text}, '\\.0$', '')`

/** Bits take a number as a number, not as its letters. */
const bits = (column: LoadedColumn, { dataType }: TargetColumn): LoadedColumn =>
  dataType === 'bit' ? { ...column, made: (given) => `CAST(${given} AS UNSIGNED)` } : column

const otherType = ({ name, type }: Column, target: TargetColumn) =>
  userError('load.type', `The column “${name}” is a ${type}; “${target.name}” of the table is ${target.dataType}.`, {
    hint: 'Change the type of the column before this step.',
  })
