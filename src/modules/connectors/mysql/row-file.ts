import { userError } from '../../../shared/errors.ts'
import { BitBuffer, WordBuffer } from '../kit/parquet/column-buffer.ts'
import { type AnyBuffer, ParquetFile } from '../kit/parquet/parquet-file.ts'
import { parquetType } from '../kit/parquet/parquet-types.ts'
import { putDecimal, putFloat, putInteger, putNumber, putUuid } from './number-values.ts'
import { badDate, badTime, daysOf, isTrue, microsecondsOf, momentOf, timeOf } from './values.ts'

/** How the bytes of a value become one of the file. */
export type CellKind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'bytes'
  /** WKB behind the four bytes of its reference system. */
  | 'wkb'
  | 'uuid'
  | 'date'
  | 'moment'
  /** Within a day. */
  | 'time'
  /** Hours of any number as microseconds. */
  | 'microseconds'
  /** Up to eight bytes as a number. */
  | 'bits'
  | 'boolean'

export interface FileColumn {
  readonly name: string
  readonly kind: CellKind
  /** As what it lies in the file. */
  readonly fileType: string
  /** Dates that are none become NULL. */
  readonly badAsNull?: boolean
}

/** Puts the value between `from` and `to` into the buffer of its column. */
type Take = (bytes: Buffer, from: number, to: number) => void

/** More than a server lets through by default. */
const MOST_BYTES = 24 * 2 ** 20

const latin1 = (buffer: Buffer, from: number, to: number): string => buffer.toString('latin1', from, to)

/** Rows of MySQL's text protocol into a Parquet file with columns `c0`, `c1`, …, from bytes to bytes. */
export class RowFile {
  readonly #file: ParquetFile
  readonly #takes: readonly Take[]
  readonly #limit: number

  /** @param limit so many rows are enough */
  constructor(path: string, columns: readonly FileColumn[], limit: number | undefined) {
    const types = columns.map(({ fileType }) => {
      const type = parquetType(fileType)
      if (!type) throw new TypeError(`${fileType} cannot be kept`)
      return type
    })
    this.#limit = limit ?? Number.POSITIVE_INFINITY
    this.#file = new ParquetFile(path, types)
    this.#takes = columns.map((column, index) => this.#takeOf(column, this.#file.buffers[index]))
  }

  get rows(): number {
    return this.#file.rows
  }

  /** @returns whether more rows are wanted @throws LogiDataError for a value that its column's type cannot hold */
  row(buffer: Buffer, start: number, end: number): boolean {
    if (this.rows >= this.#limit) return false
    if (end - start > MOST_BYTES) throw this.#tooLong(end - start)
    const takes = this.#takes
    const { buffers } = this.#file
    let from = start
    for (let column = 0; column < takes.length; column++) {
      let length = buffer[from++] ?? 0
      if (length === 251) {
        buffers[column]?.skip()
        continue
      }
      if (length > 251) {
        const width = length === 252 ? 2 : length === 253 ? 3 : 8
        length = width === 8 ? Number(buffer.readBigUInt64LE(from)) : buffer.readUIntLE(from, width)
        from += width
      }
      takes[column]?.(buffer, from, from + length)
      from += length
    }
    this.#file.endRow()
    return this.rows < this.#limit
  }

  /** Ends the file. */
  finish(): void {
    this.#file.finish()
  }

  /** Always to be called. */
  close(): void {
    this.#file.close()
  }

  #takeOf(column: FileColumn, buffer: AnyBuffer | undefined): Take {
    if (!buffer) throw new TypeError('a column without a buffer')
    if (buffer instanceof BitBuffer)
      return (bytes, from, to) => {
        const answer = isTrue(bytes, from, to)
        if (answer === undefined) throw this.#unfit(column, latin1(bytes, from, to), 'tinyint1', 'neither 0 nor 1')
        buffer.put(answer)
      }
    if (buffer instanceof WordBuffer) return this.#takeWord(column, buffer)
    if (column.kind === 'uuid') return (bytes, from, to) => putUuid(buffer, bytes, from, to)
    if (column.kind === 'wkb') return (bytes, from, to) => buffer.put(bytes, from + 4, to)
    return (bytes, from, to) => buffer.put(bytes, from, to)
  }

  #takeWord(column: FileColumn, buffer: WordBuffer): Take {
    const { kind, fileType, badAsNull } = column
    const { width = 8, scale = 0 } = parquetType(fileType) ?? {}
    const isNoDate = (bytes: Buffer, from: number, to: number): boolean => {
      if (!badDate(bytes, from, to)) return false
      if (!badAsNull) throw this.#unfit(column, latin1(bytes, from, to), 'zero_dates', 'no date of the calendar')
      buffer.skip()
      return true
    }
    switch (kind) {
      case 'integer':
        return (bytes, from, to) => putInteger(buffer, width, bytes, from, to)
      case 'decimal':
        return (bytes, from, to) => putDecimal(buffer, width, scale, bytes, from, to)
      case 'float':
        return (bytes, from, to) => putFloat(buffer, width, Number(latin1(bytes, from, to)))
      case 'date':
        return (bytes, from, to) => {
          if (!isNoDate(bytes, from, to)) buffer.put(daysOf(bytes, from))
        }
      case 'moment':
        return (bytes, from, to) => {
          if (!isNoDate(bytes, from, to)) putNumber(buffer, width, momentOf(bytes, from, to))
        }
      case 'time':
        return (bytes, from, to) => {
          if (badTime(bytes, from, to)) throw this.#unfit(column, latin1(bytes, from, to), 'times', 'no time of a day')
          buffer.putInteger(timeOf(bytes, from, to))
        }
      case 'microseconds':
        return (bytes, from, to) => buffer.putBigInt(microsecondsOf(latin1(bytes, from, to)))
      case 'bits':
        return (bytes, from, to) => buffer.putBigInt(BigInt(`0x${bytes.toString('hex', from, to) || '0'}`))
      default:
        throw new TypeError(`no words of ${kind}`)
    }
  }

  #unfit({ name }: FileColumn, value: string, field: string, what: string) {
    return userError('source.value', `Row ${this.rows + 1}, column “${name}”: ${value} is ${what}.`, {
      field: [field],
      hint: 'Choose how such values are read under the settings of this step.',
    })
  }

  #tooLong(bytes: number) {
    return userError(
      'source.too-long',
      `Row ${this.rows + 1} is ${Math.ceil(bytes / 2 ** 20)} MB long; a row of at most ${MOST_BYTES / 2 ** 20} MB can be read.`,
      { hint: 'Leave out the columns with the longest values, or shorten them in a query.' },
    )
  }
}
