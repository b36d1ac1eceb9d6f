import { operationalError, userError } from '../../../shared/errors.ts'
import { BitBuffer, WordBuffer } from '../kit/parquet/column-buffer.ts'
import { type AnyBuffer, ParquetFile } from '../kit/parquet/parquet-file.ts'
import { type ParquetType, parquetType } from '../kit/parquet/parquet-types.ts'
import type { CopyTaker } from './copy-out.ts'
import { numericText, numericValue } from './numeric.ts'
import { addEpoch, dateText, timestampText } from './temporal.ts'
import { type ColumnPlan, INFINITY_HINT, isText, NAN_HINT, type TypeChoices, typeOfPlan, wireType } from './types.ts'

/** Puts a value, `length` bytes from `at`, into the buffer of its column. */
type Take = (at: number, length: number) => void

export interface WireOptions extends Pick<TypeChoices, 'infinity' | 'not_a_number'> {
  readonly max_row_megabytes: number
  /** The server does not know the encoding of its texts: they are taken as bytes. */
  readonly unencoded: boolean
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const HEAD = SIGNATURE.length + 8
const ANY_LENGTH = -1
/** Bytes of the types that have always as many. */
const LENGTHS: Readonly<Record<string, number>> = {
  bool: 1,
  int2: 2,
  int4: 4,
  int8: 8,
  oid: 4,
  xid: 4,
  cid: 4,
  xid8: 8,
  float4: 4,
  float8: 8,
  uuid: 16,
  date: 4,
  time: 8,
  timestamp: 8,
  timestamptz: 8,
}
/** Days from 1970 to 2000. */
const DAYS = 10_957

/** As what a column lies in the file of `BinaryRows`. */
export function fileType(plan: ColumnPlan, { unencoded }: Pick<WireOptions, 'unencoded'>): ParquetType {
  const name = wireType(plan) ?? (unencoded ? 'BLOB' : 'VARCHAR')
  const type = parquetType(name)
  if (!type) throw new TypeError(`${name} cannot be kept`)
  return type
}

/** Whether rows of the file are those of the source without a SELECT over them. */
export const isDirect = (plan: ColumnPlan, { unencoded }: Pick<WireOptions, 'unencoded'>): boolean =>
  wireType(plan) !== undefined || (isText(plan) && !unencoded)

/**
 * Takes the bytes of `COPY … TO STDOUT (FORMAT binary)` into a Parquet file with columns `c0`, `c1`, …
 * @see https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
 */
export class BinaryRows implements CopyTaker {
  readonly #file: ParquetFile
  readonly #takes: readonly Take[]
  readonly #lengths: Int32Array
  readonly #options: WireOptions
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #begun = false
  #ended = false

  constructor(path: string, plans: readonly ColumnPlan[], options: WireOptions) {
    this.#options = options
    this.#lengths = Int32Array.from(plans, wireLength)
    this.#file = new ParquetFile(
      path,
      plans.map((plan) => fileType(plan, options)),
    )
    this.#takes = plans.map((plan, index) => this.#takeOf(plan, this.#file.buffers[index]))
  }

