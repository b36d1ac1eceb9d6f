import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  IntervalMonthDayNano,
  List,
  Map_,
  makeData,
  Struct,
  TimeMicrosecond,
  TimeNanosecond,
  Timestamp,
  TimeUnit,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { columnType, type SqlType } from '../../types.ts'
import { ExactNumber } from '../json/shape.ts'
import { clockOf, daysOf, instantOf, intervalOf } from './instants.ts'

/** How values of a DuckDB type become Arrow's. */
export interface ArrowWriter {
  readonly type: DataType
  /** An extension type's name; others see the plain type. */
  readonly extension?: string
  /** @param values a cell's text, or inside nested ones what its JSON holds; null and undefined are NULL */
  readonly data: (values: readonly unknown[]) => Data
}

const NUMBERS = {
  TINYINT: [new Int8(), Int8Array],
  SMALLINT: [new Int16(), Int16Array],
  INTEGER: [new Int32(), Int32Array],
  UTINYINT: [new Uint8(), Uint8Array],
  USMALLINT: [new Uint16(), Uint16Array],
  UINTEGER: [new Uint32(), Uint32Array],
  FLOAT: [new Float32(), Float32Array],
  DOUBLE: [new Float64(), Float64Array],
} as const
const LONGS = {
  BIGINT: { type: new Int64(), read: BigInt },
  UBIGINT: { type: new Uint64(), read: BigInt },
  TIME: { type: new TimeMicrosecond(), read: (text: string) => clockOf(text, 6) },
  TIME_NS: { type: new TimeNanosecond(), read: (text: string) => clockOf(text, 9) },
  TIMESTAMP: { type: new Timestamp(TimeUnit.MICROSECOND), read: (text: string) => instantOf(text, 6) },
  TIMESTAMP_S: { type: new Timestamp(TimeUnit.SECOND), read: (text: string) => instantOf(text, 0) },
  TIMESTAMP_MS: { type: new Timestamp(TimeUnit.MILLISECOND), read: (text: string) => instantOf(text, 3) },
  TIMESTAMP_NS: { type: new Timestamp(TimeUnit.NANOSECOND), read: (text: string) => instantOf(text, 9) },
  'TIMESTAMP WITH TIME ZONE': {
    type: new Timestamp(TimeUnit.MICROSECOND, 'UTC'),
    read: (text: string) => instantOf(text, 6),
  },
} as const
const has = <T extends object>(table: T, name: string): name is Extract<keyof T, string> => Object.hasOwn(table, name)

/** @returns undefined for a type that Arrow does not hold exactly; see `arrowHolds` */
export function writerOf(name: string): ArrowWriter | undefined {
  return writer(columnType(name), false)
}

function writer(given: SqlType, inside: boolean): ArrowWriter | undefined {
  switch (given.kind) {
    case 'decimal':
      return decimals(given.width, given.scale)
    case 'enum':
      return texts
    case 'list':
      return lists(given.item, given.size)
    case 'struct':
      return structs(given.fields)
    case 'map':
      return maps(given)
    case 'union':
      return undefined
    case 'scalar':
      return scalars(given.name, inside)
  }
}

