import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { raw, type Sql, sql } from '../../kit/sql.ts'
import { parquetType } from '../kit/parquet/parquet-types.ts'
import type { WireColumn } from './driver.ts'
import type { CellKind, FileColumn } from './row-file.ts'

/** What is read how, where there is no one right answer. */
export interface TypeChoices {
  readonly zero_dates: 'fail' | 'null' | 'text'
  readonly times: 'time' | 'text' | 'microseconds'
  readonly bits: 'number' | 'blob' | 'text'
  readonly tinyint1: 'number' | 'boolean'
  readonly big_decimals: 'text' | 'fail'
  readonly geometry: 'wkb' | 'hex'
}

/** How a column comes: as bytes, in the file, as a column. */
export interface ReadColumn extends FileColumn {
  /** Of the extract. */
  readonly type: string
  /** From the file to the column; undefined: it lies there as it is. */
  readonly convert?: (cell: Sql) => Sql
  /** The server gives the text of singles to six digits only: they are asked for as doubles, which are exact. */
  readonly asDouble: boolean
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

/** What a column of the server becomes. @throws LogiDataError `source.type` */
export function readColumn(wire: WireColumn, choices: TypeChoices): ReadColumn {
  const plain = (type: string, kind: CellKind): ReadColumn => ({
    name: wire.name,
    kind,
    type,
    fileType: type,
    asDouble: false,
  })
  const converted = (type: string, column: ReadColumn, convert: (cell: Sql) => Sql): ReadColumn => ({
    ...column,
    type,
    convert,
  })
  const json = () => converted('JSON', plain('VARCHAR', 'bytes'), (cell) => sql`${cell}::JSON`)
  const unsigned = (wire.flags & UNSIGNED) !== 0
  if (wire.extendedFormat === 'json') return json()
  switch (wire.columnType) {
    case 1:
      if (choices.tinyint1 === 'boolean' && wire.columnLength === 1) return plain('BOOLEAN', 'boolean')
      break
    case 0:
    case 0xf6:
      return decimal(wire, choices, plain)
    case 4:
      return { ...plain('FLOAT', 'float'), asDouble: true }
    case 5:
      return plain('DOUBLE', 'float')
    case 6:
      return plain('VARCHAR', 'bytes')
    case 0x0d:
      return plain('SMALLINT', 'integer')
    case 0x0a:
    case 0x0e:
      return dates(wire, choices, 'DATE', plain)
    case 0x0c:
      return dates(wire, choices, 'TIMESTAMP', plain)
    case 7:
      return dates(wire, choices, 'TIMESTAMP WITH TIME ZONE', plain)
    case 0x0b:
      if (choices.times === 'text') return plain('VARCHAR', 'bytes')
      return choices.times === 'time' ? plain('TIME', 'time') : plain('BIGINT', 'microseconds')
    case 0x10:
      if (choices.bits === 'blob') return plain('BLOB', 'bytes')
      if (choices.bits === 'number') return plain('UBIGINT', 'bits')
      return converted('VARCHAR', plain('UBIGINT', 'bits'), (cell) => bitText(cell, wire.columnLength))
    case 0xf5:
      return json()
    case 0xff:
      // Four bytes of the reference system come before the WKB.
      return choices.geometry === 'wkb'
        ? plain('BLOB', 'wkb')
        : converted('VARCHAR', plain('BLOB', 'wkb'), (cell) => sql`hex(${cell})`)
    case 0xf2:
      return plain('BLOB', 'bytes')
  }
  const integer = INTEGERS[wire.columnType]
  if (integer) return plain(integer[unsigned ? 1 : 0], 'integer')
  if (wire.extendedTypeName === 'uuid') return plain('UUID', 'uuid')
  if (wire.extendedTypeName?.startsWith('inet')) return plain('VARCHAR', 'bytes')
  return plain(wire.characterSet === BINARY_CHARSET ? 'BLOB' : 'VARCHAR', 'bytes')
}

type Plain = (type: string, kind: CellKind) => ReadColumn

function decimal(wire: WireColumn, { big_decimals }: TypeChoices, plain: Plain): ReadColumn {
  const sign = (wire.flags & UNSIGNED) === 0 ? 1 : 0
  const width = Math.max(1, wire.columnLength - sign - (wire.decimals > 0 ? 1 : 0))
  const type = `DECIMAL(${width},${wire.decimals})`
  if (parquetType(type)) return plain(type, 'decimal')
  if (width <= 38) return { ...plain('VARCHAR', 'bytes'), type, convert: (cell) => sql`CAST(${cell} AS ${raw(type)})` }
  if (big_decimals === 'text') return plain('VARCHAR', 'bytes')
  throw userError(
    'source.type',
    `The column “${wire.name}” is DECIMAL(${width},${wire.decimals}); 38 digits are the most that a number can have here.`,
    { field: ['big_decimals'], hint: 'Read such columns as text, or CAST it in a query.' },
  )
}

function dates(_wire: WireColumn, { zero_dates }: TypeChoices, type: string, plain: Plain): ReadColumn {
  if (zero_dates === 'text') return plain('VARCHAR', 'bytes')
  return { ...plain(type, type === 'DATE' ? 'date' : 'moment'), badAsNull: zero_dates === 'null' }
}

const bitText = (cell: Sql, bits: number): Sql => sql`lpad(bin(${cell}::UBIGINT), ${bits}, '0')`

export const columnsOf = (columns: readonly ReadColumn[]): Column[] => columns.map(({ name, type }) => ({ name, type }))