  get rows(): bigint {
    return BigInt(this.#file.rows)
  }

  /** @throws LogiDataError `source.row-too-large` */
  expect(bytes: number): void {
    const { max_row_megabytes: most } = this.#options
    if (bytes > most * 2 ** 20)
      throw userError('source.row-too-large', `A row is larger than ${most} MB.`, {
        field: ['max_row_megabytes'],
        hint: 'Allow larger rows, or leave out the large column.',
      })
  }

  /** @throws LogiDataError `source.value`, `source.garbled` */
  take(bytes: Buffer, start: number, end: number): void {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    let at = start
    if (!this.#begun) {
      if (end - at < HEAD || !bytes.subarray(at, at + SIGNATURE.length).equals(SIGNATURE)) throw garbled()
      at += HEAD + this.#view.getInt32(at + HEAD - 4)
      this.#begun = true
    }
    while (at < end) {
      if (this.#ended || end - at < 2) throw garbled()
      const fields = this.#view.getInt16(at)
      at += 2
      if (fields === -1) this.#ended = true
      else if (fields !== this.#takes.length) throw garbled()
      else at = this.#takeRow(at, end)
    }
    if (at !== end) throw garbled()
  }

  /** Ends the file. @throws LogiDataError where the last row did not come */
  finish(): void {
    if (!this.#ended) throw garbled()
    this.#file.finish()
  }

  /** Always to be called. */
  close(): void {
    this.#file.close()
  }

  /** @returns where the row ends */
  #takeRow(from: number, end: number): number {
    const view = this.#view
    const takes = this.#takes
    const lengths = this.#lengths
    const { length: fields } = takes
    let at = from
    for (let field = 0; field < fields; field++) {
      if (end - at < 4) throw garbled()
      const length = view.getInt32(at)
      at += 4
      if (length < 0) this.#file.buffers[field]?.skip()
      else {
        const expected = lengths[field]
        if (length > end - at || (expected !== length && expected !== ANY_LENGTH)) throw garbled()
        takes[field]?.(at, length)
        at += length
      }
    }
    this.#file.endRow()
    return at
  }

  #takeOf(plan: ColumnPlan, buffer: AnyBuffer | undefined): Take {
    if (!buffer) throw new TypeError('a column without a buffer')
    if (buffer instanceof BitBuffer) return (at) => buffer.put(this.#bytes[at] === 1)
    if (buffer instanceof WordBuffer) return this.#takeWord(plan, buffer)
    return (at, length) => buffer.put(this.#bytes, at, at + length)
  }

  #takeWord(plan: ColumnPlan, buffer: WordBuffer): Take {
    const { infinity, not_a_number } = this.#options
    const none = (text: string, allowed: boolean, hint: string) => {
      if (!allowed) throw unfit(plan, text, hint)
      buffer.skip()
    }
    if (plan.kind === 'decimal') {
      const { scale = 0, width } = parquetType(plan.item) ?? { width: 8 }
      return (at, length) => {
        if (length < 8 || length !== 8 + 2 * this.#view.getInt16(at)) throw garbled()
        const value = numericValue(this.#view, at, scale)
        if (value === undefined) none(numericText(this.#view, at), not_a_number === 'null', NAN_HINT)
        else if (typeof value === 'bigint') buffer.putBigInt(value)
        else if (width === 4) buffer.put(value)
        else buffer.putInteger(value)
      }
    }
    switch (plan.base) {
      case 'int2':
        return (at) => buffer.put(this.#view.getInt16(at))
      case 'date':
        return (at) => {
          const days = this.#view.getInt32(at)
          const far = days === 2 ** 31 - 1 || days === -(2 ** 31)
          if (far) none(dateText(days), infinity === 'null', INFINITY_HINT)
          else buffer.put(days + DAYS)
        }
      case 'timestamp':
      case 'timestamptz':
        return (at) => {
          const high = this.#view.getInt32(at)
          const low = this.#view.getUint32(at + 4)
          const isInfinite = (high === 2 ** 31 - 1 && low === 2 ** 32 - 1) || (high === -(2 ** 31) && low === 0)
          if (isInfinite) none(timestampText(high, low), infinity === 'null', INFINITY_HINT)
          else if (!addEpoch(buffer, low, high)) none(timestampText(high, low), false, 'Read it as text.')
        }
      case 'int8':
      case 'xid8':
      case 'float8':
        return (at) => buffer.putTwo(this.#view.getUint32(at + 4), this.#view.getUint32(at))
      default:
        return (at) => buffer.put(this.#view.getUint32(at))
    }
  }
}

const wireLength = (plan: ColumnPlan): number =>
  wireType(plan) === undefined ? ANY_LENGTH : (LENGTHS[plan.base] ?? ANY_LENGTH)

const unfit = (plan: ColumnPlan, value: string, hint: string) =>
  userError('source.value', `The column “${plan.name}” holds “${value}”, which ${typeOfPlan(plan)} cannot hold.`, {
    hint,
  })

const garbled = () =>
  operationalError('source.garbled', 'The server sent rows in a form that is not that of COPY.', {
    hint: 'Look whether something between here and the server changes what it sends.',
  })