function scalars(name: string, inside: boolean): ArrowWriter | undefined {
  if (has(NUMBERS, name)) {
    const [type, Values] = NUMBERS[name]
    return fixed(
      type,
      (count) => new Values(count),
      (values: Record<number, number>, index, text) => {
        values[index] = Number(text === 'inf' ? 'Infinity' : text === '-inf' ? '-Infinity' : text)
      },
    )
  }
  if (has(LONGS, name)) {
    const { type, read } = LONGS[name]
    const Values = name === 'UBIGINT' ? BigUint64Array : BigInt64Array
    return fixed(
      type,
      (count) => new Values(count),
      (values, index, text) => {
        values[index] = read(text)
      },
    )
  }
  switch (name) {
    case 'BOOLEAN':
      return fixed(
        new Bool(),
        (count) => new Uint8Array((count + 7) >> 3),
        (values, index, text) => {
          if (text === 'true') values[index >> 3] = (values[index >> 3] ?? 0) | (1 << (index & 7))
        },
      )
    case 'DATE':
      return fixed(
        new DateDay(),
        (count) => new Int32Array(count),
        (values, index, text) => {
          values[index] = Number(daysOf(text))
        },
      )
    case 'INTERVAL':
      return fixed(
        new IntervalMonthDayNano(),
        (count) => new Int32Array(count * 4),
        (values, index, text) => {
          const { months, days, microseconds } = intervalOf(text)
          const nanoseconds = microseconds * 1000n
          if (BigInt.asIntN(64, nanoseconds) !== nanoseconds) throw new RangeError(`${text} is too long`)
          values.set([months, days, Number(BigInt.asIntN(32, nanoseconds)), Number(nanoseconds >> 32n)], index * 4)
        },
      )
    case 'UUID':
      return {
        ...fixed(
          new FixedSizeBinary(16),
          (count) => new Uint8Array(count * 16),
          (values, index, text) => {
            values.set(Buffer.from(text.replaceAll('-', ''), 'hex'), index * 16)
          },
        ),
        extension: 'arrow.uuid',
      }
    case 'VARCHAR':
      return texts
    case 'JSON':
      // Inside of a nested cell its own text is no longer there.
      return inside ? undefined : { ...texts, extension: 'arrow.json' }
    case 'BLOB':
      return bytes(new Binary(), inside ? escapedBytes : (text) => Buffer.from(text.slice(2), 'hex'))
    default:
      return undefined
  }
}

const isNull = (value: unknown): boolean => value === null || value === undefined
const textOf = (value: unknown): string => {
  if (value instanceof ExactNumber) return value.source
  return Object.is(value, -0) ? '-0' : String(value)
}

function nullsOf(values: readonly unknown[]): { nullCount: number; nullBitmap?: Uint8Array } {
  const nullBitmap = new Uint8Array((values.length + 7) >> 3)
  let nullCount = 0
  values.forEach((value, index) => {
    if (isNull(value)) nullCount++
    else nullBitmap[index >> 3] = (nullBitmap[index >> 3] ?? 0) | (1 << (index & 7))
  })
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap }
}

function fixed<Values extends object>(
  type: DataType,
  make: (count: number) => Values,
  set: (values: Values, index: number, text: string) => void,
): ArrowWriter {
  const data = (values: readonly unknown[]): Data => {
    const held = make(values.length)
    values.forEach((value, index) => {
      if (!isNull(value)) set(held, index, textOf(value))
    })
    return made({ type, length: values.length, ...nullsOf(values), data: held })
  }
  return { type, data }
}

/** The library types each combination on its own, and ours are only known when it runs. */
const made = (props: object): Data => makeData(props as Parameters<typeof makeData>[0])

function bytes(type: DataType, read: (text: string) => Uint8Array): ArrowWriter {
  const data = (values: readonly unknown[]): Data => {
    const pieces = values.map((value) => (isNull(value) ? undefined : read(textOf(value))))
    const valueOffsets = new Int32Array(values.length + 1)
    let at = 0
    pieces.forEach((piece, index) => {
      at += piece?.length ?? 0
      valueOffsets[index + 1] = at
    })
    const all = new Uint8Array(at)
    pieces.forEach((piece, index) => {
      if (piece) all.set(piece, valueOffsets[index])
    })
    return made({ type, length: values.length, ...nullsOf(values), valueOffsets, data: all })
  }
  return { type, data }
}

const texts = bytes(new Utf8(), (text) => Buffer.from(text, 'utf8'))

