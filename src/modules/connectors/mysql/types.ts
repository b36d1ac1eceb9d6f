import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { raw, type Sql, sql } from '../../kit/sql.ts'
import type { WireColumn } from './driver.ts'
import type { CellKind, TextColumn } from './row-text.ts'

/** What is read how, where there is no one right answer. */
export interface TypeChoices {
  readonly zero_dates: 'fail' | 'null' | 'text'
  readonly times: 'time' | 'text' | 'microseconds'
  readonly bits: 'number' | 'blob' | 'text'
  readonly tinyint1: 'number' | 'boolean'
  readonly big_decimals: 'text' | 'fail'
  readonly geometry: 'wkb' | 'hex'
}

/** How a column comes: as bytes, as text, as a column. */
export interface ReadColumn extends TextColumn {
  /** Of the extract. */
  readonly type: string
  /** Of the text. */
  readonly csvType: string
  /** From the text to the column. */
  readonly convert: (cell: Sql) => Sql
  /** The server gives the text of singles to six digits only: they are asked for as doubles, which are exact. */
  readonly asDouble: boolean
  /** Longest text in bytes. */
  readonly bytes: number
}

const UNSIGNED = 32
const BINARY_CHARSET = 63
const INTEGERS: Readonly<Record<number, readonly [string, string]>> = {
  1: ['TINYINT', 'UTINYINT'],
  2: ['SMALLINT', 'USMALLINT'],
  9: ['INTEGER', 'UINTEGER'],
  3: ['INTEGER', 'UINTEGER'],
  8: ['BIGINT', 'UBIGINT'],
}
const same = (cell: Sql): Sql => cell

/** What a column of the server becomes. @throws LogiDataError `source.type` */
export function readColumn(wire: WireColumn, choices: TypeChoices): ReadColumn {
  const plain = (type: string, kind: CellKind = 'plain', csvType = type): ReadColumn => ({
    name: wire.name,
    kind,
    type,
    csvType,
    convert: same,
    asDouble: false,
    bytes: wire.columnLength,
  })
  const converted = (type: string, kind: CellKind, convert: (cell: Sql) => Sql): ReadColumn => ({
    ...plain(type, kind, 'VARCHAR'),
    convert,
  })
  const blob = () => converted('BLOB', 'hex', (cell) => sql`from_hex(${cell})`)
  const unsigned = (wire.flags & UNSIGNED) !== 0
  if (wire.extendedFormat === 'json') return converted('JSON', 'text', (cell) => sql`${cell}::JSON`)
  switch (wire.columnType) {
    case 1:
      if (choices.tinyint1 === 'boolean' && wire.columnLength === 1) return plain('BOOLEAN', 'boolean')
      break
    case 0:
    case 0xf6:
      return decimal(wire, choices, plain)
    case 4:
      return { ...plain('FLOAT'), asDouble: true }
    case 5:
      return plain('DOUBLE')
    case 6:
      return plain('VARCHAR', 'text')
    case 0x0d:
      return plain('SMALLINT')
    case 0x0a:
    case 0x0e:
      return dates(wire, choices, 'DATE', plain)
    case 0x0c:
      return dates(wire, choices, 'TIMESTAMP', plain)
    case 7:
      return dates(wire, choices, 'TIMESTAMP WITH TIME ZONE', plain)
    case 0x0b:
      if (choices.times === 'text') return plain('VARCHAR')
      return choices.times === 'time' ? plain('TIME', 'time') : plain('BIGINT', 'microseconds')
    case 0x10:
      if (choices.bits === 'blob') return blob()
      if (choices.bits === 'number') return plain('UBIGINT', 'bits')
      return converted('VARCHAR', 'bits', (cell) => bitText(cell, wire.columnLength))
    case 0xf5:
      return converted('JSON', 'text', (cell) => sql`${cell}::JSON`)
    case 0xff:
      // Four bytes of the reference system come before the WKB.
      return choices.geometry === 'wkb'
        ? converted('BLOB', 'hex', (cell) => sql`from_hex(substr(${cell}, 9))`)
        : converted('VARCHAR', 'hex', (cell) => sql`substr(${cell}, 9)`)
    case 0xf2:
      return blob()
  }
  const integer = INTEGERS[wire.columnType]
  if (integer) return plain(integer[unsigned ? 1 : 0])
  if (wire.extendedTypeName === 'uuid') return plain('UUID')
  if (wire.extendedTypeName?.startsWith('inet')) return plain('VARCHAR', 'text')
  return wire.characterSet === BINARY_CHARSET ? blob() : plain('VARCHAR', 'text')
}

type Plain = (type: string, kind?: CellKind, csvType?: string) => ReadColumn

function decimal(wire: WireColumn, { big_decimals }: TypeChoices, plain: Plain): ReadColumn {
  const sign = (wire.flags & UNSIGNED) === 0 ? 1 : 0
  const width = Math.max(1, wire.columnLength - sign - (wire.decimals > 0 ? 1 : 0))
  if (width <= 38) return plain(`DECIMAL(${width},${wire.decimals})`)
  if (big_decimals === 'text') return plain('VARCHAR')
  throw userError(
    'source.type',
    `The column “${wire.name}” is DECIMAL(${width},${wire.decimals}); 38 digits are the most that a number can have here.`,
    { field: ['big_decimals'], hint: 'Read such columns as text, or CAST it in a query.' },
  )
}

function dates(_wire: WireColumn, { zero_dates }: TypeChoices, type: string, plain: Plain): ReadColumn {
  if (zero_dates === 'text') return plain('VARCHAR')
  const kind = type === 'TIMESTAMP WITH TIME ZONE' ? 'timestamp' : 'date'
  return { ...plain(type, kind), badAsNull: zero_dates === 'null' }
}

const bitText = (cell: Sql, bits: number): Sql => sql`lpad(bin(${cell}::UBIGINT), ${bits}, '0')`

export const columnsOf = (columns: readonly ReadColumn[]): Column[] => columns.map(({ name, type }) => ({ name, type }))

const LONG_ROW = 1_000_000
/** More than a server lets through by default; twice as much is its text at most. */
const MOST_BYTES = 24 * 2 ** 20

/** @returns what `read_csv` needs for rows of these columns, and how many bytes a row may have */
export function csvSizes(columns: readonly ReadColumn[]): { readonly maxBytes: number; readonly options: Sql } {
  const longest = columns.reduce((sum, { bytes }) => sum + bytes * 2 + 24, 0)
  // DuckDB reads ahead by the longest line that there may be, so that it is not given for nothing.
  if (longest < LONG_ROW) return { maxBytes: 2_000_000, options: raw('max_line_size = 2097152, buffer_size = 8388608') }
  return { maxBytes: MOST_BYTES, options: raw('max_line_size = 52428800, buffer_size = 52428800') }
}
