import {
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  SMALLINT,
  TINYINT,
  VARCHAR,
} from '@duckdb/node-api'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { CellValue, ParquetWriter } from './contract.ts'
import { identifier, joinSql, literal, raw, sql } from './sql.ts'
import type { Asking } from './stream-rows.ts'
import { columnType, formatType, parseType, type SqlType } from './types.ts'

/** DuckDB's vector size: a chunk holds no more. */
const CHUNK = 2048
let made = 0

interface Slot {
  readonly name: string
  readonly type: string
  /** In memory; the rest are texts until they are saved. */
  readonly held: DuckDBType
  readonly convert: (value: CellValue, name: string) => DuckDBValue
}

/**
 * Rows from code into Parquet, through DuckDB's appender a chunk at a time. Measured with BIGINT, DOUBLE and a text of 20 characters
 * it takes as long as writing CSV and having DuckDB read that (1.5 µs a row), and knows no limits on lines, quotes or NULs.
 */
export async function openParquetWriter(
  connection: DuckDBConnection,
  columns: readonly Column[],
  asking: Asking,
): Promise<ParquetWriter> {
  const slots = columns.map(slotOf)
  const table = `ld_writer_${++made}`
  const heldColumns = joinSql(slots.map((slot, index) => raw(`c${index} ${slot.held}`)))
  const create = `CREATE TEMP TABLE ${table}(${heldColumns})`
  await asking(() => connection.run(create), create)
  let appender: DuckDBAppender
  try {
    appender = await connection.createAppender(table, 'main', 'temp')
  } catch (thrown) {
    await connection.run(`DROP TABLE IF EXISTS ${table}`)
    throw thrown
  }
  const types = slots.map((slot) => slot.held)
  let rows = 0
  let closed = false

  function appendChunk(part: readonly (readonly CellValue[])[]): void {
    const chunk = DuckDBDataChunk.create(types, part.length)
    for (const [index, slot] of slots.entries()) {
      const values = part.map((row) => {
        const value = row[index]
        return value === null || value === undefined ? null : slot.convert(value, slot.name)
      })
      chunk.setColumnValues(index, values)
    }
    appender.appendDataChunk(chunk)
  }

  return {
    get rows() {
      return rows
    },
    append(given) {
      for (let start = 0; start < given.length; start += CHUNK) appendChunk(given.slice(start, start + CHUNK))
      rows += given.length
    },
    async save(path) {
      appender.flushSync()
      const values = slots.map((slot, index) => {
        const column = raw(`c${index}`)
        const value = String(slot.held) === slot.type ? column : sql`CAST(${column} AS ${raw(slot.type)})`
        return sql`${value} AS ${identifier(slot.name)}`
      })
      const copy = sql`COPY (SELECT ${joinSql(values)} FROM ${raw(table)}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`
      await asking(() => connection.run(copy.text), copy.text)
      const empty = `TRUNCATE ${table}`
      await asking(() => connection.run(empty), empty)
      rows = 0
    },
    async close() {
      if (closed) return
      closed = true
      // What was not saved is not wanted: after an abort as well as after the last `save`.
      appender.clear()
      appender.closeSync()
      await connection.run(`DROP TABLE IF EXISTS ${table}`)
    },
  }
}

function slotOf({ name, type }: Column): Slot {
  const parsed = parseType(type)
  const changed = changedByParquet(parsed)
  if (changed !== undefined)
    throw userError('stage.type', `Column ${name} cannot be kept as ${changed} without losing something.`, {
      hint: /HUGEINT/.test(changed) ? 'Write DECIMAL(38,0) in its place.' : 'Write VARCHAR in its place.',
    })
  const canonical = formatType(parsed)
  const direct = DIRECT[canonical]
  return { name, type: canonical, ...(direct ?? TEXT) }
}

/** Whether code can give a column of this type, or what it is kept in would change it. */
export const isKeptByParquet = (type: string): boolean => changedByParquet(columnType(type)) === undefined

/** The type inside `type` that DuckDB writes into Parquet as something else. */
function changedByParquet(type: SqlType): string | undefined {
  switch (type.kind) {
    case 'list':
      return changedByParquet(type.item)
    case 'map':
      return changedByParquet(type.key) ?? changedByParquet(type.value)
    case 'struct':
    case 'union':
      if (type.kind === 'union') return 'UNION'
      return type.fields.map((field) => changedByParquet(field.type)).find((found) => found !== undefined)
    case 'scalar':
      return LOST.includes(type.name) ? type.name : undefined
    default:
      return undefined
  }
}

const LOST = [
  ...['HUGEINT', 'UHUGEINT', 'BIGNUM', 'INTERVAL', 'BIT', 'TIMESTAMP_S', 'TIME_NS', 'TIME WITH TIME ZONE', '"NULL"'],
]

const wrong = (name: string, value: CellValue, expected: string) =>
  new TypeError(`column ${name}: ${typeof value} ${String(value).slice(0, 50)} is not ${expected}`)

const integerOf =
  (bits: number) =>
  (value: CellValue, name: string): number => {
    const limit = 2 ** (bits - 1)
    if (typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit) return value
    throw wrong(name, value, `a whole number of ${bits} bits`)
  }

function numberOf(value: CellValue, name: string): number {
  if (typeof value === 'number') return value
  throw wrong(name, value, 'a number')
}

const TEXT: Pick<Slot, 'held' | 'convert'> = {
  held: VARCHAR,
  convert: (value, name) => {
    if (typeof value === 'string') return value
    throw wrong(name, value, 'a text')
  },
}

const DIRECT: Readonly<Record<string, Pick<Slot, 'held' | 'convert'>>> = {
  TINYINT: { held: TINYINT, convert: integerOf(8) },
  SMALLINT: { held: SMALLINT, convert: integerOf(16) },
  INTEGER: { held: INTEGER, convert: integerOf(32) },
  FLOAT: { held: FLOAT, convert: numberOf },
  DOUBLE: { held: DOUBLE, convert: numberOf },
  BIGINT: {
    held: BIGINT,
    convert: (value, name) => {
      if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return value
      throw wrong(name, value, 'a bigint of 64 bits')
    },
  },
  BOOLEAN: {
    held: BOOLEAN,
    convert: (value, name) => {
      if (typeof value === 'boolean') return value
      throw wrong(name, value, 'a boolean')
    },
  },
  BLOB: {
    held: BLOB,
    convert: (value, name) => {
      if (value instanceof Uint8Array) return blobValue(value)
      throw wrong(name, value, 'bytes')
    },
  },
}