/** As DuckDB writes a BLOB inside JSON: ASCII as it is, the rest `\xAB`. */
const escapedBytes = (text: string): Uint8Array =>
  Buffer.from(
    text.replace(/\\x([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  )

function decimals(width: number, scale: number): ArrowWriter {
  const type = new Decimal(scale, width, 128)
  return fixed(
    type,
    (count) => new Uint32Array(count * 4),
    (values, index, text) => {
      const match = /^(-?)(\d*)(?:\.(\d*))?(?:e([-+]?\d+))?$/i.exec(text)
      if (!match) throw new RangeError(`${text} is no decimal`)
      const [, sign, whole = '', fraction = '', exponent = '0'] = match
      const digits = BigInt(`${whole}${fraction}` || '0') * 10n ** BigInt(scale - fraction.length + Number(exponent))
      let rest = BigInt.asUintN(128, sign ? -digits : digits)
      for (let word = 0; word < 4; word++) {
        values[index * 4 + word] = Number(rest & 0xffffffffn)
        rest >>= 32n
      }
    },
  )
}

const fieldOf = (name: string, { type, extension }: ArrowWriter, nullable = true): Field =>
  new Field(
    name,
    type,
    nullable,
    extension
      ? new Map([
          ['ARROW:extension:name', extension],
          ['ARROW:extension:metadata', ''],
        ])
      : undefined,
  )

export { fieldOf as arrowField }

/** Offsets, and all items one after another. */
function spread(values: readonly unknown[], itemsOf: (value: unknown) => unknown[]) {
  const valueOffsets = new Int32Array(values.length + 1)
  const all: unknown[] = []
  values.forEach((value, index) => {
    if (!isNull(value)) for (const item of itemsOf(value)) all.push(item)
    valueOffsets[index + 1] = all.length
  })
  return { valueOffsets, all }
}

function lists(of: SqlType, size: number | undefined): ArrowWriter | undefined {
  const item = writer(of, true)
  if (!item) return undefined
  if (size === undefined) {
    const type = new List(fieldOf('item', item))
    const data = (values: readonly unknown[]): Data => {
      const { valueOffsets, all } = spread(values, (value) => value as unknown[])
      return made({ type, length: values.length, ...nullsOf(values), valueOffsets, child: item.data(all) })
    }
    return { type, data }
  }
  const type = new FixedSizeList(size, fieldOf('item', item))
  const data = (values: readonly unknown[]): Data => {
    const all = values.flatMap((value) => (isNull(value) ? new Array<null>(size).fill(null) : (value as unknown[])))
    return made({ type, length: values.length, ...nullsOf(values), child: item.data(all) })
  }
  return { type, data }
}

function structs(fields: readonly { readonly name: string; readonly type: SqlType }[]): ArrowWriter | undefined {
  const writers = fields.map(({ type }) => writer(type, true))
  const known = writers.filter((each) => each !== undefined)
  if (known.length < writers.length) return undefined
  const type = new Struct(known.map((each, index) => fieldOf(fields[index]?.name ?? '', each)))
  const data = (values: readonly unknown[]): Data => {
    const children = known.map((each, index) => {
      const key = fields[index]?.name ?? ''
      return each.data(values.map((value) => (isNull(value) ? null : (value as Record<string, unknown>)[key])))
    })
    return made({ type, length: values.length, ...nullsOf(values), children })
  }
  return { type, data }
}

function maps(given: Extract<SqlType, { kind: 'map' }>): ArrowWriter | undefined {
  // The text of a nested key does not say what it was.
  if (given.key.kind !== 'scalar' && given.key.kind !== 'decimal' && given.key.kind !== 'enum') return undefined
  const [key, value] = [writer(given.key, true), writer(given.value, true)]
  if (!key || !value) return undefined
  const entry = new Struct([fieldOf('key', key, false), fieldOf('value', value)])
  const type = new Map_(new Field('entries', entry, false))
  const data = (values: readonly unknown[]): Data => {
    const { valueOffsets, all } = spread(values, (map) => Object.entries(map as object))
    const pairs = all as [string, unknown][]
    const children = [key.data(pairs.map(([name]) => name)), value.data(pairs.map(([, held]) => held))]
    const child = made({ type: entry, length: pairs.length, nullCount: 0, children })
    return made({ type, length: values.length, ...nullsOf(values), valueOffsets, child })
  }
  return { type, data }
}
