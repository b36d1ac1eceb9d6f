import type { Column } from '../../../shared/engine/types.ts'
import { raw, type Sql } from '../sql.ts'
import { columnType, formatType, type SqlType } from '../types.ts'

/** DuckDB's vector size: groups end at its multiples. */
const VECTOR = 2048
/** DuckDB's own choice, whatever a row holds. */
const MOST = 122_880
/** Of rows in memory. DuckDB holds some eight groups at a time while it writes in order: see docs/performance.md. */
const BYTES = 10 * 2 ** 20
/** What a text of usual length takes, with its pointer. */
const TEXT_BYTES = 40

const SIZES: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  TINYINT: 1,
  UTINYINT: 1,
  SMALLINT: 2,
  USMALLINT: 2,
  INTEGER: 4,
  UINTEGER: 4,
  FLOAT: 4,
  DATE: 4,
  HUGEINT: 16,
  UHUGEINT: 16,
  UUID: 16,
  INTERVAL: 16,
  VARCHAR: TEXT_BYTES,
  BLOB: TEXT_BYTES,
  JSON: TEXT_BYTES,
  BIT: TEXT_BYTES,
  BIGNUM: TEXT_BYTES,
}

/** How many rows a group of a Parquet file has, so that what waits in memory stays small however wide a row is. */
export function rowsPerGroup(columns: readonly Column[]): number {
  const width = columns.reduce((sum, { type }) => sum + bytesOf(columnType(type)), 0)
  const rows = Math.floor(BYTES / Math.max(width, 1) / VECTOR) * VECTOR
  return Math.min(Math.max(rows, VECTOR), MOST)
}

/** Of a file that is written once and read by DuckDB into a target of ours: half of the target's groups, so that none waits for its other half. */
export const stagedGroups = (columns: readonly Column[]): Sql =>
  raw(`ROW_GROUP_SIZE ${Math.max(VECTOR, Math.floor(rowsPerGroup(columns) / VECTOR / 2) * VECTOR)}`)

function bytesOf(type: SqlType): number {
  switch (type.kind) {
    case 'decimal':
      return type.width > 18 ? 16 : 8
    case 'enum':
      return 4
    case 'list':
      return 16 + bytesOf(type.item) * (type.size ?? 4)
    case 'map':
      return 16 + 4 * (bytesOf(type.key) + bytesOf(type.value))
    case 'struct':
    case 'union':
      return type.fields.reduce((sum, field) => sum + bytesOf(field.type), 1)
    default:
      return SIZES[formatType(type)] ?? 8
  }
}
