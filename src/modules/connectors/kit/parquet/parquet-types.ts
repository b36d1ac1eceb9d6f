import { bool, i8, i32, struct, type ThriftFields, type ThriftValue, text } from './thrift.ts'

/** Parquet's physical types, by their numbers. */
export const PHYSICAL = { boolean: 0, int32: 1, int64: 2, float: 4, double: 5, bytes: 6, fixed: 7 } as const

/** How the values of a column lie in a page. */
export interface ParquetType {
  readonly physical: keyof typeof PHYSICAL
  /** Bytes of a value; 0: a bit, or as many as it has. */
  readonly width: number
  readonly converted?: number
  readonly logical?: ThriftValue
  readonly precision?: number
  readonly scale?: number
}

const NONE = struct({})
const MICROSECONDS = struct({ 2: NONE })
const integer = (bits: number, signed: boolean): ThriftValue => struct({ 10: struct({ 1: i8(bits), 2: bool(signed) }) })
const timestamp = (utc: boolean): ThriftValue => struct({ 8: struct({ 1: bool(utc), 2: MICROSECONDS }) })

const TYPES: Readonly<Record<string, ParquetType>> = {
  BOOLEAN: { physical: 'boolean', width: 0 },
  TINYINT: { physical: 'int32', width: 4, converted: 15, logical: integer(8, true) },
  SMALLINT: { physical: 'int32', width: 4, converted: 16, logical: integer(16, true) },
  INTEGER: { physical: 'int32', width: 4 },
  BIGINT: { physical: 'int64', width: 8 },
  UTINYINT: { physical: 'int32', width: 4, converted: 11, logical: integer(8, false) },
  USMALLINT: { physical: 'int32', width: 4, converted: 12, logical: integer(16, false) },
  UINTEGER: { physical: 'int32', width: 4, converted: 13, logical: integer(32, false) },
  UBIGINT: { physical: 'int64', width: 8, converted: 14, logical: integer(64, false) },
  FLOAT: { physical: 'float', width: 4 },
  DOUBLE: { physical: 'double', width: 8 },
  VARCHAR: { physical: 'bytes', width: 0, converted: 0, logical: struct({ 1: NONE }) },
  BLOB: { physical: 'bytes', width: 0 },
  DATE: { physical: 'int32', width: 4, converted: 6, logical: struct({ 6: NONE }) },
  TIME: {
    physical: 'int64',
    width: 8,
    converted: 8,
    logical: struct({ 7: struct({ 1: bool(false), 2: MICROSECONDS }) }),
  },
  TIMESTAMP: { physical: 'int64', width: 8, logical: timestamp(false) },
  'TIMESTAMP WITH TIME ZONE': { physical: 'int64', width: 8, converted: 10, logical: timestamp(true) },
  UUID: { physical: 'fixed', width: 16, logical: struct({ 14: NONE }) },
}

/** Text that must be JSON: nobody looks at it again. */
export const JSON_TYPE: ParquetType = { physical: 'bytes', width: 0, converted: 19, logical: struct({ 12: NONE }) }

/** How a type of DuckDB's is kept; undefined: not by this writer. */
export function parquetType(type: string): ParquetType | undefined {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type)
  if (!decimal) return TYPES[type]
  const precision = Number(decimal[1])
  const scale = Number(decimal[2])
  if (precision > 18) return undefined
  const logical = struct({ 5: struct({ 1: i32(scale), 2: i32(precision) }) })
  const about = { converted: 5, logical, precision, scale }
  return precision > 9 ? { physical: 'int64', width: 8, ...about } : { physical: 'int32', width: 4, ...about }
}

/** A column of a schema. Every value may be missing. */
export const schemaElement = (name: string, type: ParquetType): ThriftFields => ({
  1: i32(PHYSICAL[type.physical]),
  2: type.physical === 'fixed' ? i32(type.width) : undefined,
  3: i32(1),
  4: text(name),
  6: type.converted === undefined ? undefined : i32(type.converted),
  7: type.scale === undefined ? undefined : i32(type.scale),
  8: type.precision === undefined ? undefined : i32(type.precision),
  10: type.logical,
})
